"""The passes over the cluster: what is wanted and shown, and what the shelves then give.

Each pass maps plain numbers (blocks of customers, shelves) to rows; the catalogue and all plans are computed anew in each
worker from the spec. To the driver come only the weights by location and taste (bound: locations x tastes).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.simulate.catalogue import TASTES, category_count, items
from shelfwise.simulate.means import WEIGHT_COLUMNS, expected_daily, weights
from shelfwise.simulate.people import WEIGHT_UNIT
from shelfwise.simulate.shopping import SLOT_COLUMNS, WANT_COLUMNS, shop
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.stock import MOVE_COLUMNS, ORDER_COLUMNS, run_shelf

BLOCK = 512  # customers that one worker handles at a time
SHELF_ITEMS = 3000  # items that one worker handles at a time, about
TYPES = {"clicked": "boolean", "carted": "boolean", "bought": "boolean", "dwell": "double", "propensity": "double"}

Parts = Mapping[str, tuple[str, ...]]
SHOPPING: Parts = {"wants": WANT_COLUMNS, "slots": SLOT_COLUMNS, "weights": WEIGHT_COLUMNS}
SHELVES: Parts = {"wants": (*WANT_COLUMNS, "taken"), "moves": MOVE_COLUMNS, "orders": ORDER_COLUMNS}


def shopping(spark: SparkSession, spec: Spec) -> DataFrame:
    """Rows of SHOPPING's three parts, told apart by `part`."""

    def go(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            for block in batch["id"]:
                ids = np.arange(block * BLOCK, min((block + 1) * BLOCK, spec.customers))
                wants, slots = shop(spec, ids)
                yield from _parted(SHOPPING, {"wants": wants, "slots": slots, "weights": weights(spec, ids)})

    return blocks(spark, spec.customers, BLOCK).mapInPandas(go, _schema(SHOPPING))


def blocks(spark: SparkSession, count: int, size: int) -> DataFrame:
    """Numbers of blocks, spread over the cluster: a few blocks a task, so that none waits long for the last one."""
    number = -(-count // size)
    return spark.range(0, number, 1, min(number, 4 * spark.sparkContext.defaultParallelism))


def shelves(spark: SparkSession, spec: Spec, wants: DataFrame, mean_weights: np.ndarray[Any, Any]) -> DataFrame:
    """Rows of SHELVES' three parts. A shelf is a location and a bucket of categories; one that nobody visits is stocked too."""
    buckets = -(-spec.items // SHELF_ITEMS)

    def stock(key: tuple[Any, ...], _: pd.DataFrame, wanted: pd.DataFrame) -> pd.DataFrame:
        location, bucket = int(key[0]), int(key[1])
        ids = np.flatnonzero(items(spec).category % buckets == bucket)
        expected = expected_daily(spec, mean_weights[location])[ids]
        return pd.concat(_parted(SHELVES, run_shelf(spec, location, ids, expected, wanted)), ignore_index=True)

    grid = spark.range(spec.locations * buckets).select(
        (F.col("id") % spec.locations).alias("location"), F.floor(F.col("id") / spec.locations).alias("bucket")
    )
    category = F.floor(F.col("item") * category_count(spec) / F.lit(spec.items))
    placed = wants.withColumn("bucket", (category % buckets).cast("long"))
    return grid.groupBy("location", "bucket").cogroup(placed.groupBy("location", "bucket")).applyInPandas(stock, _schema(SHELVES))


def mean_weights(weighed: DataFrame, spec: Spec) -> np.ndarray[Any, Any]:
    """Locations x tastes: W's mean over the days. Bound: locations x tastes numbers."""
    sums = weighed.groupBy("location", "taste").agg(F.sum("weight").alias("weight")).where("location >= 0").toPandas()
    array = np.zeros((spec.locations, TASTES))
    array[sums["location"], sums["taste"]] = sums["weight"] * WEIGHT_UNIT / spec.days
    return array


def part(rows: DataFrame, name: str, parts: Parts) -> DataFrame:
    return rows.where(F.col("part") == name).select(*parts[name])


def mapped(frame: DataFrame, function: Callable[[pd.DataFrame], pd.DataFrame], schema: str) -> DataFrame:
    """A pure pandas function over batches of rows."""

    def go(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        return (function(batch) for batch in batches)

    return frame.mapInPandas(go, schema)


def _schema(parts: Parts) -> str:
    names = dict.fromkeys(name for columns in parts.values() for name in columns)
    return "part string, " + ", ".join(f"{name} {TYPES.get(name, 'bigint')}" for name in names)


def _parted(parts: Parts, frames: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """All in one shape: a column that a part lacks is empty there."""
    names = ["part", *dict.fromkeys(name for columns in parts.values() for name in columns)]
    return [frame.assign(part=name).reindex(columns=names).astype(_nullable(names)) for name, frame in frames.items()]


def _nullable(names: list[str]) -> dict[str, str]:
    kinds = {"boolean": "boolean", "double": "float64", "bigint": "Int64"}
    return {name: kinds[TYPES.get(name, "bigint")] for name in names if name != "part"}
