"""Which new brands and categories come in?"""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.brands import KINDS
from shelfwise.report.newcomers import CHOSEN
from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, listed, number

SHOWN = 15
PLURALS = {"brand": "brands", "category": "categories"}


@dataclass(frozen=True)
class Brought:
    """`asked` and `chosen`: new brands and categories, by kind; `top`: those that come in, the most profit first."""

    asked: dict[str, int]
    chosen: dict[str, int]
    top: Rows

    def finding(self) -> str:
        if not self.asked:
            return "No new brand or category is proposed"
        parts = [
            f"{number(self.chosen.get(kind, 0))} of {_counted(self.asked[kind], kind)}" for kind in KINDS if self.asked.get(kind)
        ]
        return f"{listed(parts)} of which the shop has no established item would come in"


def brought(groups: DataFrame) -> Brought:
    """Two rows, and at most 15 groups with three items each. `groups`: gold.introduction_groups."""
    new = groups.where("is_new")
    counts = new.groupBy("kind").agg(F.count(F.lit(1)).alias("asked"), F.count_if(F.expr(CHOSEN)).alias("chosen"))
    kinds = pull(counts, len(KINDS))
    columns = ("kind", "name", "department", "decision", "candidates", "listed", "tested", "first_items", "launch_week")
    numbers = ("profit", "profit_q05", "profit_q95", "p_failure", F.col("opening_cost").cast("double").alias("opening_cost"))
    chosen = new.where(CHOSEN).select(*columns, *numbers)
    rows = pull(chosen.orderBy(F.desc("profit"), "kind", "name"), SHOWN)
    named = [row | {"first": [one["description"] or one["item_id"] for one in row["first_items"]]} for row in rows]
    return Brought({row["kind"]: row["asked"] for row in kinds}, {row["kind"]: row["chosen"] for row in kinds}, named)


def _counted(count: int, kind: str) -> str:
    return counted(count, kind) if kind == "brand" else f"{number(count)} {kind if count == 1 else PLURALS[kind]}"
