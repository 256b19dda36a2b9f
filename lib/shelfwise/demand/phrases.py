"""How is a forecast's driver said? One phrase per driver, from a row of the panel and its plan, and what it did to the forecast."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from shelfwise.demand.inputs import FAR_DAYS, OLD, UNKNOWN

MEANS = {"mean_4": "the last 4 weeks", "mean_13": "the last 13 weeks"}


def as_effect(effect: float, *, multiplies: bool) -> str:
    """1.62 -> +62 %, 2.4 -> x 2.4; units as they are."""
    if not multiplies:
        return f"{effect:+.2f} units".replace("-", "\u2212")
    if effect >= 2:
        return f"\u00d7 {effect:.1f}"
    change = round(100 * (effect - 1))
    return f"{change:+d} %".replace("-", "\u2212") if change else "no difference"


def of_whole(row: Any) -> tuple[str, str]:
    """Driver and sentence of a forecast that no contributions explain."""
    if row.segment == "dormant":
        return "dormant", f"No sale for {row.weeks_since_sale} weeks: nothing is expected until it sells again"
    if row.model in MEANS:
        return "own mean", f"Mean of {MEANS[row.model]}: {_units(row.mean)} a week"
    if row.model == "mixture":
        return "mixture", f"A mixture of models, without XGBoost's reasons, expects {_units(row.mean)}"
    expected = f"MLlib's trees, which give no reasons, expect {_units(row.mean)}"
    return "trees", f"{expected}, where {_units(row.level)} a week is its level"


def _recent_sales(row: Any) -> str:
    return f"Sold {_units(row.units)} last week, {_units(row.mean_4)} a week in the last 4; its level is {_units(row.level)}"


def _how_often(row: Any) -> str:
    young = row.age_weeks < 12
    if row.selling_share_13 == 1:
        return "Sold every week since its first sale" if young else "Sold in each of the last 13 weeks"
    weeks = "weeks since its first sale" if young else "last 13 weeks"
    return f"Sold in {_share(row.selling_share_13)} of the {weeks}, most recently {_so_long_ago(row.weeks_since_sale)}"


def _planned(row: Any) -> str:
    shares = {"display": row.planned_display, "mailer": row.planned_mailer}
    shown = [f"{name} in {_share(share)} of stores" for name, share in shares.items() if share > 0]
    shown += [f"{_share(row.planned_cut)} off on the average"] if row.planned_cut > 0 else []
    if shown:
        without = [f", no {name}" for name, share in shares.items() if share <= 0]
        coupon = [", with a coupon"] if row.planned_coupon > 0 else []
        return "".join([f"Planned {' and '.join(shown)}", *without, *coupon, _rate("when promoted", row.mean_promoted)])
    if row.plan_known <= 0:
        what = "A coupon is planned, other promotions" if row.planned_coupon > 0 else "Promotions"
        return f"{what} of that week are not known yet"
    planned = "Only a coupon planned, no display or mailer" if row.planned_coupon > 0 else "No promotion planned"
    return planned + _rate("without one", row.mean_unpromoted)


def _so_far(row: Any) -> str:
    if row.promoted_share_26 == 0:
        return "Not promoted in the last 26 weeks"
    now = f"Promoted in {_share(row.promoted_now)} of stores last week" if row.promoted_now > 0 else "Not promoted last week"
    return f"{now}, and in {_share(row.promoted_share_26)} of the last 26 weeks"


def _price(row: Any) -> str:
    discount = f", {_share(row.discount_share)} off last week" if row.discount_share >= 0.005 else ""
    return f"Shelf price {_share(row.price_to_own)} of its own mean, {_share(row.price_to_category)} of its category's{discount}"


def _trend(row: Any) -> str:
    return f"Category sells {_share(row.category_trend)} and maker {_share(row.maker_trend)} of their 13-week means"


def _season(row: Any) -> str:
    parts = ["a month begins"] if row.month_start > 0 else []
    parts += ["a holiday falls"] if row.holidays > 0 else []
    into = f"{' and '.join(parts) or 'no month begins and no holiday falls'} in that week"
    return f"{into[0].upper()}{into[1:]}{', and a month began last week' if row.month_start_at_origin > 0 else ''}"


def _age(row: Any) -> str:
    if row.known_age >= OLD:
        return "On sale since the records begin, or for a year"
    return f"On sale for {row.age_weeks + 1} weeks"


def _ahead(row: Any) -> str:
    return f"{row.horizon} weeks ahead" if row.horizon > 1 else "The next week"


def _beside(row: Any) -> str:
    weeks = {"before": row.planned_before, "after": row.planned_after}
    shown = [f"the week {name} it" for name, share in weeks.items() if share > 0]
    beside = f"Promoted in {' and '.join(shown)}" if shown else "No promotion known in the weeks before and after it"
    if row.weeks_since_promotion >= OLD:
        return f"{beside}; never promoted so far, or long ago"
    return f"{beside}; most recently promoted {_so_long_ago(row.weeks_since_promotion)}"


def _others(row: Any) -> str:
    if row.mates_planned == UNKNOWN:
        return "Promotions of the category's other items are not known yet"
    return f"{_share(row.mates_planned)} of the category's other items are promoted in that week"


def _market(row: Any) -> str:
    return f"Department sells {_share(row.department_trend)} and the shop {_share(row.shop_trend)} of their 13-week means"


def _around_holidays(row: Any) -> str:
    days = round(row.days_to_holiday)
    ahead = f"The next holiday is {days} days after its Monday" if days < FAR_DAYS else "No holiday is near"
    return ahead + ("; one fell in the week before" if row.holidays_before > 0 else "")


def _outside(row: Any) -> str:
    if row.outside_trend == row.outside_then == 1:
        return "No outside series moves it"
    return f"Outside series stand at {_share(row.outside_trend)} of their last 13 weeks, and then at {_share(row.outside_then)}"


def _last_year(row: Any) -> str:
    if row.category_season == UNKNOWN:
        return "No year before to tell of its season"
    return (
        f"A year before, its category sold {_share(row.category_season)} of its level around that week,"
        f" and it itself, as far as it can be told, {_share(row.own_season)}"
    )


PHRASES: Mapping[str, Callable[[Any], str]] = {
    "recent sales": _recent_sales,
    "how often it sells": _how_often,
    "planned promotion": _planned,
    "promotions so far": _so_far,
    "price": _price,
    "category and maker": _trend,
    "season": _season,
    "age": _age,
    "weeks ahead": _ahead,
    "beside the plan": _beside,
    "others' plans": _others,
    "market": _market,
    "around holidays": _around_holidays,
    "outside": _outside,
    "last year's season": _last_year,
}


def _rate(when: str, mean: float | None) -> str:
    """What it sold on such weeks, where there were any."""
    return "" if mean is None or np.isnan(mean) else f" (sold {_units(mean)} a week {when})"


def _so_long_ago(weeks: int) -> str:
    return {0: "last week", 1: "a week before the last"}.get(weeks, f"{weeks} weeks before the last")


def _units(units: float) -> str:
    """351, 20.1, 2, 0.64"""
    return f"{units:.0f}" if units >= 100 or units == 0 else f"{units:.1f}".removesuffix(".0") if units >= 1 else f"{units:.2f}"


def _share(share: float) -> str:
    return "an unknown share" if share == UNKNOWN else f"{100 * share:.0f} %"
