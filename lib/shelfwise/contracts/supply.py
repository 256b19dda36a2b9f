"""How suppliers deliver."""

from itertools import pairwise

from shelfwise.contracts.features import AS_OF
from shelfwise.core.table import Table, optional, required

LEAD_TIME_LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
OTHERS = "*"  # stands for a supplier's items that have neither orders nor terms
LEAD_WEEKS = 13  # what forecasts see: longer lead times are planned as so many weeks


def lead_quantile(level: float) -> str:
    return f"days_q{round(level * 100):02d}"


LEAD_TIMES = Table(
    name="features.lead_times",
    doc=(
        "How long the next order will take, from receipts and open orders up to as_of; '*' stands for a supplier's other items."
        " Receipts do not name a supplier: all of an item's count for the one that it is bought from now."
        " One row per as_of, supplier and item with orders or terms."
    ),
    key=("as_of", "supplier_id", "item_id"),
    schema=AS_OF
    | {
        "supplier_id": required("string", "whom the item is bought from now"),
        "item_id": required("string", "the item; '*' for those of a supplier with orders that have neither orders nor terms"),
        "agreed_days": optional("int", "agreed days from order to receipt"),
        "receipts": required("long", "orders received that tell of the lead time: not an item's first one at a place"),
        "open_orders": required("long", "orders not received yet, each of which says that it takes longer than so far"),
        "supplier_receipts": required("long", "the same as receipts, of all items of the supplier"),
        "mean_days": required("double", "from order to receipt"),
        "variance_days": required("double", "days squared; 0 where nothing was received from the supplier"),
    }
    | {lead_quantile(p): required("int", f"{p:.0%} of orders have come by this day") for p in LEAD_TIME_LEVELS}
    | {
        "late_share": optional("double", "P(later than agreed); null where nothing was agreed or received"),
        "filled_share": optional("double", "units received / units ordered, of what came; null where nothing has"),
        "short_share": optional("double", "units that did not come / units ordered"),
        "defective_share": optional("double", "defective units / units ordered; null where receipts don't say"),
        "week_shares": required("array<double>", "P(comes on the day itself, in week 1, 2, … 13 after the order or later)"),
        "basis": required("string", "receipts (the item's and its supplier's), terms or assumption"),
        "assumed": required("boolean", "true where it rests on an assumption"),
    },
    checks={
        "basis_is_known": "basis IN ('receipts', 'terms', 'assumption')",
        "quantiles_do_not_cross": " AND ".join(f"{lead_quantile(a)} <= {lead_quantile(b)}" for a, b in pairwise(LEAD_TIME_LEVELS)),
        "shares_are_shares": "coalesce(late_share, 0) BETWEEN 0 AND 1 AND coalesce(short_share, 0) BETWEEN 0 AND 1",
    },
    slice="as_of",
)
