"""The smallest parcels and reviews that sellers are judged by."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.gold.sellers import RISK_SELLERS
from shelfwise.contracts.service import DELIVERIES, REVIEWS
from shelfwise.contracts.silver import ASSUMPTIONS
from shelfwise.risk.sellers import SellerParams, measure_sellers
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.builders import AS_OF

Rows = list[dict[str, Any]]

VALUES = {
    "unit_cost_share": 0.7,
    "late_delivery_cost_share": 0.05,
    "bad_review_leave_share": 0.3,
    "customer_further_orders": 1.0,
}


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def parcel(name: str, late: int | None = -1, *, promised: int = 30, seller: str | None = "a", **told: Any) -> dict[str, Any]:
    """Promised `promised` days ago, ordered a week before that, came `late` days after the promise; None: it has not come."""
    day = ago(promised)
    known = {"delivery_id": name, "order_id": name, "seller_id": seller, "ordered_on": day - timedelta(days=7)}
    known |= {"promised_on": day, "delivered_on": None if late is None else day + timedelta(days=late), "items": 1}
    return known | {"revenue": Decimal(100), "cancelled": False} | told


def parcels(seller: str, count: int, late: int, **told: Any) -> Rows:
    """`count` parcels, the first `late` of which came two days late."""
    return [parcel(f"{seller}{place}", 2 if place < late else -1, seller=seller, **told) for place in range(count)]


def review(order: str, rating: int, written: int = 10) -> dict[str, Any]:
    return {"review_id": f"{order}-{written}", "order_id": order, "rating": rating, "written_on": ago(written)}


def measured_frame(spark: SparkSession, sent: Rows, said: Rows = (), **params: Any) -> DataFrame:  # type: ignore[assignment]
    assumed = [{"scope": "*", "name": name, "value": value} for name, value in VALUES.items()]
    frames = [rows_of(spark, DELIVERIES, *sent), rows_of(spark, REVIEWS, *said), rows_of(spark, ASSUMPTIONS, *assumed)]
    return measure_sellers(*frames, params=SellerParams(**params), as_of=AS_OF)


def measured(spark: SparkSession, *told: Rows, **params: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["scope"], row["name"]): row for row in kept_rows(measured_frame(spark, *told, **params), RISK_SELLERS)}
