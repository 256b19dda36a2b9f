"""What should somebody look at, what would keep losses off, and where did the shop's own data fail it?"""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.controls import LEVELS, TOGETHER
from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, number

NAMES = {
    "dual_source": "second supplier",
    "supply_insurance": "insurance of supply",
    "prepayment_limit": "no prepayment",
    "buffer_stock": "buffer stock",
    "exposure_cap": "order not placed",
    "clear_out": "clearance",
    "stock_insurance": "insurance of stock",
}
SHOWN_ALERTS, SHOWN_CONTROLS, SHOWN_INCIDENTS = 20, 15, 10


@dataclass(frozen=True)
class Guards:
    """`together`: the row of all chosen controls, none where nothing is worth its price. What weighs most comes first."""

    alerts: Rows
    levels: dict[str, int]  # of all alerts
    together: Rows
    controls: Rows
    incidents: Rows

    def finding(self) -> str:
        if not self.together:
            return "No control against losses is worth its price"
        return f"The controls that are worth their price bring {number(self.together[0]['net'])} in 13 weeks"

    def alert_finding(self) -> str:
        if not self.levels:
            return "Nothing has become so large that it needs a look"
        act = self.levels.get("act", 0)
        return f"{counted(act, 'part')} of the shop to act on, {sum(self.levels.values()) - act} to watch or eased"

    def incident_finding(self) -> str:
        if not self.incidents:
            return "The shop's own data have no gaps that were found"
        first = self.incidents[0]
        return f"The data gap that costs most touches {number(first['touched_revenue'])} of revenue"


def guards(controls: DataFrame, alerts: DataFrame, incidents: DataFrame) -> Guards:
    """At most 20 alerts, three counts, one row together, 15 controls and 10 incidents."""
    single = F.col("control") != TOGETHER
    worst_first = (F.col("level") == "act").desc(), F.desc("score"), "scope", "name"
    return Guards(
        pull(alerts.orderBy(*worst_first), SHOWN_ALERTS),
        {row["level"]: row["count"] for row in pull(alerts.groupBy("level").count(), len(LEVELS))},
        pull(controls.where(~single), 1),
        pull(controls.where(single & F.col("chosen")).orderBy(F.desc("net"), "control", "name"), SHOWN_CONTROLS),
        pull(incidents.orderBy(F.desc("touched_revenue"), "incident", "name"), SHOWN_INCIDENTS),
    )
