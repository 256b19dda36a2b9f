from datetime import date, timedelta

import pytest

from shelfwise.report.outlook import items_finding, outlook, whole_finding
from tests.report.shop import AS_OF, HOSTILE, NEXT_MONDAY


@pytest.fixture(scope="module")
def found(tables):
    return outlook(*(tables[name] for name in ("sales", "items", "forecast", "hierarchy", "profiles", "drivers")), as_of=AS_OF)


def test_the_whole_is_shown_beside_what_was_then_sold(found):
    """12 forecast a week; sold since by items that were forecast: 12 cola, then 15; the third week is not over."""
    assert [row["mean"] for row in found.whole.forecast] == [12.0, 12.0, 12.0]
    assert found.whole.later == [(NEXT_MONDAY, 12.0), (NEXT_MONDAY + timedelta(weeks=1), 15.0)]


def test_the_heading_weighs_the_weeks_that_are_over(found):
    """12 + 12 expected, 12 + 15 sold: 3 of 27 too low."""
    assert whole_finding(found) == "The forecast for the 2 weeks since was 11.1 % too low: 24 units expected, 27 sold"


def test_without_later_sales_the_forecast_stands_alone(tables):
    known = tables["sales"].where("sold_on <= DATE'2017-10-29'")
    alone = outlook(known, *(tables[name] for name in ("items", "forecast", "hierarchy", "profiles", "drivers")), as_of=AS_OF)
    assert alone.whole.later == []
    assert alone.unforeseen is None
    assert whole_finding(alone) == "36 units are expected in the next 3 weeks"
    assert items_finding(alone) == "What single items will sell, and how sure that is"


def test_items_that_had_never_sold_are_counted_apart(found):
    """3 of the 12 + 15 + 3 units."""
    assert found.unforeseen == pytest.approx(0.1)


def test_a_week_without_a_sale_is_a_zero_from_the_first_sale_on(found):
    soap = found.items[1]
    assert soap.sold == [(date(2017, 10, 9), 1.0), (date(2017, 10, 16), 0.0), (date(2017, 10, 23), 0.0)]
    assert soap.later == [(NEXT_MONDAY, 0.0), (NEXT_MONDAY + timedelta(weeks=1), 0.0)]


def test_smooth_sellers_come_before_intermittent_ones(found):
    assert [series.title for series in found.items] == [HOSTILE, "SOAP, 4 OZ"]
    assert found.items[1].about == "item soap, intermittent seller"


def test_categories_come_by_revenue(found):
    assert [series.title for series in found.categories] == ["DRINKS", "CARE"]


def test_a_category_has_its_own_bands_and_not_those_of_a_namesake(found):
    drinks = found.categories[0]
    assert [(row["mean"], row["q05"], row["q95"]) for row in drinks.forecast] == [(11.0, 9.0, 13.0)] * 3
    assert drinks.later[0] == (NEXT_MONDAY, 12.0)


def test_bands_are_judged_by_the_weeks_that_are_over(found):
    """Cola, 9 to 13: 12 in, 15 out. Soap, -1 to 3: 0 and 0 in. Three of four."""
    assert items_finding(found) == "In 3 of 4 weeks since, these items stayed inside their 90 % band"


def test_an_items_forecast_is_told_by_the_drivers_of_its_first_explained_week(found):
    """By rank; soap has none, and the sentences of four weeks ahead wait."""
    cola, soap = found.items
    assert [row["sentence"] for row in cola.why] == ["Planned mailer in 85 % of stores: +62 %", "Price & more: no difference"]
    assert soap.why == []
