"""Categories that sell four times as much in five weeks of the year, each in its own: foreseen by the year before."""

from datetime import date, timedelta

import numpy as np
import pytest
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.demand import trees
from shelfwise.demand.inputs import LAST_YEAR, OUTSIDE, UNKNOWN
from shelfwise.demand.regressors import XgbParams
from shelfwise.demand.rows import origin_rows, training_rows
from shelfwise.demand.trees import TreesParams
from shelfwise.features.calendar import shop_calendar
from tests.conftest import ITEMS, panel_of

MONDAY = date(2016, 1, 4)
WEEKS, RATE = 111, 15.0
AS_OF = MONDAY + timedelta(weeks=WEEKS - 1, days=6)
PEAKS = (8, 14, 24, 32, 40, 48)  # first of five weeks, one for each category
PARAMS = TreesParams(
    models=("xgboost",),
    rows=10_000,
    without=(OUTSIDE,),
    xgboost=XgbParams(trees=60, depth=4, step=0.15, min_weight_per_leaf=20),
)


def rate(category: int, week: int) -> float:
    return RATE * (4 if 0 <= week % 52 - PEAKS[category] < 5 else 1)


@pytest.fixture(scope="module")
def shop(spark, sales_of, no_promotions):
    draws = np.random.default_rng(4)
    named = [(f"i{n}", n % len(PEAKS)) for n in range(36)]
    lines = [
        (name, MONDAY + timedelta(weeks=week), int(draws.poisson(rate(category, week))) + 1, 2.0)
        for name, category in named
        for week in range(WEEKS)
    ]
    items = local_frame(spark, [(name, "FOOD", f"C{category}", "m1", "each") for name, category in named], ITEMS)
    sales = sales_of(*lines)
    calendar = shop_calendar(sales, local_frame(spark, [("s", "US")], "location_id string, country string"), as_of=AS_OF)
    panel = panel_of(sales, items, no_promotions, as_of=AS_OF).localCheckpoint()
    return {"panel": panel, "promotions": no_promotions, "calendar": calendar.localCheckpoint()}


def errors(shop, params):
    """Mean absolute error of the weeks after as_of, to the rate that each category will have."""
    lessons = training_rows(**shop, until=AS_OF, rows=params.rows, seed=7)
    asked = trees.score(trees.fit(lessons, params), origin_rows(**shop, origin=AS_OF))
    made = asked.groupBy("category", "horizon").agg(F.mean("xgboost").alias("mean")).toPandas()
    true = [rate(int(row.category[1:]), WEEKS - 1 + row.horizon) + 1 for row in made.itertuples()]
    return (made["mean"] - true).abs().mean() / RATE


def test_last_years_season_comes_again(shop):
    """Two categories have theirs in the 13 weeks ahead, as nothing else can tell."""
    assert trees.without_silent(PARAMS, shop["panel"], AS_OF) == PARAMS
    with_it, without = errors(shop, PARAMS), errors(shop, PARAMS.model_copy(update={"without": (OUTSIDE, LAST_YEAR)}))
    assert with_it < 0.2
    assert without > 2 * with_it


def test_rows_are_told_of_the_week_that_they_ask_for(shop):
    """The first category's season begins two weeks after the last, and is in full sight of three weeks from the third on."""
    first = origin_rows(**shop, origin=AS_OF).where("category = 'C0'").groupBy("horizon")
    told = first.agg(F.mean("category_season").alias("category"), F.mean("own_season").alias("own")).toPandas()
    seasons = told.set_index("horizon").sort_index()
    assert seasons["category"].idxmax() in (3, 4, 5)
    assert seasons.loc[3:5, "category"].min() > 3 > seasons.loc[9, "category"]
    assert seasons["own"].corr(seasons["category"]) > 0.99
    ahead = origin_rows(**shop, origin=AS_OF, horizons=(3,)).where("item_id = 'i0'").first()
    last = shop["panel"].where("item_id = 'i0'").orderBy(F.desc("week")).first()
    assert (ahead["category_season"], ahead["own_season"]) == (last["category_season_ahead"][2], last["season_ahead"][2])
    assert ahead["category_season"] != ahead["own_season"]
    early = origin_rows(**shop, origin=MONDAY + timedelta(weeks=60, days=6))
    assert early.where(f"category_season <> {UNKNOWN} OR own_season <> {UNKNOWN}").count() == 0


def test_last_years_season_is_learnt_from_after_half_a_year_of_lessons_that_know_it(shop):
    """The panel knows it from its 65th week on; 26 weeks of lessons more end with the 90th, and their last target a week later."""
    asked = [MONDAY + timedelta(weeks=week, days=-1) for week in (90, 91)]
    assert [trees.silent(shop["panel"], day) for day in asked] == [(OUTSIDE, LAST_YEAR), (OUTSIDE,)]
