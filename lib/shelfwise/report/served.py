"""How reliably do sellers and carriers bring customers their orders?"""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.sellers import SERVICE_LEVELS
from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import number

SHOWN = 15


@dataclass(frozen=True)
class Served:
    """`senders`: those to act on first, then what costs most; none where no parcels are known."""

    senders: Rows
    levels: dict[str, int]

    def finding(self) -> str:
        every, act, watch = sum(self.levels.values()), self.levels.get("act", 0), self.levels.get("watch", 0)
        if not act and not watch:
            return f"None of {number(every)} sellers and carriers serves customers worse than is tolerated"
        beside = f"; {number(watch)} more may be" if watch else ""
        of_all = f"{number(act)} of {number(every)} sellers and carriers"
        return f"{of_all} serve customers worse than is tolerated, nearly for sure{beside}"


def served(sellers: DataFrame) -> Served:
    """Three levels, and at most 15 rows."""
    levels = pull(sellers.groupBy("level").agg(F.count(F.lit(1)).alias("senders")), len(SERVICE_LEVELS))
    urgent = F.when(F.col("level") == "act", 0).when(F.col("level") == "watch", 1).otherwise(2)
    worst = sellers.drop("assumed").orderBy(urgent, F.desc("expected_loss"), "scope", "name")
    return Served(pull(worst, SHOWN), {row["level"]: row["senders"] for row in levels})
