from datetime import date

import pytest

from shelfwise.report.trade import FIGURES, Figure, finding, headline, weekly_figures
from tests.report.shop import AS_OF

REVENUE, SHARE = Figure("revenue", "Revenue", "revenue a week"), Figure("discount_share", "Discounts", "share", is_share=True)


@pytest.fixture(scope="module")
def weeks(tables):
    return weekly_figures(tables["kpis"], as_of=AS_OF)


def test_days_add_up_to_whole_weeks_of_the_whole_shop(weeks):
    """28 days from Monday 2 October: 7 x 100 in each of three weeks, 7 x 200 in the fourth; categories don't count twice."""
    assert [(week["week"], week["revenue"], week["baskets"]) for week in weeks] == [
        (date(2017, 10, 2), 700.0, 70),
        (date(2017, 10, 9), 700.0, 70),
        (date(2017, 10, 16), 700.0, 70),
        (date(2017, 10, 23), 1400.0, 70),
    ]


def test_shares_are_of_the_weeks_sums(weeks):
    """25 of 100 + 25 given away is .2, 25 of 200 + 25 is 1/9; new items are not known on any day."""
    assert weeks[0]["discount_share"] == pytest.approx(0.2)
    assert weeks[3]["discount_share"] == pytest.approx(1 / 9)
    assert weeks[0]["repeat_share"] == pytest.approx(0.5)
    assert weeks[0]["new_item_share"] is None


def test_a_week_that_is_not_over_is_left_out(tables):
    assert len(weekly_figures(tables["kpis"], as_of=date(2017, 10, 28))) == 3


def test_a_finding_compares_the_last_four_weeks_with_the_thirteen_before():
    """110 after thirteen weeks of 100: up 10 %; .25 after .2: up 5 points; backwards 100 after (4 x 110 + 9 x 100) / 13 = 103.1."""
    weeks = [{"revenue": 100.0, "discount_share": 0.2}] * 13 + [{"revenue": 110.0, "discount_share": 0.25}] * 4
    assert finding(REVENUE, weeks) == "Revenue: 110, up 10 %"
    assert finding(SHARE, weeks) == "Discounts: 25.0 %, up 5.0 points"
    assert finding(REVENUE, weeks[::-1]) == "Revenue: 100, down 3 %"


def test_a_finding_says_when_nothing_moved_or_nothing_is_known():
    assert finding(REVENUE, [{"revenue": 100.0}] * 8) == "Revenue: 100, unchanged"
    assert finding(REVENUE, [{"revenue": 100.0}] * 3) == "Revenue: 100"
    assert finding(REVENUE, [{"revenue": None}]) == finding(REVENUE, []) == "Revenue: not known yet"


def test_the_headline_is_of_the_last_four_weeks(weeks):
    """(3 x 700 + 1400) / 4 = 875"""
    assert headline(weeks) == "70 baskets and a revenue of 875 a week over the last 4 weeks"
    assert headline([]) == "There is no whole week of sales yet"


def test_every_figure_is_a_column_of_the_weekly_rows(weeks):
    assert {figure.name for figure in FIGURES} == set(weeks[0]) - {"week"}
