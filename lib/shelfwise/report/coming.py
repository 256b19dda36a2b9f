"""What will items sell that are new, or that a list price announces?"""

from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.report.newcomers import descriptions
from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, listed, number

SHOWN, SHOWN_ALIKE = 15, 2
LEAST_SIMILARITY = 0.1  # less is likeness to nothing, and says so by the category's name
KINDS = ("announced", "new")


@dataclass(frozen=True)
class Coming:
    """`items` and `units` by kind (announced, new); `top`: those that are expected to sell most from now on."""

    items: dict[str, int]
    units: dict[str, float]
    top: Rows

    def finding(self) -> str:
        known = [kind for kind in KINDS if self.items.get(kind)]
        if not known:
            return "No item is new or announced"
        who = listed(f"{number(self.items[kind])} {kind}" for kind in known)
        of = "item is" if sum(self.items.values()) == 1 else "items are"
        return f"{who} {of} expected to sell {counted(round(sum(self.units.values())), 'unit')} up to the 13th week since launch"


def coming(launches: DataFrame, items: DataFrame) -> Coming:
    """Two rows, and at most 15 items with two earlier launches each. `launches`: gold.launch_forecast."""
    first = F.min_by(F.struct("week", "mean", "q10", "q90"), "launch_week").alias("first")
    facts = [F.any_value(name).alias(name) for name in ("launch", "known_weeks", "sold")]
    shown = [
        F.sum("mean").alias("units"),
        first,
        F.avg("evidence_weight").alias("own_share"),
        F.any_value("analogues").alias("alike"),
        F.min_by("prior_level", "launch_week").alias("prior_level"),
    ]
    by_item = launches.groupBy("item_id", "segment").agg(*facts, *shown)
    sums = by_item.groupBy("segment").agg(F.count(F.lit(1)).alias("items"), F.sum("units").alias("units"))
    kinds = pull(sums, len(KINDS))
    # who is announced comes first: nothing of it has been sold or ordered by its sales
    alike = F.slice(F.filter("alike", lambda one: one["similarity"] >= LEAST_SIMILARITY), 1, SHOWN_ALIKE)
    most = by_item.withColumn("alike", alike).orderBy("segment", F.desc("units"), "item_id")
    rows = pull(most, SHOWN)
    told = descriptions(items, {row["item_id"] for row in rows} | {one["item_id"] for row in rows for one in row["alike"]})
    return Coming(
        {row["segment"]: row["items"] for row in kinds},
        {row["segment"]: row["units"] for row in kinds},
        [_told(row, told) for row in rows],
    )


def _told(row: dict[str, Any], told: dict[str, str]) -> dict[str, Any]:
    alike = [{"name": told.get(one["item_id"], one["item_id"]), "similarity": one["similarity"]} for one in row["alike"]]
    return row | {"description": told.get(row["item_id"], ""), "alike": alike}
