"""What could be lost against the plan, where, and what would it cost if it came to the worst?"""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.risk import ALL, KINDS
from shelfwise.measures.exact import exact_sum
from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, number, share

NAMES = {
    "demand": "less wanted than foreseen",
    "stock_out": "more wanted than there is",
    "price": "rivals' prices",
    "cost": "suppliers' prices",
    "late": "late orders",
    "short": "short or broken orders",
    "outage": "suppliers' outages",
    "failure": "suppliers' failures",
    "recall": "recalls",
    "shrinkage": "shrinkage",
    "returns": "returns",
    "receivables": "customers on invoice",
}
SHOWN_ITEMS, SHOWN_SUPPLIERS, SHOWN_CUSTOMERS, MOST_STRESSES = 15, 15, 10, 20


@dataclass(frozen=True)
class Risks:
    """`total`: the shop's row, none where nothing is measured; of the others what weighs most comes first."""

    total: Rows
    planned: float
    kinds: Rows
    items: Rows
    suppliers: Rows
    stresses: Rows
    concentration: Rows
    customers: Rows
    owed: Rows

    def finding(self) -> str:
        if not self.total:
            return "What could be lost has not been measured yet"
        var = self.total[0]["var_95"]
        part = f", {share(var / self.planned)} of what that earns" if self.planned > 0 else ""
        worst = self.kinds[0]
        return f"One quarter in twenty loses {number(var)} or more against the plan{part}; most of it by {NAMES[worst['name']]}"

    def stress_finding(self) -> str:
        if not self.stresses:
            return "No named trouble has been tried yet"
        worst = self.stresses[0]
        return f"The dearest of the named troubles would cost {number(worst['added_loss'])}: {worst['what']}"

    def owed_finding(self) -> str:
        if not self.customers:
            return "No customer on invoice owes anything, as far as is known"
        all = self.owed[0]
        return (
            f"{counted(all['customers'], 'customer')} on invoice {'owes' if all['customers'] == 1 else 'owe'} {number(all['ead'])};"
            f" {number(all['expected_loss'])} of it is expected to be lost within a year"
        )


def risks(
    portfolio: DataFrame,
    risk_items: DataFrame,
    risk_suppliers: DataFrame,
    stress: DataFrame,
    concentration: DataFrame,
    credit: DataFrame,
) -> Risks:
    """One row for all, 12 kinds, 15 items, 15 suppliers, at most 20 stresses, five rows of concentration, ten customers."""
    total = pull(portfolio.where("scope = 'total'"), 1)
    kinds = pull(portfolio.where("scope = 'kind'").orderBy(F.desc("cvar_95_share"), "name"), len(KINDS))
    planned = pull(risk_items.agg(F.sum("planned_margin").alias("planned")), 1)[0]["planned"] or 0.0
    items = pull(risk_items.drop("kinds", "assumed").orderBy(F.desc("cvar_95_share"), "item_id"), SHOWN_ITEMS)
    suppliers = pull(risk_suppliers.drop("assumed").orderBy(F.desc("cvar_95_share"), "supplier_id"), SHOWN_SUPPLIERS)
    stresses = pull(stress.where(F.col("kind") == ALL).orderBy(F.desc("added_loss"), "stress"), MOST_STRESSES)
    parts = pull(concentration.orderBy(F.desc("parts"), "by"), 5)
    owing = credit.where("kind = 'customer' AND ead > 0")
    customers = pull(owing.drop("assumed").orderBy(F.desc("expected_loss"), "party_id"), SHOWN_CUSTOMERS)
    sums = [exact_sum(F.col(name)).alias(name) for name in ("ead", "expected_loss")]
    owed = pull(owing.agg(F.count(F.lit(1)).alias("customers"), *sums), 1)
    return Risks(total, planned, kinds, items, suppliers, stresses, parts, customers, owed)
