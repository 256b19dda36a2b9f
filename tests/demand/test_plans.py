"""What is planned, as known at the origin."""

from datetime import date, timedelta

import pytest

from shelfwise.contracts.features import EARLIER
from shelfwise.core.frames import local_frame
from shelfwise.demand.inputs import UNKNOWN
from shelfwise.demand.plans import by_category, by_item, with_plans

MONDAY = date(2017, 3, 6)  # the target of all rows
PROMOTIONS = (
    "item_id string, category string, week date, display_share double, mailer_share double, price_cut double, coupon boolean,"
    f" known_at date, earlier {EARLIER}"
)
ROWS = (
    "item_id string, category string, category_items long, horizon int, origin date, target_week date, level double,"
    " mean_promoted double, mean_unpromoted double"
)


def plan(item, weeks_after=0, known_days_before=42, display=0.5, mailer=0.25, cut=None, category="soup", earlier=None):
    """`earlier`: days before the week, display, mailer."""
    week = MONDAY + timedelta(weeks=weeks_after)
    before = [(week - timedelta(days=days), shown, mailed, None, False) for days, shown, mailed in earlier or []]
    return item, category, week, display, mailer, cut, False, week - timedelta(days=known_days_before), before or None


def told(spark, plans, horizon=2, item="a", items=5):
    """The item's row at the Sunday `horizon` weeks before its target: 2 weeks ahead that is 8 days before it."""
    promotions = local_frame(spark, plans, PROMOTIONS)
    origin = MONDAY + timedelta(days=6 - 7 * horizon)
    row = (item, "soup", items, horizon, origin, MONDAY, 2.0, 6.0, 1.0)
    rows = local_frame(spark, [row], ROWS).join(by_item(promotions), "item_id", "left")
    found = with_plans(rows, promotions).collect()
    assert len(found) == 1
    return found[0]


def test_weeks_beside_the_target_count_as_far_as_their_plans_are_known(spark):
    """Notice of six weeks; 6 weeks ahead is 36 days: the week before (29) and the target are known, the one after (43) is not."""
    plans = [plan("a", -1), plan("a", 1, display=1.0), plan("b", 0)]
    near, far = told(spark, plans, horizon=2), told(spark, plans, horizon=6)
    assert (near["planned_before"], near["planned_display"], near["planned_after"]) == (0.5, 0.0, 1.0)
    assert (far["planned_before"], far["planned_display"], far["planned_after"]) == (0.5, 0.0, UNKNOWN)


def test_of_a_plan_that_grew_what_was_known_at_the_origin_counts(spark):
    """A display in one of ten stores six weeks before, in all ten and a mailer nine days before, cut the day before."""
    grown = plan("a", 0, known_days_before=1, display=1.0, mailer=1.0, cut=0.3, earlier=[(42, 0.1, 0.0), (9, 1.0, 1.0)])
    rows = [told(spark, [grown, plan("b"), plan("c")], horizon=horizon) for horizon in (1, 2, 3, 6)]
    assert [row["planned_display"] for row in rows] == [1.0, 1.0, 0.1, 0.1]
    assert [row["planned_mailer"] for row in rows] == [1.0, 1.0, 0.0, 0.0]
    assert [row["planned_cut"] for row in rows] == [0.3, 0.0, 0.0, 0.0]
    assert [row["mates_planned"] for row in rows] == [0.5] * 4


def test_a_coupon_known_long_before_does_not_tell_that_no_display_will_be(spark):
    """Known 90 days before, where six weeks are usual: nine weeks ahead displays are not told yet; two weeks ahead none is."""
    *rest, _, known_at, _ = plan("a", known_days_before=90, display=0.0, mailer=0.0)
    coupon = (*rest, True, known_at, None)
    far, near = (told(spark, [coupon, plan("b"), plan("c"), plan("d", -1)], horizon=horizon) for horizon in (9, 2))
    assert (far["planned_coupon"], far["planned_display"], far["planned_mailer"]) == (1.0, UNKNOWN, UNKNOWN)
    assert (near["planned_coupon"], near["planned_display"], near["planned_mailer"]) == (1.0, 0.0, 0.0)


def test_a_plan_that_became_known_late_was_not_known_before(spark):
    """Known 3 days ahead, where six weeks are usual: 8 days ahead nothing was planned, as far as anybody knew."""
    plans = [plan("a", 0, known_days_before=3), plan("a", -1), plan("b"), plan("c")]
    row = told(spark, plans)
    assert (row["planned_display"], row["rate_under_plan"]) == (0.0, 0.5)
    assert row["mates_planned"] == pytest.approx(2 / 4)


def test_a_planned_price_cut_is_a_promotion_of_its_own(spark):
    """30 % off, neither displayed nor mailed: the item sells as when promoted (6 at a level of 2), and counts for its mates."""
    row = told(spark, [plan("a", 0, display=0.0, mailer=0.0, cut=0.3), plan("b")])
    assert (row["planned_cut"], row["rate_under_plan"], row["mates_planned"]) == (0.3, 3.0, 1 / 4)
    assert told(spark, [plan("b", cut=0.3)])["planned_cut"] == 0.0  # nothing planned for this one
    assert told(spark, [plan("a")])["planned_cut"] == 0.0  # displayed, and no cut on record
    assert told(spark, [plan("a", cut=0.3)], horizon=8)["planned_cut"] == 0.0  # not known yet: plan_known says so
    assert told(spark, [plan("b", display=0.0, mailer=0.0, cut=0.1)], item="e")["mates_planned"] == pytest.approx(1 / 4)


def test_others_are_the_promoted_ones_of_the_category_less_the_item_itself(spark):
    """Three of five soups are promoted: to one of them 2 of the other 4, to another item 3 of 4; bread counts for nothing."""
    plans = [plan("a"), plan("b"), plan("c"), plan("z", category="bread")]
    assert told(spark, plans, item="a")["mates_planned"] == pytest.approx(2 / 4)
    assert told(spark, plans, item="e")["mates_planned"] == pytest.approx(3 / 4)
    assert told(spark, plans, item="e", horizon=8)["mates_planned"] == UNKNOWN
    assert told(spark, [plan("z", category="bread")], item="e")["mates_planned"] == 0.0


def test_the_only_item_of_its_category_has_no_others(spark):
    assert told(spark, [plan("a")], items=1)["mates_planned"] == 0.0


def test_a_plan_is_counted_at_the_horizons_from_which_it_is_known(spark):
    """Known 42 days before Monday: 48 before the week's Sunday, so up to 6 weeks ahead; known 3 days before: 9, so one."""
    counts = by_category(local_frame(spark, [plan("a"), plan("b", known_days_before=3)], PROMOTIONS)).collect()
    assert {row["horizon"]: row["promoted_mates"] for row in counts} == {1: 2, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1}


def test_nothing_planned_at_all_is_unknown_and_no_error(spark):
    row = told(spark, [])
    assert (row["planned_display"], row["planned_before"], row["mates_planned"]) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert row["planned_coupon"] == 0.0
