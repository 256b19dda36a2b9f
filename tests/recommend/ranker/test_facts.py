"""What is known of customers, items and their meetings at the end of a day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from shelfwise.core.frames import local_frame
from shelfwise.recommend.ranker.facts import (
    OF_MEETING,
    met,
    met_until,
    of_circle,
    of_items,
    of_meetings,
    of_pairs,
    of_plans,
    trips,
    until,
    visits,
)
from shelfwise.recommend.vectors import PAIR
from tests.conftest import known_at_once
from tests.recommend.builders import events

DAY = date(2017, 6, 25)  # a Sunday
VISITS = "customer_index int, item_index int, basket_id string, sold_on date"


def ago(days):
    return DAY - timedelta(days=days)


@pytest.fixture(scope="module")
def known(spark):
    """1 bought item 7 on three days, 60, 30 and 0 ago, and item 8 once, 90 days ago; 2 bought item 7 ten days ago, and tomorrow."""
    rows = [(1, 7, "a", ago(60)), (1, 7, "b", ago(30)), (1, 7, "c", ago(0)), (1, 8, "d", ago(90))]
    later = [(2, 7, "e", ago(10)), (2, 8, "f", ago(-1))]
    return until(local_frame(spark, rows + later, VISITS), DAY).localCheckpoint()


def test_baskets_are_counted_remembered_and_due(known):
    """1/2 + 1/2^.5 + 1 remembered; gaps of 60 / 2 = 30 days; bought today, so not due at all. Item 8: 90 days over a gap of 60."""
    found = {(r["customer_index"], r["item_index"]): r for r in of_pairs(known, trips(known)).collect()}
    assert set(found) == {(1, 7), (1, 8), (2, 7)}
    own = found[1, 7]
    assert (own["baskets"], own["baskets_28"], own["baskets_84"], own["last_days"], own["first_days"]) == (3, 1, 3, 0, 60)
    assert own["remembered"] == pytest.approx(0.5 + 0.5**0.5 + 1)
    assert (own["gap_days"], own["due"], own["share_of_trips"]) == (30.0, 0.0, 0.75)
    once = found[1, 8]
    assert (once["gap_days"], once["due"], once["baskets_84"], once["share_of_trips"]) == (60.0, 1.5, 0, 0.25)


def test_items_have_buyers_of_late_new_ones_and_those_who_came_back(known):
    """Item 7: two buyers, both within 28 days, one of them for the first time; one of two bought it again."""
    found = {row["item_index"]: row for row in of_items(of_pairs(known, trips(known))).collect()}
    seven, eight = found[7], found[8]
    assert (seven["buyers"], seven["buyers_28"], seven["new_buyers_28"], seven["repeat_share"]) == (2, 2, 1, 0.5)
    assert (eight["buyers"], eight["buyers_28"], eight["new_buyers_28"], eight["repeat_share"]) == (1, 0, 0, 0.0)


def test_a_shelf_is_held_by_the_baskets_that_had_any_of_it(spark, known):
    """Items 7 and 8 lie on one shelf: all 4 baskets of customer 1 held it, the last one today. An item of no maker has none."""
    items = local_frame(spark, [(7, "tea", "m"), (8, "tea", None)], "item_index int, shelf string, maker_id string")
    shelf = {row["customer_index"]: row for row in of_circle(known, items, "shelf", trips(known)).collect()}
    assert (shelf[1]["shelf_share"], shelf[1]["shelf_last_days"], shelf[2]["shelf_share"]) == (1.0, 0, 1.0)
    maker = {row["customer_index"]: row for row in of_circle(known, items, "maker_id", trips(known)).collect()}
    assert (maker[1]["maker_id"], maker[1]["maker_id_share"]) == ("m", 0.75)


def test_plans_count_within_their_weeks_and_only_once_they_are_known(spark):
    """Four weeks from Monday 26 June: of three plans ahead one is not known yet and one lies beyond; one week lies behind."""
    monday = DAY + timedelta(days=1)
    rows = [
        (7, monday, 0.5, 0.25, ago(20)),
        (7, monday + timedelta(weeks=1), 1.0, 0.0, monday),
        (7, monday + timedelta(weeks=4), 1.0, 1.0, ago(20)),
        (7, monday - timedelta(weeks=4), 0.25, 0.125, ago(60)),
        (7, monday - timedelta(weeks=5), 1.0, 1.0, ago(60)),
    ]
    told = "item_index int, week date, display_share double, mailer_share double, known_at date"
    plans = known_at_once(local_frame(spark, rows, told))
    (row,) = of_plans(plans, DAY, 28).collect()
    assert (row["next_display"], row["next_mailer"], row["last_display"], row["last_mailer"]) == (0.5, 0.25, 0.25, 0.125)


def test_a_basket_counts_once_and_returns_and_strangers_do_not(spark):
    columns = "customer_id string, item_id string, basket_id string, sold_on date, kind string"
    lines = [
        ("c", "i", "b", DAY, "sale"),
        ("c", "i", "b", DAY, "sale"),
        ("c", "i", "x", DAY, "return"),
        (None, "i", "y", DAY, "sale"),
    ]
    pairs = local_frame(spark, [("c", "i", 3, 5)], "customer_id string, item_id string, customer_index int, item_index int")
    found = visits(local_frame(spark, lines, columns), pairs).collect()
    assert [(r["customer_index"], r["item_index"], r["basket_id"], r["sold_on"]) for r in found] == [(3, 5, "b", DAY)]


def test_events_count_for_28_days_and_the_last_one_is_remembered(spark):
    """1 looked at item 7 today (12.5 s), 27 days ago (not timed) and 28 days ago (99 s: too long ago), put it in a cart 3 days ago

    and clicked on it 40 days ago; at item 8 it clicked 30 days ago. What happened tomorrow is not known."""
    rows = [
        (1, 7, "view", 12.5, ago(0)),
        (1, 7, "view", None, ago(27)),
        (1, 7, "view", 99.0, ago(28)),
        (1, 7, "cart", None, ago(3)),
        (1, 7, "click", None, ago(40)),
        (1, 8, "click", None, ago(30)),
        (1, 8, "click", 5.0, ago(-1)),
        (2, 8, "view", 5.0, ago(-1)),
        (3, 8, "click", None, ago(1)),
    ]
    meetings = local_frame(spark, rows, "customer_index int, item_index int, kind string, dwell_seconds double, happened_on date")
    found = of_meetings(met_until(meetings, DAY)).select(*PAIR, *OF_MEETING)
    assert set(map(tuple, found.collect())) == {(1, 7, 2, 1, 0, 12.5, 0), (1, 8, 0, 0, 0, 0.0, 30), (3, 8, 0, 0, 1, 0.0, 1)}


def test_events_get_the_numbers_of_their_pairs_and_strangers_none(spark):
    """The day is UTC's: a minute before midnight is still that day."""
    late = datetime.combine(DAY, time(23, 59), UTC)
    looked = events(
        spark,
        {"customer_id": "c", "item_id": "i", "happened_on": DAY, "happened_at": late, "dwell_seconds": 4.0},
        {"customer_id": "c", "item_id": "i", "happened_on": DAY, "kind": "cart"},
        {"customer_id": None, "item_id": "i", "happened_on": DAY},
        {"customer_id": "other", "item_id": "i", "happened_on": DAY},
    )
    pairs = local_frame(spark, [("c", "i", 3, 5)], "customer_id string, item_id string, customer_index int, item_index int")
    assert set(map(tuple, met(looked, pairs).collect())) == {(3, 5, "view", 4.0, DAY), (3, 5, "cart", None, DAY)}
