"""How are launched items doing against their plan, and what can the shop supply before and after what is proposed?"""

from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import VERDICTS
from shelfwise.contracts.gold.launches import CURVE_WEEKS
from shelfwise.report.newcomers import descriptions
from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, listed, number, share

SHOWN = 10
HOLD, ALL = "hold", "*"
STAGES = ("before", "after")
# measure -> title, whether it is a share, decimals
CAPABILITY: dict[str, tuple[str, bool, int]] = {
    "items": ("items on sale", False, 0),
    "categories": ("categories with an item on sale", False, 0),
    "makers": ("makers with an item on sale", False, 0),
    "depth": ("items on sale per shelf", False, 2),
    "in_stock_rate": ("share of expected demand whose item is in stock, of items already sold", True, 1),
    "success_rate": ("share of launches that succeed", True, 1),
    "concentration": ("concentration of revenue on makers (1: a single one)", False, 4),
    "weekly_revenue": ("revenue a week", False, 0),
}


@dataclass(frozen=True)
class Cohorts:
    """`weeks`: launches that reached each launch_week, planned, units; `verdicts` -> items; `told`: items not on hold."""

    weeks: Rows
    verdicts: dict[str, int]
    told: Rows

    def finding(self) -> str:
        planned, sold = (sum(row[name] for row in self.weeks) for name in ("planned", "units"))
        if not planned:
            return "No launch of the last 13 weeks can be held against a plan yet"
        gap = round(sold / planned - 1, 2)
        found = f"{share(abs(gap))} {'more' if gap > 0 else 'less'} than planned" if gap else "as much as planned"
        fates = listed(f"{number(self.verdicts.get(verdict, 0))} to {verdict}" for verdict in VERDICTS)
        return f"Launches of the last 13 weeks sold {found}; of {counted(sum(self.verdicts.values()), 'item')} {fates}"


def cohorts(followed: DataFrame, items: DataFrame) -> Cohorts:
    """A row per week since launch, one per verdict at each item's latest week, and at most 10 items."""
    sums = [F.count(F.lit(1)).alias("launches"), *[F.sum(name).alias(name) for name in ("planned", "units")]]
    weeks = followed.groupBy("launch_week").agg(*sums).orderBy("launch_week")
    newest = ("launch_week", "launch", "category", "cum_planned", "cum_units", "level", "verdict")
    latest = followed.groupBy("item_id").agg(F.max(F.struct(*newest)).alias("at")).select("item_id", "at.*")
    verdicts = latest.groupBy("verdict").agg(F.count(F.lit(1)).alias("items"))
    gap = F.abs(F.col("cum_units") - F.col("cum_planned"))
    place = F.row_number().over(Window.partitionBy("verdict").orderBy(F.desc(gap), "item_id"))
    # the widest gap of each verdict first, so that neither crowds out the other
    shown = latest.where(F.col("verdict") != HOLD).withColumn("place", place).orderBy("place", "verdict", "item_id")
    rows = sorted(pull(shown, SHOWN), key=lambda row: (row["verdict"], row["place"]))
    told = descriptions(items, {row["item_id"] for row in rows})
    return Cohorts(
        pull(weeks, CURVE_WEEKS),
        {row["verdict"]: row["items"] for row in pull(verdicts, len(VERDICTS))},
        [row | {"description": told.get(row["item_id"], "")} for row in rows],
    )


@dataclass(frozen=True)
class Capability:
    """`stages`: before and after -> measures, of all departments together."""

    stages: dict[str, dict[str, Any]]

    def finding(self) -> str:
        if set(self.stages) != set(STAGES):
            return "What the shop can supply has not been measured yet"
        more = {name: self.stages["after"][name] - self.stages["before"][name] for name in ("items", "makers", "categories")}
        if not any(more.values()):
            return f"{counted(self.stages['before']['items'], 'item')} on sale, and nothing is added"
        words = zip(more.values(), ("item", "maker", "category"), ("items", "makers", "categories"), strict=True)
        added = listed(f"{number(count)} {one if count == 1 else many}" for count, one, many in words if count)
        return f"What is proposed adds {added} to {counted(self.stages['before']['items'], 'item')} on sale"

    def rows(self) -> Rows:
        """Measures as people read them."""
        return [
            {"title": title, **{stage: _shown(self.stages.get(stage, {}).get(name), is_share, decimals) for stage in STAGES}}
            for name, (title, is_share, decimals) in CAPABILITY.items()
        ]


def capability(measured: DataFrame) -> Capability:
    """Two rows: those of all departments together."""
    rows = pull(measured.where(F.col("department") == ALL).select("stage", *CAPABILITY), len(STAGES))
    return Capability({row["stage"]: row for row in rows})


def _shown(value: float | None, is_share: bool, decimals: int) -> str:
    return share(value, decimals) if is_share else number(value, decimals)
