"""Series from outside the shop: what stands at a week's end, and what was foretold by then."""

from datetime import date, timedelta

import numpy as np
import pytest

from shelfwise.contracts.features import CALENDAR, OUTSIDE_WEEK
from shelfwise.contracts.silver import ITEMS, OUTSIDE_SERIES
from shelfwise.core.conform import conform
from shelfwise.core.frames import local_frame
from shelfwise.features.outside import outside_weeks, ratios_at
from tests.rows import row

MONDAY = date(2024, 1, 1)
NOW = 19  # the week at whose end is asked
AS_OF = MONDAY + timedelta(weeks=NOW, days=6)
# 10 for nine of the last thirteen weeks, 20 for the last four
MEAN = (9 * 10 + 4 * 20) / 13


def day(week: int, days: int = 0) -> date:
    return MONDAY + timedelta(weeks=week, days=days)


def published(*rows: tuple[date, date, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(holds from, known at, value), in order."""
    starts, known, values = zip(*sorted(rows), strict=True)
    return np.array([number(one) for one in starts]), np.array([number(one) for one in known]), np.array(values)


def number(one: date) -> float:
    return float((one - MONDAY).days)


def at(week: int, *rows: tuple[date, date, float]) -> np.ndarray:
    return ratios_at(7.0 * week, *published(*rows))


STEP = ((day(0), day(0), 10.0), (day(NOW - 3), day(NOW - 3), 20.0))


def test_a_value_holds_until_the_next_one_and_beyond_what_is_published():
    assert at(NOW, *STEP) == pytest.approx([20 / MEAN] * 14)
    assert at(NOW - 4, *STEP) == pytest.approx([1] * 14)


def test_what_is_foretold_by_then_is_told_of_its_week():
    foretold = (day(NOW + 3), day(NOW, 6), 40.0)
    assert at(NOW, *STEP, foretold)[1:] == pytest.approx([20 / MEAN] * 2 + [40 / MEAN] * 11)
    a_day_later = (day(NOW + 3), day(NOW + 1), 40.0)
    assert at(NOW, *STEP, a_day_later) == pytest.approx([20 / MEAN] * 14)


def test_a_correction_counts_from_the_day_on_which_it_is_known():
    corrected = (day(0), day(NOW), 5.0)
    assert at(NOW - 4, *STEP, corrected) == pytest.approx([1] * 14)
    assert at(NOW, *STEP, corrected)[0] == pytest.approx(20 / ((9 * 5 + 4 * 20) / 13))


def test_days_of_a_week_are_taken_together():
    """Three days at 10 and four at 17: 14."""
    half = ((day(0), day(0), 14.0), (day(NOW), day(0), 10.0), (day(NOW, 3), day(0), 17.0), (day(NOW + 1), day(0), 28.0))
    assert at(NOW, *half) == pytest.approx([1] + [2] * 13)


def test_less_than_four_weeks_tell_nothing():
    begun = (day(NOW - 3, 6), day(0), 10.0)
    assert at(NOW, begun) == pytest.approx([1] * 14)
    assert at(NOW - 1, begun) is None
    assert at(NOW, (day(0), day(NOW + 1), 10.0)) is None


def of(series: str, category: str, start: date, known: date, value: float):
    return row(OUTSIDE_SERIES, series=series, category=category, starts_on=start, known_at=known, value=value)


@pytest.fixture(scope="module")
def told(spark):
    """Fuel for all, doubled lately; rain for TEA alone, eight times as much lately; a value of later that nobody knew."""
    doubled = [of("fuel", "*", day(0), day(0), 10.0), of("fuel", "*", day(NOW - 3), day(NOW - 3), 20.0)]
    rain = [of("rain", "TEA", day(0), day(0), 1.0), of("rain", "TEA", day(NOW - 3), day(NOW - 3), 8.0)]
    late = [of("fuel", "*", day(2), day(NOW - 2), 1e6)]
    return outside_of(spark, doubled + rain + late).set_index(["category", "week"]).sort_index()


def outside_of(spark, rows):
    """Of a shop of two categories."""
    series = local_frame(spark, rows, OUTSIDE_SERIES.struct)
    items = local_frame(spark, [row(ITEMS, item_id=name, category=name) for name in ("TEA", "BREAD")], ITEMS.struct)
    days = [(AS_OF, "US", 1.0, day(week), day(week), 1, None, 9) for week in range(NOW + 15)]
    calendar = local_frame(spark, days, CALENDAR.struct)
    return conform(outside_weeks(series, items, calendar, as_of=AS_OF), OUTSIDE_WEEK).toPandas()


def test_a_series_of_every_category_reaches_each_and_one_of_a_category_that_alone(told):
    last = told.xs(day(NOW - 3), level="week")
    assert last["series"].map(list).to_dict() == {"BREAD": ["fuel"], "TEA": ["fuel", "rain"]}
    fuel, rain = (12 * 10 + 20) / 13, (12 * 1 + 8) / 13
    recent = {"fuel": (3 * 10 + 20) / 4 / fuel, "rain": (3 * 1 + 8) / 4 / rain}
    assert last.loc["BREAD", "outside_trend"] == pytest.approx(recent["fuel"])
    assert last.loc["TEA", "outside_trend"] == pytest.approx(np.sqrt(recent["fuel"] * recent["rain"]))
    assert last.loc["TEA", "outside_ahead"] == pytest.approx([np.sqrt(20 / fuel * 8 / rain)] * 13)


def test_a_categorys_own_word_replaces_that_of_every_category(spark):
    series = [
        of("fuel", "*", day(0), day(0), 10.0),
        of("fuel", "*", day(NOW), day(0), 90.0),
        of("fuel", "TEA", day(0), day(0), 10.0),
    ]
    found = outside_of(spark, series).set_index(["category", "week"])["outside_trend"]
    assert found["TEA"].to_numpy() == pytest.approx(1)
    assert found[("BREAD", day(NOW))] > 1.5


def test_a_categorys_own_word_counts_once_it_is_known(spark):
    """Told of TEA in the last week that its fuel has always cost the same: until then TEA's is everybody's."""
    steps = [of("fuel", "*", day(0), day(0), 10.0), of("fuel", "*", day(NOW - 1), day(0), 90.0)]
    found = outside_of(spark, [*steps, of("fuel", "TEA", day(0), day(NOW), 10.0)]).set_index(["category", "week"])["outside_trend"]
    assert found["TEA", day(NOW - 1)] == found["BREAD", day(NOW - 1)] > 1.5
    assert found["TEA", day(NOW)] == 1.0
    assert found["BREAD", day(NOW)] > 2


def test_weeks_are_told_from_the_fourth_on_up_to_as_of(told):
    weeks = told.loc["BREAD"].index
    assert (weeks.min(), weeks.max(), len(weeks)) == (day(3), day(NOW), NOW - 2)


def test_what_became_known_later_is_in_no_earlier_week(told):
    before = told.loc["BREAD", "outside_trend"].loc[: day(NOW - 4)]
    assert before.to_numpy() == pytest.approx(1)
    # then two of the last four weeks, and eleven of the last thirteen, had been at a million
    assert told.loc[("BREAD", day(NOW - 2)), "outside_trend"] == pytest.approx(2 / 4 / (11 / 13), rel=1e-4)
