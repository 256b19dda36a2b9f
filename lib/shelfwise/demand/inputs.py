"""What is a demand model told of an item at the end of a week, and of the week that it is asked about?

Features in groups, each what a buyer sees as one thing: drivers are told by group, and models can be asked to do without one.
"""

from collections.abc import Iterable, Mapping, Sequence

from shelfwise.core.errors import JobError

HORIZONS = 13
EVERY_HORIZON = tuple(range(1, HORIZONS + 1))
# keeps the level of an item that has stopped selling above zero
LEAST_LEVEL = 0.02
UNKNOWN = -1.0
# usual weekly changes that an error counts for where models are weighed: what nobody foresaw outweighs all else otherwise
MOST_SCALES = 10.0
OLD = 52  # weeks: older than that makes no difference
FAR_DAYS = 60  # to the next holiday: further makes no difference
OUTSIDE = "outside"  # the group that a shop without outside series does without
LAST_YEAR = "last year's season"  # the one that a shop does without that is little more than a year old

# the order of the features belongs to a model, like a seed
GROUPS: Mapping[str, Sequence[str]] = {
    "recent sales": (
        "log_level",
        "units_to_level",
        "lag_1_to_level",
        "lag_2_to_level",
        "lag_3_to_level",
        "mean_4_to_level",
        "mean_13_to_level",
        "mean_26_to_level",
    ),
    "how often it sells": ("sd_13_to_level", "selling_share_13", "weeks_since_sale", "size_cv2"),
    "age": ("known_age", "age_weeks"),
    "promotions so far": ("promoted_share_26", "promoted_now"),
    # how well it sells with and without a promotion counts for nothing but the plan
    "planned promotion": (
        "plan_known",
        "planned_display",
        "planned_mailer",
        "planned_cut",
        "planned_coupon",
        "rate_under_plan",
        "promotion_uplift",
    ),
    "price": ("price_to_own", "price_to_category", "discount_share"),
    "category and maker": ("category_trend", "maker_trend"),
    "weeks ahead": ("horizon",),
    "season": ("month_start", "month_start_at_origin", "holidays"),
    "beside the plan": ("planned_before", "planned_after", "weeks_since_promotion"),
    "others' plans": ("mates_planned",),
    "market": ("department_trend", "shop_trend"),
    "around holidays": ("days_to_holiday", "holidays_before"),
    OUTSIDE: ("outside_trend", "outside_then"),
    LAST_YEAR: ("category_season", "own_season"),
}
FEATURES = tuple(name for group in GROUPS.values() for name in group)


def features_without(groups: Iterable[str]) -> tuple[str, ...]:
    """FEATURES less those of `groups`, in their order."""
    left_out = set(groups)
    if unknown := sorted(left_out - set(GROUPS)):
        raise JobError(f"There is no group of features '{unknown[0]}': without takes {', '.join(GROUPS)}.")
    if left_out == set(GROUPS):
        raise JobError("Nothing to learn from: without names every group of features. Leave one of them in.")
    return tuple(name for group, names in GROUPS.items() if group not in left_out for name in names)
