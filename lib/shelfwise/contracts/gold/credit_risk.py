"""Who may not pay, what would be lost then, and how far that can be believed.

A party is in default while an open invoice of it (neither paid nor settled) is more than 90 days past due (Basel); it stops paying
on the day on which the first such invoice was due. A chance of default is that of stopping within twelve months.
"""

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.gold.risk import loss_figures
from shelfwise.core.table import Table, optional, required

BASES = ("scorecard", "prior", "default")
BUCKETS = ("none", "1-30", "31-60", "61-90", "over 90")  # days past due
BOTH = "*"  # stands for suppliers and customers together
SPLITS = ("parties", "months")

_CARD = {"kind": required("string", "whose: supplier, customer, or '*': both together, for the kind that is too few alone")}

CREDIT_SCORECARD = Table(
    name="gold.credit_scorecard",
    doc=(
        "What each bin of each feature counts for in the chance that a party stops paying within a month:"
        " logit = intercept + sum of coefficient x woe. None where a kind has too few defaults."
        " One row per as_of, kind, feature and bin."
    ),
    key=("as_of", "kind", "feature", "bin"),
    schema=AS_OF
    | _CARD
    | {
        "feature": required("string", "an attribute of silver.parties, or of how it has paid so far"),
        "bin": required("int", "0: not known; 1, 2, … by ascending values"),
        "lower": optional("double", "values above it, in the feature's unit; null: any"),
        "upper": optional("double", "values up to it; null: any"),
        "observations": required("long", "months of parties that had not stopped paying before"),
        "defaults": required("long", "of them in which one did"),
        "woe": required(
            "double", "weight of evidence: log of (share of the others / share of the defaults); below 0: worse than usual"
        ),
        "iv": required("double", "information value of the feature, all its bins together"),
        "coefficient": required("double", "of the feature, 0 or below; 0: not used (it tells too little, or others tell the same)"),
        "intercept": required("double", "of the scorecard"),
        "points": required("int", "of the bin; a party's score is their sum; 20 points more: half the odds of a default"),
    },
    checks={
        "woe_never_counts_against_its_sign": "coefficient <= 0",
        "bins_are_ordered": "lower IS NULL OR upper IS NULL OR lower < upper",
    },
    slice="as_of",
)

CREDIT_ACCURACY = Table(
    name="gold.credit_accuracy",
    doc=(
        "How well scorecards tell who stops paying, of parties and months that they were not made from, beside one chance for all."
        " Attributes are as last told by the day, also of months before."
        " One row per as_of, kind and split."
    ),
    key=("as_of", "kind", "split"),
    schema=AS_OF
    | _CARD
    | {
        "split": required(
            "string", "parties: each judged by a scorecard made from others; months: the last by one made from the first"
        ),
        "observations": required("long", "months of parties that were judged"),
        "defaults": required("long", "of them in which one stopped paying"),
        "auc": required("double", "P(a default had the higher chance than another), ties a half; by one chance for all: .5"),
        "ks": required("double", "Kolmogorov-Smirnov: largest gap between the shares of defaults and of others up to a chance"),
        "brier": required("double", "mean squared error of the chances"),
        "prior_brier": required("double", "the same of one chance for all, the prior's"),
        "calibration_slope": required("double", "of a logistic regression of what came on the logit of the chances; 1 is right"),
        "calibration_intercept": required("double", "of the same; 0 is right"),
        "mean_chance": required("double", "P(stops paying within the month), mean"),
        "observed_share": required("double", "defaults / observations"),
        "prior_chance": required("double", "the prior's P(stops paying within the month)"),
    },
    checks={"split_is_known": f"split IN {SPLITS}", "auc_is_a_share": "auc BETWEEN 0 AND 1 AND ks BETWEEN 0 AND 1"},
    slice="as_of",
)

CREDIT_RISK = Table(
    name="gold.credit_risk",
    doc=(
        "Who may not pay within twelve months, what is lost then, and why that is thought. A supplier's exposure is what was"
        " paid to it in advance: see gold.risk_exposure. Attributes are as last told by the day. One row per as_of, kind and party."
    ),
    key=("as_of", "kind", "party_id"),
    schema=AS_OF
    | {
        "kind": required("string", "supplier or customer"),
        "party_id": required("string", "the party, as in silver.parties"),
        "pd_12m": required("double", "P(default within twelve months); 1 in default"),
        "stopped_chance": required("double", "P(it has stopped paying already), by the days that it is past due; part of pd_12m"),
        "lgd": required("double", "loss given default: of what it owes then, the share that is lost"),
        "ead": optional(
            "double", "money: exposure at default, of a customer what it owes and has not been settled; null of a supplier"
        ),
        "expected_loss": optional("double", "money: pd_12m x lgd x ead"),
        "score": optional(
            "int", "sum of the scorecard's points: 600 is odds of 50 to 1 within a year, 20 more double them; null without"
        ),
        "basis": required(
            "string", "of pd_12m: scorecard, prior (the assumed one, drawn to what was seen) or default (it is in default)"
        ),
        "assumed": required("array<string>", "what rests on an assumption: pd, lgd"),
        "days_past_due": required("int", "days that its oldest open invoice (neither paid nor settled) is past due"),
        "bucket": required("string", "the same, in 30s"),
        "invoices": required("long", "that were due, in the last two years"),
        "open_amount": required("double", "money: billed, neither paid nor settled"),
        "overdue_amount": required("double", "money: the part of it that is past due"),
        "reason": required("string", "one sentence with the numbers"),
    },
    checks={
        "basis_is_known": f"basis IN {BASES}",
        "bucket_is_known": f"bucket IN {BUCKETS}",
        "shares_are_shares": "pd_12m BETWEEN 0 AND 1 AND lgd BETWEEN 0 AND 1 AND stopped_chance <= pd_12m + 1e-9",
        "a_prior_is_flagged": "basis <> 'prior' OR array_contains(assumed, 'pd')",
        "overdue_is_open": "overdue_amount <= open_amount + 1e-6",
    },
    slice="as_of",
)

RISK_PARTIES = Table(
    name="gold.risk_parties",
    doc=(
        "How much could be lost on each customer that owes something; with gold.risk_items these add up to the shop."
        " One row per as_of and customer on invoice."
    ),
    key=("as_of", "customer_id"),
    schema=AS_OF
    | {
        "customer_id": required("string", "pseudonym, as in silver.customers"),
        "exposure": required("double", "money: what it owes"),
        "loss_share": required("double", "of it that is lost should it fail"),
        "failure_chance": required(
            "double", "P(it fails within 13 weeks): what has stopped already, and a quarter's hazard of the rest"
        ),
    }
    | loss_figures("on the customer in 13 weeks")
    | {"assumed": required("array<string>", "which of the inputs are assumptions: pd, lgd")},
    checks={"shares_are_shares": "failure_chance BETWEEN 0 AND 1 AND loss_share BETWEEN 0 AND 1"},
    slice="as_of",
)
