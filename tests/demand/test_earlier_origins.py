"""What a backtest asks at an earlier origin is what would have been asked then: all behind it is made anew, with later facts."""

from datetime import date, timedelta

import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.contracts.silver import OUTSIDE_SERIES, PROMOTIONS
from shelfwise.core.frames import local_frame
from shelfwise.demand.inputs import FEATURES
from shelfwise.demand.rows import origin_rows, training_rows
from shelfwise.features.calendar import shop_calendar
from shelfwise.features.outside import outside_weeks
from shelfwise.features.promotions import promotions_by_week
from tests.conftest import panel_of
from tests.rows import row

MONDAY = date(2017, 1, 2)
AS_OF = MONDAY + timedelta(weeks=34, days=-1)
ORIGIN = MONDAY + timedelta(weeks=26, days=-1)
TOMORROW = ORIGIN + timedelta(days=1)
ITEMS = [f"i{n}" for n in range(9)]
PLACES = [("s", "US"), ("t", "GB"), ("u", "DE")]


def lines() -> list[tuple[str, date, int, float]]:
    weeks = [MONDAY + timedelta(weeks=week) for week in range(34)]
    return [(item, day, 1 + (n * day.day) % 5, 2.0 + n) for n, item in enumerate(ITEMS) for day in weeks]


def plans():
    """A display at s six weeks before, at t three; a coupon of a month ago that was told last week."""
    weeks = [MONDAY + timedelta(weeks=week) for week in range(40)]
    known = [(item, place, day, notice) for item in ITEMS[:4] for day in weeks[::3] for place, notice in (("s", 42), ("t", 21))]
    return [plan(item, place, day, day - timedelta(days=notice)) for item, place, day, notice in known]


def plan(item: str, place: str, day: date, known: date, **told):
    said = {"item_id": item, "location_id": place, "starts_on": day, "ends_on": day + timedelta(days=6), "display": True}
    return row(PROMOTIONS, **said, known_at=known, **told)


def series(value: float, known: date):
    return [
        row(
            OUTSIDE_SERIES,
            series="fuel",
            category="*",
            starts_on=day,
            value=value + day.day % 5,
            known_at=max(known, day - timedelta(days=28)),
        )
        for day in (MONDAY + timedelta(weeks=week) for week in range(34))
    ]


def asked(spark, sales, items_of, promotions, outside):
    """What the origin asks, and what a model learns from by then."""
    items, places = items_of(*ITEMS), local_frame(spark, PLACES, "location_id string, country string")
    by_week = promotions_by_week(local_frame(spark, promotions, PROMOTIONS.struct), items, as_of=AS_OF).localCheckpoint()
    calendar = shop_calendar(sales, places, as_of=AS_OF).localCheckpoint()
    weeks = outside_weeks(local_frame(spark, outside, OUTSIDE_SERIES.struct), items, calendar, as_of=AS_OF)
    panel = panel_of(sales, items, by_week, outside=weeks, as_of=AS_OF).localCheckpoint()
    frames = {"panel": panel, "promotions": by_week, "calendar": calendar}
    rows = origin_rows(**frames, origin=ORIGIN).select("item_id", "horizon", *FEATURES)
    lessons = training_rows(**frames, until=ORIGIN, rows=500, seed=7)
    return rows.localCheckpoint(), lessons.select("item_id", "week", *FEATURES, "level", "target", "weight").localCheckpoint()


@pytest.fixture(scope="module")
def known(spark, sales_of, items_of):
    return asked(spark, placed(sales_of(*lines())), items_of, plans(), series(10.0, MONDAY))


@pytest.fixture(scope="module")
def later(spark, sales_of, items_of):
    """From the day after on all is bought abroad, in thousands; plans of all weeks and items become known, and corrections."""
    more = [(item, TOMORROW + timedelta(days=n), 5_000, 99.0) for n in range(40) for item in ITEMS]
    sales = placed(sales_of(*lines(), *more))
    weeks = [MONDAY + timedelta(weeks=week) for week in range(40)]
    told = [plan(item, place, day, TOMORROW, price_cut=0.9, coupon=True) for item in ITEMS for day in weeks for place in ("t", "*")]
    own = row(OUTSIDE_SERIES, series="fuel", category="BREAD", starts_on=MONDAY, value=1.0, known_at=TOMORROW)
    return asked(spark, sales, items_of, plans() + told, [*series(10.0, MONDAY), *series(500.0, TOMORROW), own])


def placed(sales):
    """Some at home, some in Britain; what is bought in thousands is bought in Germany."""
    abroad = F.when(F.col("quantity") > 1_000, "u").otherwise("t")
    return sales.withColumn("location_id", F.when(F.col("quantity") <= 3, "s").otherwise(abroad))


def test_what_the_origin_asks_is_moved_by_nothing_later(known, later):
    assert known[0].count() == len(ITEMS) * 13
    moving = ("planned_display", "outside_then", "days_to_holiday", "mates_planned", "units_to_level", "promoted_share_26")
    for name in moving:
        assert known[0].select(name).distinct().count() > 1, f"{name} is the same everywhere: little is compared"
    assert_df_equality(known[0], later[0], ignore_row_order=True)


def test_what_is_learnt_by_the_origin_is_moved_by_nothing_later(known, later):
    assert known[1].count() > 100
    assert_df_equality(known[1], later[1], ignore_row_order=True)
