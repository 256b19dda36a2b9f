"""Which brands and categories come in with the candidates that are chosen."""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.silver import MONEY
from shelfwise.core.table import Table, optional, required

KINDS = ("brand", "category")

INTRODUCTION_GROUPS = Table(
    name="gold.introduction_groups",
    doc=(
        "What to do with each brand and each category that has candidates, as gold.introductions decides of these together."
        " One row per as_of, kind and name."
    ),
    key=("as_of", "kind", "name"),
    schema=AS_OF
    | {
        "kind": required("string", "brand or category"),
        "name": required("string", "maker id, or category"),
        "department": optional("string", "of a category; null of a brand"),
        "is_new": required("boolean", "true where none of its items has been on sale for 8 weeks and sold in the last 13"),
        "decision": required("string", "list where a candidate is listed, else test where one is tested, else wait, else drop"),
        "candidates": required("long", "proposed"),
        "listed": required("long", "of these"),
        "tested": required("long", "of these"),
        "waiting": required("long", "of these: worth it, but a limit binds"),
        "dropped": required("long", "of these"),
        "first_items": required(
            "array<struct<item_id:string,description:string>>",
            "up to three: those chosen first; where none is chosen those that would add most",
        ),
        "launch_week": optional("date", "Monday of the first week in which one is on sale; null where none is chosen"),
        "opening_units": required("long", "to order now"),
        "opening_cost": required(MONEY, "of these"),
        "units": required("double", "expected units of those chosen in 13 weeks"),
        "profit": required("double", "expected in 13 weeks: sum of what each of those chosen brings alone"),
        "profit_q05": required("double", "5 % quantile of that sum; newcomers take from one another beside it"),
        "profit_q95": required("double", "95 % quantile, alike"),
        "cvar": required("double", "mean of that sum in the worst 5 % of scenarios"),
        "p_failure": optional("double", "P(that sum < 0); null where none is chosen"),
        "best_gain": required("double", "the most that one of those not chosen would add; 0 where all are chosen"),
        "reason": required("string", "the decision in a sentence"),
    },
    checks={
        "kind_is_known": "kind IN ('brand', 'category')",
        "decision_is_known": "decision IN ('list', 'test', 'wait', 'drop')",
        "each_candidate_counts_once": "listed + tested + waiting + dropped = candidates",
        "p_failure_is_a_probability": "p_failure IS NULL OR p_failure BETWEEN 0 AND 1",
    },
    slice="as_of",
)
