"""How reliably sellers and carriers bring customers their orders, and what it costs when they don't."""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.silver import MONEY
from shelfwise.core.table import Field, Table, optional, required

SENDERS = {"seller": "seller_id", "carrier": "carrier"}  # columns of silver.deliveries
TROUBLES = {
    "late": "of the parcels that were not cancelled: came after the promised day, or have not come",
    "very_late": "the same, some weeks after the promised day (lost, as far as the customer knows)",
    "cancelled": "of all parcels: given up, or not to be had",
    "low_review": "of reviews of a seller's orders: one or two stars",
}
SERVICE_LEVELS = ("ok", "watch", "act")


def _of_trouble(name: str, of: str) -> dict[str, Field]:
    return {
        f"{name}_share": optional("double", f"{of}; drawn towards the share of all, null where nothing tells"),
        f"{name}_q05": optional("double", "5 % quantile of what that share may be"),
        f"{name}_q95": optional("double", "95 % quantile: between both with 90 % certainty"),
        f"p_{name}": optional("double", "P(the share is above what is tolerated)"),
    }


RISK_SELLERS = Table(
    name="gold.risk_sellers",
    doc=(
        "How reliably each seller sends and each carrier brings, judged by the parcels promised for the last year up to as_of, and"
        " what its troubles cost in 13 weeks. One row per as_of, scope and name."
    ),
    key=("as_of", "scope", "name"),
    schema=AS_OF
    | {
        "scope": required("string", "seller or carrier"),
        "name": required("string", "its id"),
        "parcels": required("long", "promised for a day of the last year"),
        "cancelled": required("long", "of them"),
        "delivered": required("long", "of them, not cancelled, that had come by as_of"),
        "late": required("long", "not cancelled, and came after the promised day or have not come"),
        "very_late": required("long", "the same, some weeks after it"),
        "reviews": required(
            "long", "of a seller's orders, written in the last year; 0 for carriers, who don't answer for the goods"
        ),
        "low_reviews": required("long", "of them with one or two stars"),
        "days_late": optional("double", "days beyond the promised day of those late, so far where they have not come; null: none"),
    }
    | {column: field for name, of in TROUBLES.items() for column, field in _of_trouble(name, of).items()}
    | {
        "late_share_recent": optional("double", "late_share of the last 13 weeks alone"),
        "late_share_before": optional("double", "of the 13 weeks before them"),
        "p_worsening": optional("double", "P(the recent one is above the one before)"),
        "sales": required(MONEY, "revenue of its parcels ordered in the last 13 weeks; so much is expected of the next"),
        "loss_cancelled": required("double", "money in 13 weeks: margin of what is cancelled"),
        "loss_late": required("double", "money in 13 weeks: given to customers whose parcels are late"),
        "loss_reviews": required("double", "money in 13 weeks: margin of further orders of those who are put off"),
        "expected_loss": required("double", "money in 13 weeks: the three together"),
        "level": required("string", "act: worse than tolerated nearly for sure; watch: probably, or getting worse; ok"),
        "trouble": required("string", "the one that is most likely worse than tolerated"),
        "reason": required("string", "one sentence with its numbers"),
        "assumed": required("array<string>", "which of the inputs are assumptions"),
    },
    checks={
        "scope_is_known": f"scope IN {tuple(SENDERS)}",
        "level_is_known": f"level IN {SERVICE_LEVELS}",
        "trouble_is_known": f"trouble IN {tuple(TROUBLES)}",
        "counts_are_in_order": "very_late <= late AND late + cancelled <= parcels AND low_reviews <= reviews",
        "losses_are_not_negative": "least(loss_cancelled, loss_late, loss_reviews, expected_loss) >= 0",
    },
    slice="as_of",
)
