"""What should a buyer order, and what should customers be shown?"""

from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.report.pull import Rows, pull
from shelfwise.report.words import counted, number, share

SHOWN_ORDERS, SHOWN_SUPPLIERS, SHOWN_CUSTOMERS, LIST_LENGTH = 50, 12, 3, 10
MOST_ASSUMPTIONS = 50
STATUSES = {
    "stocked_out": "items sold out",
    "at_risk": "items at risk of selling out",
    "ok": "items well stocked",
    "surplus": "items with more than 13 weeks need",
    "dead": "items not sold for a quarter",
}


@dataclass(frozen=True)
class Orders:
    """`totals`: orders, suppliers, units, cost; `top` by cost; `suppliers` by cost; `resting`: assumption -> order lines on it."""

    totals: dict[str, Any]
    top: Rows
    suppliers: Rows
    resting: dict[str, int]
    statuses: dict[str, int]

    def finding(self) -> str:
        count = self.totals["orders"]
        if not count:
            return "Nothing needs ordering"
        suppliers = counted(self.totals["suppliers"], "supplier")
        return f"{counted(count, 'order line')} at {suppliers}, {number(self.totals['cost'])} in all"

    def suppliers_finding(self) -> str:
        """How much of the money the shown suppliers get."""
        if not self.totals["cost"]:
            return "The order lines cost nothing"
        part = sum(row["cost"] for row in self.suppliers) / self.totals["cost"]
        return f"{counted(len(self.suppliers), 'supplier')}: {share(part)} of the money"


def orders(drafted: DataFrame, plan: DataFrame) -> Orders:
    """At most 50 order lines, 12 suppliers, 50 assumptions and one row per status of what is on sale."""
    cost = F.col("cost").cast("double").alias("cost")
    sums = [F.count(F.lit(1)).alias("orders"), F.sum("units").alias("units"), F.sum(cost).alias("cost")]
    (totals,) = pull(drafted.agg(*sums, F.count_distinct("supplier_id").alias("suppliers")), 1)
    columns = ("order_id", "supplier_id", "item_id", "description", "units", "cases", "needed_by", "reason")
    chances = ("p_stock_out_now", "p_stock_out", "expected_left_over")
    top = drafted.select(*columns, *chances, cost).orderBy(F.desc("cost"), "order_id")
    suppliers = drafted.groupBy("supplier_id").agg(*sums).orderBy(F.desc("cost"), "supplier_id")
    resting = (
        drafted.select(F.explode("assumed").alias("name")).groupBy("name").agg(F.count(F.lit(1)).alias("orders")).orderBy("name")
    )
    statuses = plan.where("launch IS NULL").groupBy("status").agg(F.count(F.lit(1)).alias("items"))
    return Orders(
        totals,
        pull(top, SHOWN_ORDERS),
        pull(suppliers, SHOWN_SUPPLIERS),
        {row["name"]: row["orders"] for row in pull(resting, MOST_ASSUMPTIONS)},
        {row["status"]: row["items"] for row in pull(statuses, len(STATUSES))},
    )


@dataclass(frozen=True)
class Shopper:
    """A customer by pseudonym, what is known of them, and what to show them."""

    customer_id: str
    known: dict[str, Any]
    offers: Rows


def shoppers(recommendations: DataFrame, items: DataFrame, customers: DataFrame) -> list[Shopper]:
    """Three customers who have bought, the first by pseudonym (which is as good as drawn by lot); at most 30 rows."""
    own = recommendations.join(customers.select("customer_id"), "customer_id", "left_semi")
    ids = [row["customer_id"] for row in pull(own.select("customer_id").distinct().orderBy("customer_id"), SHOWN_CUSTOMERS)]
    chosen = F.col("customer_id").isin(ids)
    described = own.where(chosen).join(items.select("item_id", "description", "category"), "item_id", "left")
    offers = pull(described.orderBy("customer_id", "rank"), SHOWN_CUSTOMERS * LIST_LENGTH)
    about = ("customer_id", "baskets", "items", "last_bought_on", "favourite_category")
    known = {row["customer_id"]: row for row in pull(customers.where(chosen).select(*about), SHOWN_CUSTOMERS)}
    return [Shopper(one, known[one], [_told(row) for row in offers if row["customer_id"] == one]) for one in ids]


def _told(offer: dict[str, Any]) -> dict[str, Any]:
    """A reason may begin with the item's name, which stands above it already."""
    reason = offer["reason"].removeprefix(f"{offer['description']}: ")
    return offer | {"reason": reason[:1].upper() + reason[1:]}


def shoppers_finding(found: list[Shopper]) -> str:
    offers = [offer for shopper in found for offer in shopper.offers]
    new = sum(offer["new_to_customer"] for offer in offers)
    return f"{new} of the {len(offers)} items shown to these customers would be new to them" if offers else "No recommendations yet"
