"""What items without history will sell, and how well that was known before."""

import itertools

from shelfwise.contracts.features import AS_OF
from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.contracts.silver import MONEY
from shelfwise.core.table import Table, optional, required

CURVE_WEEKS = 13  # since launch, that are forecast
JUDGED_WEEKS, TAKEN_WEEKS = 8, 4  # a launch has taken if it sold in so many of its first eight weeks

LAUNCH_BACKTEST = Table(
    name="gold.launch_backtest",
    doc=(
        "What each source, taught by launches that had ended before, said of the first eight weeks of later ones, asked on the"
        " eve of each. Held out is an item (its maker and category are known), or all launches and sales of a maker or of a"
        " category, among launches that sold in 4 of their first 8 weeks or more; 'any': an item, among all launches."
        " One row per as_of, holdout, item and week since launch."
    ),
    key=("as_of", "holdout", "item_id", "launch_week"),
    schema=AS_OF
    | {
        "holdout": required("string", "item, maker, category or any"),
        "item_id": required("string", "the item"),
        "launch_week": required("int", "weeks since launch, 1 to 8; 1 is the week of the launch"),
        "origin": required("date", "last day (Sunday) known to what the sources learnt from"),
        "launch": required("date", "Monday of the week of the first list price; of the first sale where no price came before"),
        "actual": required("double", "units wanted in the week"),
        "attributes": required("double", "mean forecast of the attribute model"),
        "analogues": required("double", "mean of the most similar earlier launches"),
        "category_curve": required(
            "double", "mean of the category's earlier launches; the department's, the shop's where it has none"
        ),
        "department_curve": required("double", "mean of the department's earlier launches; the shop's where it has none"),
    },
    checks={"holdout_is_known": "holdout IN ('item', 'maker', 'category', 'any')"},
    slice="as_of",
)

LAUNCH_ACCURACY = Table(
    name="gold.launch_accuracy",
    doc=(
        "How good the forecasts of gold.launch_backtest were, each origin judged by what the others taught."
        " One row per as_of, holdout, model, known_weeks and launch_week; 0 stands for all weeks after the known ones."
    ),
    key=("as_of", "holdout", "model", "known_weeks", "launch_week"),
    schema=AS_OF
    | {
        "holdout": required("string", "item, maker, category or any: see gold.launch_backtest"),
        "model": required("string", "blend (its mean), blend_median, attributes, analogues, category_curve or department_curve"),
        "known_weeks": required("int", "weeks of own sales that the blend had seen; 0 is the eve of the launch"),
        "launch_week": required("int", "weeks since launch; 0 for all from known_weeks + 1 to 8"),
        "launches": required("long", "items judged"),
        "wape": optional("double", "sum over items of |their total - its forecast| / sum of totals, over the row's weeks"),
        "wape_weekly": optional("double", "sum over items and weeks of |units - forecast| / sum of units"),
        "rmsse": optional(
            "double",
            "mean over items of root mean squared error / root mean squared weekly change of the item's own first 8 weeks",
        ),
        "bias": optional("double", "sum of (forecast - actual) / sum of actuals"),
        "coverage_80": optional("double", "share of actuals inside the blend's 80 % interval, by randomised PIT"),
        "coverage_90": optional("double", "share of actuals inside the blend's 90 % interval, by randomised PIT"),
        "coverage_80_total": optional(
            "double",
            "share of units from the launch to the week (0: to each) inside the 80 % interval of such totals, said on the eve",
        ),
        "coverage_90_total": optional("double", "the same of the 90 % interval"),
    },
    slice="as_of",
)

LAUNCH_FORECAST = Table(
    name="gold.launch_forecast",
    doc=(
        "What items in their first eight weeks, and items that are announced, will sell up to the thirteenth week since launch."
        " One row per as_of, item and week since launch."
    ),
    key=("as_of", "item_id", "launch_week"),
    schema=AS_OF
    | {
        "item_id": required("string", "the item"),
        "launch_week": required("int", "weeks since launch, 1 to 13"),
        "launch": required("date", "Monday of the week of the first list price; of the first sale where no price came before"),
        "week": required("date", "Monday of the forecast week"),
        "segment": required(
            "string", "new: on sale for less than 8 weeks; announced: its first list price is of the running week or later"
        ),
        "price": optional(MONEY, "per unit: the first list price; what the first sale paid where no price came before"),
        "announced_on": optional("date", "when its first list price was known; null where there is none"),
        "known_weeks": required("int", "weeks since launch that as_of has seen; 0 if announced"),
        "sold": required("double", "units wanted in them"),
        "prior_mean": required("double", "expected units in the week, had nothing been seen of the item's own sales"),
        "prior_level": required("string", "lowest level with earlier launches to learn from: category, department or shop"),
        "evidence_weight": required("double", "share of the mean that rests on the item's own sales"),
        "mean": required("double", "expected units in the week"),
    }
    | {quantile_name(p): required("double", f"{p:.0%} quantile of units in the week") for p in LEVELS}
    | {
        "cum_mean": optional(
            "double",
            "of items that have never sold: expected units from now to the week's end; null of others (gold.demand_forecast)",
        )
    }
    | {quantile_name(p, cumulated=True): optional("double", f"{p:.0%} quantile of these units") for p in LEVELS}
    | {
        "analogues": required(
            "array<struct<item_id:string,similarity:double>>", "the most similar earlier launches, most similar first; 1 is alike"
        )
    },
    checks={
        "mean_is_not_negative": "mean >= 0 AND prior_mean >= 0",
        "evidence_is_a_share": "evidence_weight BETWEEN 0 AND 1",
        "quantiles_do_not_cross": " AND ".join(f"{quantile_name(a)} <= {quantile_name(b)}" for a, b in itertools.pairwise(LEVELS)),
    },
    slice="as_of",
)
