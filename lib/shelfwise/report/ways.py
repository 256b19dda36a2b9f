"""What would other ways of ordering have cost over the shop's own last weeks?"""

from dataclasses import dataclass

from pyspark.sql import DataFrame

from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import number, share

OWN = "met"
NAMES = {
    OWN: "Up to what can still be met",
    "all_demand": "Up to all demand, as if customers waited",
    "mean_z": "Mean and safety stock of the textbooks",
    "weeks_of_cover": "Two weeks of cover beyond the lead time",
}
HISTORY = "history"
MOST_ROWS = 100  # scenarios x rules


@dataclass(frozen=True)
class Ways:
    """`rows`: one per rule with its money, the cheapest first; `scenarios`: rule -> scenario -> money."""

    rows: Rows
    scenarios: dict[str, dict[str, float]]

    def finding(self) -> str:
        own = next((row for row in self.rows if row["policy"] == OWN), None)
        rivals = [row for row in self.rows if row["policy"] != OWN]
        if own is None or not rivals:
            return "Ways of ordering have not been compared yet"
        best = min(rivals, key=lambda row: row["cost"])
        if not best["cost"]:
            return f"The cheapest way of ordering would have cost nothing, {NAMES[OWN].lower()} {number(own['cost'])}"
        less = 1 - own["cost"] / best["cost"]
        gap = f"{share(abs(less), 1)} {'less' if less >= 0 else 'more'} than the best other rule"
        ends = best["more_cost_low"], best["more_cost_high"]
        if None not in ends and ends[0] < 0 < ends[1]:
            gap = "as much as the best other rule, within the error"
        return f"Ordering {NAMES[OWN].lower()} would have cost {gap}: {number(own['cost'])} in all"


def ways(replay: DataFrame) -> Ways:
    """At most 100 rows: those of all departments together."""
    found = pull(replay.where("department = '*'").drop("as_of", "department"), MOST_ROWS)
    priced = [row | {"cost": row["lost_margin"] + row["holding_cost"]} for row in found]
    rows = sorted((row for row in priced if row["scenario"] == HISTORY), key=lambda row: (row["cost"], row["policy"]))
    others = sorted({row["scenario"] for row in priced} - {HISTORY})
    costs = {(row["policy"], row["scenario"]): row["cost"] for row in priced}
    return Ways(rows, {row["policy"]: {name: costs[row["policy"], name] for name in others} for row in rows})
