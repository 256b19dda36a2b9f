"""How the shop is doing."""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.silver import MONEY
from shelfwise.core.table import Table, optional, required

KPIS = Table(
    name="gold.kpis",
    doc=(
        "Key figures by day and category; category '*' is the whole shop (baskets and customers do not add up over categories)."
        " Revenue is of sales lines, returns apart. One row per as_of, day, department and category."
    ),
    key=("as_of", "day", "department", "category"),
    schema=AS_OF
    | {
        "day": required("date", "the shop's own calendar day"),
        "department": required("string", "'*' for the whole shop"),
        "category": required("string", "'*' for the whole shop"),
        "units": required("decimal(24,3)", "units of items sold by the each"),
        "revenue": required(MONEY, "received for all sales lines"),
        "discount": required(MONEY, "price cuts and coupons granted, those that a maker pays too"),
        "returns": required(MONEY, "revenue given back, positive"),
        "discount_share": optional("double", "discount / (revenue + discount); null where both are 0"),
        "lines": required("long", "sales lines"),
        "baskets": required("long", "different baskets"),
        "customers": required("long", "different known customers"),
        "items": required("long", "assortment breadth: different items sold that day"),
        "items_per_subcategory": optional("double", "assortment depth: items sold that day / subcategories sold that day"),
        "new_item_share": optional("double", "share of revenue from items first sold in the last 28 days; null in the first 28"),
        "new_maker_share": optional("double", "share of revenue from makers first sold in the last 28 days; null in the first 28"),
        "repeat_share": optional("double", "share of the day's known customers who had bought there before that day"),
        "promotion_share": optional("double", "share of revenue from lines sold with a discount"),
    },
    slice="as_of",
)
