"""Which new items, brands and categories should be brought in, what are they worth together, and against which simpler rules?"""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.introductions import DECISIONS, EARNED, LINES, SPENT
from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, listed, number, share

SHOWN, SHOWN_LOSERS, MOST_GROUPS, MOST_LINES = 25, 2, 50, 500
CHOSEN = "decision IN ('list', 'test')"
MEANINGS = dict(zip(DECISIONS, ("to list", "to test", "to wait", "to drop"), strict=True))
HELD = {
    "budget": "the budget",
    "space": "room in the warehouse",
    "places": "the number of places",
    "risk": "the cap on risk",
    "shortlist": "the shortlist: others are worth more alone",
}
# what `assumed` calls an input
INPUTS = {
    "unit_price": "shelf price",
    "unit_cost": "cost of a unit",
    "lead_time_days": "lead time",
    "case_pack": "units in a case",
    "minimum_units": "smallest order",
    "holding_cost": "cost of holding stock",
    "listing_cost": "cost of listing",
    "shelf_cost": "cost of a place",
    "order_line_cost": "cost of an order line",
    "clearing_loss": "loss on clearing",
}
# where a shop's candidates come from, if nobody has offered them
ORIGINS = {
    "completejourney": (
        "The candidates are items of the catalogue that the panel has never bought: no supplier has offered them, and a real shop"
        " may well sell them already."
    )
}
OWN = "shelfwise"
RULES = {  # in the order of preference where they are worth the same
    "point forecast": "Highest point forecasts first",
    "category growth": "Fastest growing categories first",
    "nothing": "Nothing",
}
SETS = RULES | {OWN: "Chosen", "everything": "Everything"}  # everything knows no limits: no rival


@dataclass(frozen=True)
class Introductions:
    """`counts`: decision -> candidates; `cost` and `top` of the chosen; `held`: limit -> waiting; `resting`: input -> chosen."""

    counts: dict[str, int]
    cost: float
    new_makers: int
    new_categories: int
    top: Rows
    held: dict[str, int]
    resting: dict[str, int]

    @property
    def chosen(self) -> int:
        return self.counts.get("list", 0) + self.counts.get("test", 0)

    def finding(self, sets: "Sets") -> str:
        candidates = sum(self.counts.values())
        if not candidates:
            return "No candidates to bring in have been weighed yet"
        if not self.chosen:
            waiting = self.counts.get("wait", 0)
            why = f"{number(waiting)} would pay, but a limit holds them back" if waiting else "none would pay"
            return f"Bring in none of {counted(candidates, 'candidate')}: {why}"
        parts = [f"{verb} {number(self.counts[verb])}" for verb in ("list", "test") if self.counts.get(verb)]
        what = " and ".join(parts)
        money = f": {sets.expected()}" if OWN in sets.amounts else ""
        return f"{what[0].upper()}{what[1:]} of {counted(candidates, 'candidate')} for {number(self.cost)}{money}"

    def held_back(self) -> str:
        """What binds, in a sentence."""
        if not self.held:
            return "No limit holds a candidate back that would pay."
        parts = [f"{number(count)} by {HELD.get(limit, limit)}" for limit, count in self.held.items()]
        return f"Held back though they would pay: {'; '.join(parts)}."

    def newness(self) -> str:
        """Of the chosen, those that bring a brand or a category."""
        makers = f"{counted(self.new_makers, 'item')} of a maker and {number(self.new_categories)} of a category"
        return f"Among the chosen: {makers} that the shop does not sell yet."

    def assumed(self) -> str:
        """Which inputs of the chosen are assumptions, those of equal share together."""
        shares: dict[str, list[str]] = {}
        for name, count in self.resting.items():
            shares.setdefault(share(count / self.chosen), []).append(INPUTS.get(name, name.replace("_", " ")))
        return "; ".join(f"{part} of the chosen rest on assumed {listed(names)}" for part, names in shares.items())


@dataclass(frozen=True)
class Sets:
    """`amounts`: set -> line -> money."""

    amounts: dict[str, dict[str, float]]

    def expected(self) -> str:
        own = self.amounts[OWN]
        worst = number(own["cvar"]) if own["cvar"] >= 0 else f"a loss of {number(-own['cvar'])}"
        return f"{number(own['profit'])} of profit expected in 13 weeks, {worst} on the average of the worst twentieth"

    @property
    def rival(self) -> str | None:
        """Of the simple rules within the same limits the one with the highest profit."""
        known = [rule for rule in RULES if rule in self.amounts]
        return max(known, key=lambda rule: self.amounts[rule]["profit"]) if known else None

    def finding(self) -> str:
        if OWN not in self.amounts or self.rival is None:
            return "Sets of candidates have not been compared yet"
        own, other = self.amounts[OWN]["profit"], self.amounts[self.rival]["profit"]
        verb = "promises more than" if own > other else "promises no more than"
        rule = "bringing in nothing" if self.rival == "nothing" else f"the best simple rule, {SETS[self.rival].lower()}"
        return f"What is chosen {verb} {rule}: {number(own)} against {number(other)}"

    def points(self, *, rules: bool) -> Rows:
        """Risk, profit and names of the chosen set and of rules, or of other aversions; those at the same point together."""
        found: dict[tuple[float, float], list[str]] = {}
        for name, lines in sorted(self.amounts.items(), key=lambda one: one[0] != OWN):
            if name == OWN or (name in SETS) == rules:
                found.setdefault((round(lines["cvar"], 6), round(lines["profit"], 6)), []).append(name)
        return [
            {"cvar": cvar, "profit": profit, "own": OWN in names, "name": ", ".join(SETS.get(name, name) for name in names)}
            for (cvar, profit), names in sorted(found.items())
        ]

    def ledger(self) -> Rows:
        """A row per line of money, in the order in which they add up: what comes in, what goes out, shared, profit."""
        own, other = self.amounts[OWN], self.amounts.get(self.rival or "", {})
        kinds = [(name, "earned") for name in EARNED] + [(name, "spent") for name in SPENT]
        lines = [*kinds, ("shared", "shared"), ("profit", "profit")]
        said = LINES | {"shared": "what newcomers take from one another", "profit": "what is earned less what is spent and shared"}
        # + 0.0: no costs are 0 and not -0
        return [
            {"line": name, "kind": kind, "doc": said[name], "own": own.get(name, 0.0) + 0.0, "rival": other.get(name, 0.0) + 0.0}
            for name, kind in lines
        ]


def introductions(decided: DataFrame, items: DataFrame) -> Introductions:
    """At most 25 candidates with 50 listed items, a row per decision, and 50 per limit and assumption."""
    chosen = decided.where(CHOSEN)
    cost = F.sum(F.when(F.expr(CHOSEN), F.col("opening_cost").cast("double")))
    groups = pull(decided.groupBy("decision").agg(F.count(F.lit(1)).alias("rows"), cost.alias("cost")), len(DECISIONS))
    new = {
        "makers": F.count_if(F.col("known").isin("category", "neither")),
        "categories": F.count_if(F.col("known").isin("maker", "neither")),
    }
    (brought,) = pull(chosen.agg(*[column.alias(name) for name, column in new.items()]), 1)
    return Introductions(
        {row["decision"]: row["rows"] for row in groups},
        sum(row["cost"] or 0.0 for row in groups),
        brought["makers"],
        brought["categories"],
        _top(chosen, items),
        _counts(decided.where("decision = 'wait'").select("binding")),
        _counts(chosen.select(F.explode("assumed"))),
    )


def sets(compared: DataFrame) -> Sets:
    """At most 500 rows: sets x lines."""
    rows = pull(compared.select("chosen_by", "line", "amount").orderBy("chosen_by", "line"), MOST_LINES)
    names = dict.fromkeys(row["chosen_by"] for row in rows)
    return Sets({name: {row["line"]: row["amount"] for row in rows if row["chosen_by"] == name} for name in names})


def descriptions(items: DataFrame, ids: set[str]) -> dict[str, str]:
    """Of as many items as are asked for."""
    wanted = items.where(F.col("item_id").isin(sorted(ids))).select("item_id", "description")
    return {row["item_id"]: row["description"] for row in pull(wanted, len(ids)) if row["description"]} if ids else {}


def _top(chosen: DataFrame, items: DataFrame) -> Rows:
    columns = ("rank", "item_id", "description", "category", "maker_id", "known", "decision", "launch_week", "opening_units")
    numbers = ("profit", "profit_q05", "profit_q95", "p_failure", "stop_week", "stop_units", "price_low", "price_high", "reason")
    losers = F.slice("cannibalised_items", 1, SHOWN_LOSERS).alias("losers")
    cost = F.col("opening_cost").cast("double").alias("opening_cost")
    rows = pull(chosen.select(*columns, *numbers, losers, cost).orderBy("rank", "item_id"), SHOWN)
    told = descriptions(items, {one["item_id"] for row in rows for one in row["losers"]})
    return [
        row
        | {"stop": _stop(row["stop_week"], row["stop_units"])}
        | {"losers": [{"units": one["units"], "name": told.get(one["item_id"], one["item_id"])} for one in row["losers"]]}
        for row in rows
    ]


def _stop(week: int, units: int | None) -> str:
    if units is None:
        return f"after week {week}, unless sold out"
    return f"after week {week}, below {counted(units, 'unit')}" if units > 0 else "none"


def _counts(names: DataFrame) -> dict[str, int]:
    """Of a single column's values, the most frequent first."""
    (name,) = names.columns
    counts = names.groupBy(F.col(name).alias("name")).agg(F.count(F.lit(1)).alias("rows"))
    return {row["name"]: row["rows"] for row in pull(counts.orderBy(F.desc("rows"), "name"), MOST_GROUPS)}
