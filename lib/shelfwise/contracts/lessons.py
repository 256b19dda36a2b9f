"""What the ranker of recommendations learns from."""

from shelfwise.contracts.features import AS_OF
from shelfwise.core.table import Table, required

OF_PAIR = {
    "baskets": required("float", "baskets of the customer that held the item"),
    "remembered": required("float", "the same, each counted for 2^(-age / 60 days)"),
    "baskets_28": required("float", "those of the last 28 days"),
    "baskets_84": required("float", "those of the last 84 days"),
    "last_days": required("float", "days since the last one; 400 where there is none"),
    "first_days": required("float", "days since the first one; 400 where there is none"),
    "gap_days": required("float", "mean days from one to the next; 60 with one, 400 with none"),
    "due": required("float", "last_days / gap_days; 400 where there is none"),
    "share_of_trips": required("float", "share of the customer's baskets that held it"),
}
OF_ITEM = {
    "buyers": required("float", "customers who ever bought the item"),
    "buyers_28": required("float", "customers who bought it in the last 28 days"),
    "new_buyers_28": required("float", "customers who bought it first in the last 28 days"),
    "repeat_share": required("float", "share of its buyers who bought it again"),
    "next_display": required("float", "display, planned for the next 28 days: sum over weeks of the share of locations"),
    "next_mailer": required("float", "mailer, the same"),
    "last_display": required("float", "display in the last 28 days, the same"),
    "last_mailer": required("float", "mailer in the last 28 days, the same"),
}
OF_MEETING = {
    "views_28": required("float", "times that the customer looked at it in the last 28 days"),
    "carts_28": required("float", "times that the customer put it in a cart, the same"),
    "clicks_28": required("float", "times that the customer clicked on it where it was shown, the same"),
    "dwell_28": required("float", "seconds looked at, the same"),
    "last_met_days": required("float", "days since the last of these; 400 where there is none"),
}
OF_CIRCLES = {
    f"{circle}_{what}": required("float", f"{doc} any item of the same {name}")
    for circle, name in (("shelf", "category and subcategory"), ("category", "category"), ("maker_id", "maker"))
    for what, doc in (
        ("share", "share of the customer's baskets with"),
        ("last_days", "days since the customer's last basket with"),
    )
}
OF_MODELS = {
    f"{model}{what}": required("float", f"{doc} {name}")
    for model, name in (("als", "implicit ALS"), ("ease", "EASE"), ("popularity", "popularity that fades by half in 28 days"))
    for what, doc in (("", "score by"), ("_place", "place among the customer's own, or else new, items by"))
}

RECOMMENDER_LESSONS = Table(
    name="features.recommender_lessons",
    doc=(
        "What was known of pairs of customers and items on earlier days, and whether they were bought in the weeks after. Pairs:"
        " what the customer bought and still sells or looked at of late, and what models offer beyond it; customers: who bought"
        " anything in those weeks."
        " One row per as_of, day, customer and item."
    ),
    key=("as_of", "day", "customer_index", "item_index"),
    schema=AS_OF
    | {
        "day": required("date", "at whose end it was known"),
        "customer_index": required("int", "of features.interactions"),
        "item_index": required("int", "of features.interactions"),
        "own": required("boolean", "the customer had bought it"),
        **OF_PAIR,
        **OF_ITEM,
        **OF_MEETING,
        **OF_CIRCLES,
        **OF_MODELS,
        "trips": required("float", "baskets of the customer"),
        "items": required("float", "different items of the customer"),
        "bought": required("double", "1: bought in the 28 days after day; 0: not"),
    },
    slice="as_of",
)
