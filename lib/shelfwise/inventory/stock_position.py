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
from shelfwise.inventory.announced import TOTALS, of_unsold, ordered_before, unsold, with_list_prices
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
    """One row per item that has sold by the each, or is on the price list of this week or a coming one and has never sold.

    Replayed stock is that of the last complete week's end.
    """
    counted = latest_counts(stock).withColumns({"replayed": F.lit(False), "fill_rate": F.lit(None).cast("double")})
    past = histories(weekly, as_of)
    uncounted = past.join(counted.select("item_id"), "item_id", "left_anti")
    never_sold = unsold(launches, past)
    new = never_sold.join(counted.select("item_id"), "item_id", "left_anti")
    priced = with_list_prices(profiles, launches)
    asked = uncounted.select("item_id").union(new.select("item_id"))
    terms = buying_terms(asked, items, priced, receipts, lead_times, supply, assumptions)
    policies = terms.select("item_id", "lead_weeks", "review_weeks", "critical_ratio", "case_pack", "minimum_units")
    replayed = uncounted.join(policies, "item_id", "left").mapInPandas(replay_batches, REPLAYED)
    known = counted.join(past.select("item_id").union(never_sold.select("item_id")), "item_id", "left_semi")
    kept = new.join(policies, "item_id", "left").crossJoin(F.broadcast(_keeps_books(stock, placed)))  # one row
    whole = known.unionByName(replayed).unionByName(_of_new(kept, launches, placed, receipts, as_of))
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


def _keeps_books(stock: DataFrame, placed: DataFrame) -> DataFrame:
    """One row: whether the shop counts stock or tells its orders."""
    any_row = stock.select("item_id").limit(1).union(placed.select("item_id").limit(1))
    return any_row.agg((F.count(F.lit(1)) > 0).alias("keeps_books"))


def _of_new(kept: DataFrame, launches: DataFrame, placed: DataFrame, receipts: DataFrame, as_of: date) -> DataFrame:
    """What has been ordered and come of what has never sold nor been counted; in a shop that keeps no books, as a replay has it."""
    names = kept.select("item_id")
    ordered = placed.join(names, "item_id", "left_semi").groupBy("item_id").agg(F.sum("units_ordered").alias("ordered"))
    received = receipts.join(names, "item_id", "left_semi").groupBy("item_id").agg(F.sum("units_received").alias("received"))
    weeks = of_unsold(launches, as_of=as_of).groupBy("item_id").agg(F.collect_list(F.struct("horizon", *TOTALS)).alias("weeks"))
    booked = kept.join(ordered, "item_id", "left").join(received, "item_id", "left").join(weeks, "item_id", "left")
    there, asked = F.coalesce("received", F.lit(0)), F.coalesce("ordered", F.lit(0))
    supposed, is_coming = ordered_before(as_of), F.col("launch") > F.lit(as_of)
    on_hand = F.when(F.col("keeps_books"), there).otherwise(F.when(is_coming, 0).otherwise(supposed))
    on_order = F.when(F.col("keeps_books"), F.greatest(asked - there, F.lit(0))).otherwise(F.when(is_coming, supposed).otherwise(0))
    return booked.select(
        "item_id",
        on_hand.cast("long").alias("on_hand"),
        on_order.cast("long").alias("on_order"),
        (~F.col("keeps_books")).alias("replayed"),
        F.lit(None).cast("double").alias("fill_rate"),
    )
