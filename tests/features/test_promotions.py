"""Promotions by week."""

from datetime import date

import pytest

from shelfwise.core.frames import local_frame
from shelfwise.features.promotions import promotions_by_week

COLUMNS = (
    "item_id string, location_id string, starts_on date, ends_on date, campaign_id string,"
    " display boolean, mailer boolean, coupon boolean, price_cut double, known_at date"
)
MONDAY, NEXT = date(2017, 3, 6), date(2017, 3, 13)


def shelf(item, place, start=MONDAY, end=date(2017, 3, 12), display=False, mailer=False, cut=None, known=date(2017, 1, 23)):
    return (item, place, start, end, "", display, mailer, False, cut, known)


def weeks(spark, *rows):
    items = local_frame(spark, [("a", "soup"), ("b", "bread")], "item_id string, category string")
    frame = promotions_by_week(local_frame(spark, list(rows), COLUMNS), items, as_of=date(2017, 3, 5))
    return {(row["item_id"], row["week"]): row for row in frame.collect()}


def test_shares_are_of_the_locations_that_promote_anything_that_week(spark):
    """Four locations promote; two display `a` (.5), one of them mails it too (.25); `b` is in one mailer of four."""
    found = weeks(
        spark,
        shelf("a", "s1", display=True, mailer=True),
        shelf("a", "s2", display=True),
        shelf("b", "s3", mailer=True),
        shelf("c", "s4", display=True),
    )
    assert (found["a", MONDAY]["display_share"], found["a", MONDAY]["mailer_share"]) == (0.5, 0.25)
    assert (found["b", MONDAY]["display_share"], found["b", MONDAY]["mailer_share"]) == (0.0, 0.25)


def test_a_coupon_everywhere_covers_each_week_that_it_touches(spark):
    """Wednesday 8 March to Tuesday 14 March touches two weeks; it counts for no location's share."""
    coupon = ("a", "*", date(2017, 3, 8), date(2017, 3, 14), "26", False, False, True, None, date(2017, 2, 1))
    found = weeks(spark, coupon, shelf("b", "s1", display=True))
    assert {key for key in found if key[0] == "a"} == {("a", MONDAY), ("a", NEXT)}
    assert found["a", MONDAY]["coupon"] and found["a", MONDAY]["display_share"] == 0.0
    assert found["b", MONDAY]["display_share"] == 1.0


def test_what_is_planned_for_everywhere_is_everywhere(spark):
    """Also in a shop that plans nothing for single places, so that there are none to count."""
    alone = weeks(spark, shelf("a", "*", display=True, cut=0.3), shelf("b", "*", mailer=True))
    assert [alone["a", MONDAY][name] for name in ("display_share", "mailer_share", "price_cut")] == [1.0, 0.0, 0.3]
    assert [alone["b", MONDAY][name] for name in ("display_share", "mailer_share", "price_cut")] == [0.0, 1.0, None]
    beside = weeks(spark, shelf("a", "*", mailer=True), shelf("a", "s1", display=True), shelf("b", "s2", display=True))
    assert (beside["a", MONDAY]["display_share"], beside["a", MONDAY]["mailer_share"]) == (0.5, 1.0)


def test_a_price_cut_counts_by_the_places_that_have_it(spark):
    """Of four places two cut the price by .2 and .4: .15 on the average; what is cut by .3 everywhere is cut by at least that."""
    places = [shelf("c", "s3", display=True), shelf("c", "s4", display=True)]
    found = weeks(spark, shelf("a", "s1", cut=0.2), shelf("a", "s2", cut=0.4), *places)
    assert found["a", MONDAY]["price_cut"] == pytest.approx(0.15)
    assert found["c", MONDAY]["price_cut"] is None
    twice = weeks(spark, shelf("a", "s1", cut=0.3), shelf("a", "s1", start=date(2017, 3, 9), cut=0.4))
    assert twice["a", MONDAY]["price_cut"] == 0.4
    assert weeks(spark, shelf("a", "*", cut=0.3), shelf("a", "s1", cut=0.2), *places)["a", MONDAY]["price_cut"] == 0.3


def test_a_plan_grows_part_by_part(spark):
    """In January s1 displays `a`, one place of one that promotes; in February s2 mails it and s3 displays `b`: of three."""
    early, late = date(2017, 1, 23), date(2017, 2, 20)
    found = weeks(
        spark,
        shelf("a", "s1", display=True, known=early),
        shelf("a", "s2", mailer=True, cut=0.3, known=late),
        shelf("b", "s3", display=True, known=late),
    )
    last = found["a", MONDAY]
    assert (last["known_at"], last["display_share"], last["mailer_share"], last["price_cut"]) == (
        late,
        pytest.approx(1 / 3),
        pytest.approx(1 / 3),
        pytest.approx(0.1),
    )
    assert [tuple(one) for one in last["earlier"]] == [(early, 1.0, 0.0, None, False)]
    assert found["b", MONDAY]["earlier"] is None


def test_an_item_that_nobody_listed_has_no_category_and_is_not_lost(spark):
    found = weeks(spark, shelf("a", "s1", display=True), shelf("z", "s1", display=True))
    assert (found["a", MONDAY]["category"], found["z", MONDAY]["category"]) == ("soup", None)
