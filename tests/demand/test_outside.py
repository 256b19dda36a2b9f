"""Demand that follows a series from outside the shop, which is foretold 13 weeks ahead."""

from datetime import date, timedelta

import numpy as np
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.silver import OUTSIDE_SERIES
from shelfwise.core.frames import local_frame
from shelfwise.demand import trees
from shelfwise.demand.inputs import LAST_YEAR, OUTSIDE
from shelfwise.demand.regressors import XgbParams
from shelfwise.demand.rows import origin_rows, training_rows
from shelfwise.demand.trees import TreesParams
from shelfwise.features.calendar import shop_calendar
from shelfwise.features.outside import outside_weeks
from tests.conftest import panel_of
from tests.rows import row

MONDAY = date(2017, 1, 2)
WEEKS, ITEMS, RATE = 40, 40, 20.0
AS_OF = MONDAY + timedelta(weeks=WEEKS - 1, days=6)
# half or one and a half times as much is bought, as the weather of the week will have it
WEATHER = np.random.default_rng(5).choice([0.5, 1.5], WEEKS + 13)
PARAMS = TreesParams(models=("xgboost",), rows=10_000, xgboost=XgbParams(trees=60, depth=4, step=0.15, min_weight_per_leaf=20))


@pytest.fixture(scope="module")
def shop(spark, sales_of, items_of, no_promotions):
    """`panel`, `promotions` and `calendar`; the weather of every week is known all along."""
    draws = np.random.default_rng(6)
    days = [MONDAY + timedelta(weeks=week) for week in range(WEEKS + 13)]
    names = [f"i{n}" for n in range(ITEMS)]
    lines = [(name, days[week], int(draws.poisson(RATE * WEATHER[week])) + 1, 2.0) for name in names for week in range(WEEKS)]
    sales, items = sales_of(*lines), items_of(*names)
    calendar = shop_calendar(sales, local_frame(spark, [("s", "US")], "location_id string, country string"), as_of=AS_OF)
    told = [
        row(OUTSIDE_SERIES, series="weather", category="*", starts_on=day, value=float(value), known_at=MONDAY)
        for day, value in zip(days, WEATHER, strict=True)
    ]
    series = local_frame(spark, told, OUTSIDE_SERIES.struct)
    outside = outside_weeks(series, items, calendar, as_of=AS_OF)
    panel = panel_of(sales, items, no_promotions, outside=outside, as_of=AS_OF)
    return {"panel": panel.localCheckpoint(), "promotions": no_promotions, "calendar": calendar.localCheckpoint()}


def errors(shop, params):
    """Mean absolute error of the weeks after as_of, to the rate that the weather will make."""
    lessons = training_rows(**shop, until=AS_OF, rows=params.rows, seed=7)
    asked = trees.score(trees.fit(lessons, params), origin_rows(**shop, origin=AS_OF))
    made = asked.groupBy("horizon").agg(F.mean("xgboost").alias("mean")).orderBy("horizon").toPandas()["mean"].to_numpy()
    return np.abs(made - RATE * WEATHER[WEEKS:] - 1).mean() / RATE


def test_a_foretold_series_moves_the_weeks_that_it_is_foretold_of(shop):
    """Without it the best that can be said of each week is the mean: half of the rate off."""
    assert trees.without_silent(PARAMS, shop["panel"], AS_OF).without == (LAST_YEAR,)
    assert errors(shop, PARAMS) < 0.12
    assert errors(shop, PARAMS.model_copy(update={"without": (OUTSIDE,)})) > 0.4


def test_features_are_learnt_from_once_a_week_by_then_tells_of_them(shop, planted):
    """Four weeks tell of a series, and a lesson's week is not the last. What comes later moves no earlier model's draws."""
    fourth, fifth = (MONDAY + timedelta(weeks=week, days=6) for week in (3, 4))
    assert trees.without_silent(PARAMS, shop["panel"], fourth).without == (OUTSIDE, LAST_YEAR)
    assert trees.without_silent(PARAMS, shop["panel"], fifth).without == (LAST_YEAR,)
    left_out = PARAMS.model_copy(update={"without": ("age", OUTSIDE)})
    assert trees.without_silent(left_out, planted["panel"], AS_OF).without == ("age", OUTSIDE, LAST_YEAR)
    assert trees.without_silent(PARAMS, planted["panel"], AS_OF).without == (OUTSIDE, LAST_YEAR)
