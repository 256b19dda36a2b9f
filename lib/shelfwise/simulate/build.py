"""Lays a planted shop into a folder: what the shop would deliver, one folder per kind of files, and the truth beside it.

First wants, shelves and plans are worked out into `_work`; then each file is a projection of them. `shop.json` is written last:
a folder without it is unfinished, is not read by the simulated source, and is begun anew by the next run.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.measures.streams import Ints
from shelfwise.simulate import credit, delivered, listings, means, truths
from shelfwise.simulate.deliveries import deliveries, true_on_time
from shelfwise.simulate.experiments import EXPERIMENTS, treated
from shelfwise.simulate.folder import Folder
from shelfwise.simulate.people import SEGMENTS, people
from shelfwise.simulate.personal import personal
from shelfwise.simulate.reviews import reviews
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.work import BLOCK, SHELVES, SHOPPING, blocks, mapped, mean_weights, part, shelves, shopping

Rows = Callable[[Spec, Ints], pd.DataFrame]
Frames = dict[str, DataFrame]
TRUTH = "truth"
ITEM_BLOCK = 2_000
TYPES = {"i": "bigint", "u": "bigint", "f": "double", "b": "boolean"}


def build(spark: SparkSession, spec: Spec, folder: Folder, tell: Callable[[str], None]) -> None:
    """Everything of one shop; equal for equal specs, whatever the cluster."""
    with folder.claimed(spec):
        work = _worked_out(spark, spec, folder, tell)
        for tables, place in ((_delivered(spark, spec, work), ""), (_truth(spark, spec, work), f"{TRUTH}/")):
            for name, frame in tables.items():
                folder.write(delivered.as_delivered(frame, spec), f"{place}{name}")
                tell(f"{place}{name}")
        folder.finish(spec)


def _worked_out(spark: SparkSession, spec: Spec, folder: Folder, tell: Callable[[str], None]) -> Frames:
    """Wants with what they took, slots, weights, moves, orders, plan, catalogue, lines, parcels and reviews, each computed once."""
    tell("customers")
    came = folder.worked("shopping", shopping(spark, spec))
    weighed = part(came, "weights", SHOPPING)
    tell("shelves")
    shelved = folder.worked("shelves", shelves(spark, spec, part(came, "wants", SHOPPING), mean_weights(weighed, spec)))
    plan = folder.worked("plan", by_ids(spark, spec, listings.plan_rows, spec.items, ITEM_BLOCK))
    catalogue = folder.worked("catalogue", by_ids(spark, spec, listings.item_rows, spec.items, ITEM_BLOCK))
    work = {"slots": part(came, "slots", SHOPPING), "weights": weighed, "plan": plan, "catalogue": catalogue}
    work |= {name: part(shelved, name, SHELVES) for name in SHELVES}
    lines = folder.worked("lines", delivered.basket_lines(work["wants"], plan))
    sent = {"parcels": folder.worked("parcels", _parcels(spec, lines)), "reviews": folder.worked("reviews", _reviews(spec, lines))}
    return work | {"lines": lines} | sent


def _delivered(spark: SparkSession, spec: Spec, work: Frames) -> Frames:
    wants, plan, catalogue, lines = (work[name] for name in ("wants", "plan", "catalogue", "lines"))
    listed = catalogue.where(F.col("launch_day") < spec.days)
    terms = ("supplier", "unit_cost", "case_pack", "minimum_units", "lead_time_days", "review_days", "shelf_life_days")
    described = ("item", "department", "category", "subcategory", "brand", "private_label", "description", "package_size", "style")
    on_sale = plan.join(listed.select("item", "launch_day"), "item", "inner").where("end_day >= launch_day").drop("launch_day")
    return {
        "sales": delivered.sales(lines, spec),
        "items": listed.select(*described, "launch_day"),
        "terms": listed.select("item", *terms),
        "candidates": catalogue.where(F.col("launch_day") >= spec.days).select(*described, "list_price", *terms),
        "customers": by_ids(spark, spec, _customers, spec.customers, BLOCK),
        "memberships": by_ids(spark, spec, _memberships, spec.customers, BLOCK),
        "locations": spark.createDataFrame(listings.location_rows(spec)),
        "promotions": delivered.promotions(on_sale),
        "prices": delivered.list_prices(on_sale),
        "rival_prices": on_sale.select("item", "start_day", "rival_price"),
        "advertising": spark.createDataFrame(listings.advertising_rows(spec)),
        "events": delivered.events(wants, work["slots"], spec),
        "impressions": delivered.impressions(work["slots"], spec),
        "stock": delivered.stock(work["moves"]),
        "purchase_orders": delivered.purchase_orders(work["orders"], catalogue),
        "receipts": delivered.receipts(work["orders"], catalogue, spec),
        "deliveries": delivered.deliveries(work["parcels"], spec),
        "reviews": work["reviews"].drop("sentiment", "aspect"),
        "arms": by_ids(spark, spec, _arms, spec.customers, BLOCK),
    } | _parties(spark, spec)


def _parties(spark: SparkSession, spec: Spec) -> Frames:
    def of_both(rows: Callable[[Spec, str, Ints], pd.DataFrame]) -> DataFrame:
        kinds = {kind: len(credit.party_ids(spec, kind)) for kind in (credit.SUPPLIER, credit.BUSINESS)}
        supplier, business = (by_ids(spark, spec, _of_kind(rows, kind), count, BLOCK) for kind, count in kinds.items())
        return supplier.unionByName(business)

    return {
        "parties": of_both(credit.parties).drop("annual_pd", "lgd"),
        "invoices": of_both(credit.invoices).drop("defaulted"),
        f"{TRUTH}/parties": of_both(truths.party_truth),
    }


def _truth(spark: SparkSession, spec: Spec, work: Frames) -> Frames:
    wants = work["wants"]
    weighed = work["weights"].groupBy("location", "day", "taste").agg(F.sum("weight").alias("weight"))
    return {
        "items": by_ids(spark, spec, truths.item_truth, spec.items, ITEM_BLOCK),
        "categories": spark.createDataFrame(truths.category_truth(spec)),
        "customers": by_ids(spark, spec, truths.customer_truth, spec.customers, BLOCK),
        "suppliers": spark.createDataFrame(truths.supplier_truth(spec)),
        "advertising": spark.createDataFrame(truths.advertising_truth(spec)),
        "experiments": spark.createDataFrame(truths.experiment_truth(spec)),
        "constants": spark.createDataFrame(truths.constant_truth(spec)),
        "weights": weighed.withColumn("location", F.when(F.col("location") != means.PAGE, F.col("location"))),
        "demand": _wanted(spark, spec, weighed),
        "wants": wants.select(
            "customer", "day", "second", "location", "item", "number", F.when(F.col("taken") >= 0, F.col("taken")).alias("taken")
        ),
        "deliveries": work["parcels"].select("customer", "day", "true_on_time"),
        "reviews": work["reviews"].select("customer", "item", "bought_day", "sentiment", "aspect"),
    }


def by_ids(spark: SparkSession, spec: Spec, rows: Rows, count: int, size: int) -> DataFrame:
    """`rows(spec, ids)` of the ids 0 to count - 1, block by block."""

    def go(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            for block in batch["id"]:
                yield rows(spec, np.arange(block * size, min((block + 1) * size, count)))

    return blocks(spark, count, size).mapInPandas(go, schema_of(rows(spec, np.arange(1))))


def schema_of(frame: pd.DataFrame) -> str:
    return ", ".join(f"`{name}` {_type(frame[name])}" for name in frame.columns)


def _type(column: "pd.Series[Any]") -> str:
    if column.dtype.kind in TYPES:
        return TYPES[column.dtype.kind]
    first = column.iloc[0] if len(column) else ""
    if isinstance(first, np.ndarray):
        return "array<double>"
    return "string" if isinstance(first, str) else "date"


def _customers(spec: Spec, ids: Ints) -> pd.DataFrame:
    """What the shop's own list says, with the names that must not go further than bronze."""
    who = people(spec, ids)
    return personal(spec, ids).assign(segment=np.array(SEGMENTS)[who.segment], home_store=[f"L{home:05d}" for home in who.home])


def _memberships(spec: Spec, ids: Ints) -> pd.DataFrame:
    """When each member joined and, if so, left."""
    who = people(spec, ids)
    left = pd.array(np.minimum(who.left, spec.days), dtype="Int64")
    left[who.left >= spec.days] = pd.NA
    return pd.DataFrame({"customer": ids, "joined_day": who.joined, "left_day": left})


def _arms(spec: Spec, ids: Ints) -> pd.DataFrame:
    """One row per experiment and customer."""
    parts = [
        pd.DataFrame({"experiment": one.name, "customer": ids, "treated": treated(spec, one, ids) == 1}) for one in EXPERIMENTS
    ]
    return pd.concat(parts, ignore_index=True)


def _of_kind(rows: Callable[[Spec, str, Ints], pd.DataFrame], kind: str) -> Rows:
    """By place among the kind's parties, whose own ids may have gaps."""
    return lambda spec, places: rows(spec, kind, credit.party_ids(spec, kind)[places])


def _parcels(spec: Spec, lines: DataFrame) -> DataFrame:
    """One row per web basket."""

    def sent(baskets: pd.DataFrame) -> pd.DataFrame:
        parcels = deliveries(spec, baskets)
        return parcels.assign(true_on_time=true_on_time(spec, parcels))

    one = pd.DataFrame({"customer": [0], "day": [0], "second": [0]})
    web = lines.where(F.col("location") == spec.web).groupBy("customer", "day").agg(F.min("second").alias("second"))
    return mapped(web, sent, schema_of(sent(one)))


def _reviews(spec: Spec, lines: DataFrame) -> DataFrame:
    """One row per purchase that was reviewed."""
    schema = (
        "customer bigint, item bigint, bought_day bigint, day bigint, language string, rating bigint,"
        " title string, text string, sentiment bigint, aspect string"
    )
    bought = lines.select("customer", "item", "day").distinct()
    return mapped(bought, lambda rows: reviews(spec, rows), schema)


def _wanted(spark: SparkSession, spec: Spec, weighed: DataFrame) -> DataFrame:
    """One row per item and week. To the driver: W over all locations and V (bound: 2 x days x tastes)."""
    chain = F.when(F.col("location") == means.PAGE, means.PAGE).otherwise(0).alias("location")
    sums = weighed.groupBy(chain, "day", "taste").agg(F.sum("weight").alias("weight")).toPandas()
    whole, page = (means.as_array(sums[sums["location"] == which], spec.days) for which in (0, means.PAGE))

    def rows(spec: Spec, ids: Ints) -> pd.DataFrame:
        return means.wanted(spec, whole, page, ids)

    return by_ids(spark, spec, rows, spec.items, ITEM_BLOCK)
