"""What became of orders on their way to customers, and what these said of it."""

from shelfwise.contracts.silver import MONEY, plausible
from shelfwise.core.table import Table, optional, required

DELIVERIES = Table(
    name="silver.deliveries",
    doc=(
        "Parcels to customers, as they stood when the files came; as of an earlier day a delivery or cancellation after it is not"
        " known. One row per parcel: what one sender sends of one order."
    ),
    key=("delivery_id",),
    schema={
        "delivery_id": required("string", "unique id"),
        "order_id": optional("string", "the receipt or order: basket_id of silver.sales_lines; null where it is not told"),
        "customer_id": optional("string", "pseudonym; null where the shop does not know the customer"),
        "seller_id": optional("string", "who sends it; null: the shop itself, or not told"),
        "carrier": optional("string", "who carries it; null: not told"),
        "ordered_at": optional("timestamp", "UTC"),
        "ordered_on": required("date", "the shop's own calendar day"),
        "shipped_at": optional("timestamp", "handed to the carrier, UTC; null: not yet"),
        "promised_on": required("date", "the last day on which it is in time"),
        "delivered_at": optional("timestamp", "UTC; null: not yet, or only the day is told"),
        "delivered_on": optional("date", "the shop's own calendar day; null: not yet"),
        "cancelled": required("boolean", "given up by the customer or the sender, or not to be had"),
        "cancelled_on": optional("date", "when; null: not told, it counts from promised_on on"),
        "items": required("long", "units in it"),
        "revenue": optional(MONEY, "for its goods, in the shop's currency; null: not told"),
        "freight": optional(MONEY, "for its carriage, whoever pays it; null: not told"),
    },
    checks={
        **plausible("ordered_on", "promised_on"),
        "promised_after_order": "promised_on >= ordered_on",
        "delivered_after_order": "delivered_on IS NULL OR delivered_on >= ordered_on",
        "delivery_is_plausible": "delivered_on IS NULL OR delivered_on <= DATE'2100-01-01'",
        "only_the_cancelled_has_a_day": "cancelled_on IS NULL OR cancelled",
        "nothing_is_negative": "items >= 0 AND coalesce(revenue, 0) >= 0 AND coalesce(freight, 0) >= 0",
    },
    happened="ordered_on",
)

REVIEWS = Table(
    name="silver.reviews",
    doc=(
        "How customers rated what they bought. What they wrote stays in bronze: free text may name people."
        " One row per review and order."
    ),
    key=("review_id",),
    schema={
        "review_id": required("string", "unique id"),
        "order_id": optional("string", "the order that it is of: basket_id of silver.sales_lines; null: not told"),
        "item_id": optional("string", "the item that it is of; null: of an order of several, or not told"),
        "customer_id": optional("string", "pseudonym; null where the shop does not know the customer"),
        "rating": required("int", "stars, 1 (worst) to 5"),
        "written_on": required("date", "the shop's own calendar day"),
    },
    checks={"rating_is_a_star": "rating BETWEEN 1 AND 5", **plausible("written_on")},
    happened="written_on",
)
