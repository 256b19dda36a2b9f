"""What the shop's past tells of newcomers: whom its tastes find nothing for, and what earlier launches did to their shelves."""

from shelfwise.contracts.features import AS_OF
from shelfwise.core.table import Table, required

EVERY = "*"  # stands for all makers, categories or scopes

TASTE_REACH = Table(
    name="features.taste_reach",
    doc=(
        "How many customers of each taste bought in a category, or of a maker, lately. Tastes are clusters of customers by what"
        " they bought. One row per as_of, taste, department, category and maker; '*' stands for all."
    ),
    key=("as_of", "taste", "department", "category", "maker_id"),
    schema=AS_OF
    | {
        "taste": required("int", "number of the cluster, from 0"),
        "department": required("string", "of the category; '*' for all"),
        "category": required("string", "the category; '*' for all"),
        "maker_id": required("string", "the maker; '*' for all"),
        "customers": required("long", "of the taste, who bought anything lately"),
        "buyers": required("long", "of these, who bought there"),
        "baskets": required("double", "baskets x items that they bought there"),
    },
    checks={"buyers_are_customers": "buyers BETWEEN 0 AND customers"},
    slice="as_of",
)

LAUNCH_EFFECTS = Table(
    name="features.launch_effects",
    doc=(
        "What earlier launches did to the shop beside them, and between which items customers switch."
        " One row per as_of, effect and scope."
    ),
    key=("as_of", "effect", "scope"),
    schema=AS_OF
    | {
        "effect": required(
            "string",
            "crowding: d log units of a shelf's other items / -d log units of the whole shelf over theirs;"
            " halo: money spent on other shelves / money spent on the newcomer;"
            " won: customers won / unit of the newcomer;"
            " same_maker, near_price: switches between such items / those that shares alone would give",
        ),
        "scope": required("string", "'*', 'department:X' or 'category:X'"),
        "value": required("double", "to go by: what was measured, shrunk to the wider scope or to no effect"),
        "measured": required("double", "as measured in this scope alone"),
        "error": required("double", "standard error of what was measured"),
        "cases": required("long", "shelves x spans, customers or switches that it rests on"),
    },
    checks={
        "effect_is_known": "effect IN ('crowding', 'halo', 'won', 'same_maker', 'near_price')",
        "error_is_not_negative": "error >= 0",
    },
    slice="as_of",
)
