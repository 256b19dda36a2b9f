"""What is on hand and on order at the end of `as_of`?

The shop's latest count where it has one; else what the order-up-to policy would have left, replayed over the item's sales.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.inventory import STOCK_POSITION
from shelfwise.inventory.announced import of_unsold, ordered_before, unsold, with_list_prices
from shelfwise.inventory.foreseen import by_item
from shelfwise.inventory.lead_times import FORGOTTEN_DAYS, open_orders
from shelfwise.inventory.terms import LEAST_SOLD_SHARE, buying_terms
from shelfwise.measures.replay import Floats, Ints, Policy, fill_rate, replay

LONGEST_REPLAY_WEEKS = 260  # five years: bounds an item's array, and what came before no longer moves today's stock

REPLAYED = "item_id string, on_hand bigint, on_order bigint, replayed boolean, fill_rate double"


def locate_stock(
    weekly: DataFrame,
    stock: DataFrame,
    items: DataFrame,
    profiles: DataFrame,
    receipts: DataFrame,
    placed: DataFrame,
    lead_times: DataFrame,
    supply: DataFrame,
    launches: DataFrame,
    assumptions: DataFrame,
    *,
    as_of: date,
) -> DataFrame:
    """One row per item that has sold by the each, or is announced or launched of late and has never sold.

    Replayed stock is that of the last complete week's end.
    """
    counted = latest_counts(stock).withColumns({"replayed": F.lit(False), "fill_rate": F.lit(None).cast("double")})
    past = histories(weekly, as_of)
    uncounted = past.join(counted.select("item_id"), "item_id", "left_anti")
    never_sold = unsold(launches).join(past.select("item_id"), "item_id", "left_anti")
    new = never_sold.join(counted.select("item_id"), "item_id", "left_anti")
    asked = uncounted.select("item_id").union(new.select("item_id"))
    terms = buying_terms(asked, items, with_list_prices(profiles, launches), receipts, lead_times, supply, assumptions)
    policies = terms.select("item_id", "lead_weeks", "review_weeks", "critical_ratio", "case_pack", "minimum_units")
    replayed = uncounted.join(policies, "item_id", "left").mapInPandas(replay_batches, REPLAYED)
    known = counted.join(past.select("item_id").union(never_sold.select("item_id")), "item_id", "left_semi")
    on_terms = new.join(policies, "item_id", "left").join(by_item(of_unsold(launches, as_of=as_of)), "item_id", "left")
    booked = _with_books(on_terms, new.select("item_id"), placed, receipts, as_of)
    whole = known.unionByName(replayed).unionByName(_of_new(booked, as_of))
    return whole.select(F.lit(as_of).alias("as_of"), *STOCK_POSITION.columns[1:])


def latest_counts(stock: DataFrame) -> DataFrame:
    """Each location's last count, summed; one row per counted item."""
    last = stock.groupBy("item_id", "location_id").agg(
        F.max_by("on_hand", "counted_on").alias("on_hand"), F.max_by("on_order", "counted_on").alias("on_order")
    )
    return last.groupBy("item_id").agg(F.sum("on_hand").alias("on_hand"), F.sum("on_order").alias("on_order"))


def histories(weekly: DataFrame, as_of: date) -> DataFrame:
    """One row per item: `units` of its weeks up to `last_week`, the oldest first, at most LONGEST_REPLAY_WEEKS of them."""
    recent = weekly.where(F.col("week") > F.date_sub(F.lit(as_of), 7 * LONGEST_REPLAY_WEEKS))
    by_week = F.array_sort(F.collect_list(F.struct("week", "units")))
    by_item = recent.groupBy("item_id").agg(by_week.alias("weeks"), F.max("week").alias("last_week"))
    return by_item.select("item_id", F.col("weeks.units").alias("units"), "last_week")


def replay_batches(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    return (replay_batch(batch) for batch in batches)


def replay_batch(batch: pd.DataFrame) -> pd.DataFrame:
    """Stock at the end of each item's last week; `batch` has item_id, units (array) and the item's terms."""
    units, born = right_aligned(batch["units"])
    replayed = replay(units, born, policy_of(batch))
    stock = pd.DataFrame({"item_id": batch["item_id"], "on_hand": replayed.closing[:, -1], "on_order": replayed.on_order[:, -1]})
    stock = stock.astype({"on_hand": np.int64, "on_order": np.int64})
    return stock.assign(replayed=True, fill_rate=fill_rate(units, replayed.sold))


def right_aligned(histories: pd.Series) -> tuple[Floats, Ints]:
    """Whole units, items x weeks, and each item's first week: all histories end with as_of's week."""
    lengths = np.array([len(history) for history in histories], dtype=np.int64)
    weeks = int(lengths.max(initial=0))
    units = np.zeros((len(histories), weeks))
    for row, history in enumerate(histories):
        units[row, weeks - len(history) :] = np.rint(history)
    return units, weeks - lengths


def policy_of(batch: pd.DataFrame) -> Policy:
    def whole(name: str) -> Ints:
        return batch[name].to_numpy(dtype=np.int64)

    return Policy(
        lead=whole("lead_weeks"),
        review=whole("review_weeks"),
        ratio=batch["critical_ratio"].to_numpy(dtype=np.float64),
        pack=whole("case_pack"),
        minimum=whole("minimum_units"),
        least_sold_share=LEAST_SOLD_SHARE,
    )


def _with_books(new: DataFrame, names: DataFrame, placed: DataFrame, receipts: DataFrame, as_of: date) -> DataFrame:
    """Adds units that have `come` and that are `open`, and whether the shop `tells_orders` at all."""
    of_new = placed.join(names, "item_id", "left_semi").where(F.date_diff(F.lit(as_of), "ordered_on") <= FORGOTTEN_DAYS)
    came = receipts.join(names, "item_id", "left_semi")
    waiting = open_orders(receipts, of_new).groupBy("item_id").agg(F.sum("units_ordered").alias("open"))
    there = came.groupBy("item_id").agg(F.sum("units_received").alias("come"))
    tells = placed.select("item_id").limit(1).agg((F.count(F.lit(1)) > 0).alias("tells_orders"))  # one row
    both = new.join(waiting, "item_id", "left").join(there, "item_id", "left").crossJoin(F.broadcast(tells))
    return both.withColumns({name: F.coalesce(name, F.lit(0)) for name in ("open", "come")})


def _of_new(booked: DataFrame, as_of: date) -> DataFrame:
    """What has never sold nor been counted: as the shop's orders say, and where it tells none as a replay of the policy has it."""
    supposed = ordered_before(as_of)
    could_come = F.date_add("announced_on", 7 * (F.col("review_weeks") + F.col("lead_weeks"))) <= F.lit(as_of)
    is_there = (F.col("launch") <= F.lit(as_of)) & could_come
    is_told = F.col("tells_orders") | (F.col("come") > 0)
    on_hand = F.when(is_told, F.col("come")).otherwise(F.when(is_there, supposed).otherwise(0))
    to_come = F.when(is_there, 0).otherwise(F.greatest(supposed - F.col("come"), F.lit(0)))
    on_order = F.when(F.col("tells_orders"), F.col("open")).otherwise(to_come)
    return booked.select(
        "item_id",
        on_hand.cast("long").alias("on_hand"),
        on_order.cast("long").alias("on_order"),
        (~is_told).alias("replayed"),
        F.lit(None).cast("double").alias("fill_rate"),
    )
