"""What is known on the eve, who is like whom, and that nothing later is."""

from datetime import timedelta
from decimal import Decimal

import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.silver import LIST_PRICES
from shelfwise.core.conform import empty
from shelfwise.core.frames import local_frame
from shelfwise.demand.launches.analogues import analogue_curves, nearest_launches
from shelfwise.demand.launches.attributes import FEATURES, OF_THE_CATEGORY, OF_THE_MAKER, with_plans, with_siblings, without
from shelfwise.demand.launches.backtest import LaunchBacktestParams, backtest
from shelfwise.demand.launches.curves import with_curves
from shelfwise.demand.launches.forecast import forecast
from shelfwise.demand.launches.history import by_week, launches
from shelfwise.demand.launches.sources import SOURCES, SourceParams
from shelfwise.demand.regressors import XgbParams
from tests.demand.launches.conftest import (
    AS_OF,
    MONDAY,
    PANEL,
    PROMOTIONS,
    RATES,
    WEEKS,
    Item,
    assortment,
    items_frame,
    panel_rows,
    poisson_units,
)

# a plain mean takes the place of the attribute model: its fits are no part of these
CURVES_ONLY = LaunchBacktestParams(origins=2, folds=3, least_lessons=10**9)
SMALL = XgbParams(trees=20, depth=3, step=0.3, min_weight_per_leaf=20.0)


@pytest.fixture(scope="module")
def known(shop, plans, calendar):
    launched = launches(shop["panel"], shop["items"], empty(shop["panel"].sparkSession, LIST_PRICES))
    described = with_siblings(launched, shop["panel"], shop["items"])
    rows = with_plans(by_week(described.withColumn("known_until", F.date_add("eve", 6)), shop["panel"], AS_OF), plans, calendar)
    return rows.withColumn("cut", F.lit("c")).localCheckpoint()


def test_circles_of_established_items_are_disjoint_and_hold_their_means(known):
    """new00 is bread of m0: its maker has two loaves (1 a week each), other makers four (1, 1, 2, 2: 1.5), its maker elsewhere

    two of milk and two of soap (4 and 10: 7); other makers' other food is milk: 4, 4, 8, 8: 6. All cost 2, as new00 does."""
    row = known.where("item_id = 'new00' AND launch_week = 1").first()
    found = {
        name: (row[f"velocity_{name}"], row[f"siblings_{name}"])
        for name in ("maker_on_shelf", "others_on_shelf", "maker_elsewhere")
    }
    assert found == {"maker_on_shelf": (1.0, 2.0), "others_on_shelf": (1.5, 4.0), "maker_elsewhere": (7.0, 4.0)}
    assert (row["velocity_others_in_department"], row["siblings_others_in_department"]) == (6.0, 4.0)
    assert (row["siblings_maker_in_category"], row["velocity_maker_in_category"]) == (0.0, -1.0)
    assert row["price_to_maker_on_shelf"] == 1.0


def test_of_a_new_maker_or_category_nothing_of_its_own_is_known(known):
    hidden = without(known, OF_THE_MAKER, where=F.col("item_id") == "new00")
    of = {row["item_id"]: row for row in hidden.where("launch_week = 1").collect()}
    assert {of["new00"][name] for name in OF_THE_MAKER} == {-1.0}
    assert of["new00"]["velocity_others_on_shelf"] == 1.5
    assert of["new01"]["velocity_maker_on_shelf"] == 4.0
    assert set(OF_THE_MAKER) | set(OF_THE_CATEGORY) < set(FEATURES)


def test_a_plan_counts_once_it_is_known_and_no_plan_is_told_from_no_plan_yet(spark, calendar):
    """Notice of six weeks: a week eight weeks ahead is not planned yet."""
    week = MONDAY + timedelta(weeks=20)
    rows = [("a", week, week - timedelta(days=n)) for n in (50, 42, 1)]
    asked = local_frame(spark, rows, "item_id string, week date, known_until date")
    known = week - timedelta(days=42)
    plan = [("a", week, 0.5, 0.0, 0.2, True, known), ("b", week, 1.0, 1.0, None, False, known)]
    promotions = local_frame(spark, [(*one, None) for one in plan], PROMOTIONS)
    told = with_plans(asked, promotions, calendar).orderBy("known_until").collect()
    assert [(row["planned_display"], row["planned_cut"]) for row in told] == [(-1.0, -1.0), (0.5, 0.2), (0.5, 0.2)]
    other = with_plans(asked.withColumn("item_id", F.lit("c")), promotions, calendar).orderBy("known_until").collect()
    assert [row["planned_display"] for row in other] == [-1.0, 0.0, 0.0]


def test_a_twin_is_the_nearest_analogue_and_curves_weigh_by_similarity(known):
    """new45 and new00 are bread of m0 at 2 each: alike in all (similarity 1)."""
    asked, lessons = known.where("item_id = 'new45'"), known.where("item_id <> 'new45'")
    nearest = nearest_launches(asked, lessons)
    found = nearest.first()["analogues"]
    assert (found[0]["item_id"], found[0]["similarity"]) == ("new00", 1.0)
    assert [a["similarity"] for a in found] == sorted((a["similarity"] for a in found), reverse=True)
    units = {(r["item_id"], r["launch_week"]): r["units"] for r in lessons.collect()}
    weights = {a["item_id"]: max(a["similarity"], 1e-3) for a in found}
    by_hand = sum(w * units[name, 1] for name, w in weights.items()) / sum(weights.values())
    (first,) = analogue_curves(nearest, lessons).where("launch_week = 1").collect()
    assert first["analogue_mean"] == pytest.approx(by_hand, rel=1e-4)


def test_where_the_category_had_no_launch_its_department_speaks_and_else_the_shop(known):
    lessons = known.where("category = 'MILK'")
    told = {row["category"]: row for row in with_curves(known.where("launch_week = 1"), lessons).collect()}
    assert {name: row["prior_level"] for name, row in told.items()} == {"MILK": "category", "BREAD": "department", "SOAP": "shop"}
    assert (
        told["BREAD"]["category_curve"]
        == told["BREAD"]["department_curve"]
        == told["MILK"]["category_curve"]
        == told["SOAP"]["level"]
    )


def backtested(spark, plans, calendar, assorted, units):
    panel = spark.createDataFrame(panel_rows(assorted, units), PANEL)
    frame = backtest(
        panel, items_frame(spark, assorted), empty(spark, LIST_PRICES), plans, calendar, params=CURVES_ONLY, as_of=AS_OF
    )
    return frame.toPandas().set_index(["holdout", "item_id", "launch_week"]).sort_index()


@pytest.fixture(scope="module")
def told(spark, plans, calendar):
    return backtested(spark, plans, calendar, assortment(), poisson_units(assortment()))


def test_what_came_later_moves_nothing_that_was_said_before(spark, plans, calendar, told):
    """After the first origin (week 28's Sunday) everything sells a thousand times as much, and other items are launched."""
    first, true = MONDAY + timedelta(weeks=29, days=-1), poisson_units(assortment())
    later = [*assortment(), *[Item(f"later{n}", "BREAD", "m0", 29 + n) for n in range(3)]]

    def rubbish(item: Item, week: int) -> float:
        return 9999.0 if week >= 29 else true(item, week)

    before, after = told, backtested(spark, plans, calendar, later, rubbish)
    said = before[before["origin"] == first]
    assert set(said.index.get_level_values("holdout")) == {"item", "maker", "category", "any"}
    assert said[list(SOURCES)].equals(after.loc[said.index, list(SOURCES)])
    second = before[before["origin"] != first]
    assert not second[list(SOURCES)].equals(after.loc[second.index, list(SOURCES)])


def test_whole_makers_and_categories_are_no_lesson_of_their_own(spark, told):
    """Category curves of a held-out category are its department's: those of bread do not know bread."""
    of_category = told.loc["category"]
    assert (of_category["category_curve"] == of_category["department_curve"]).all()
    of_item = told.loc["item"].reset_index().merge(items_frame(spark, assortment()).toPandas(), on="item_id")
    means = of_item.groupby("category")["category_curve"].mean()
    for category, rate in RATES.items():  # a third is of maker m1 and sells twice as much
        assert means[category] == pytest.approx(rate * 4 / 3, rel=0.25)
    assert (of_item["launch"] > of_item["origin"]).all()


def test_rates_of_new_items_are_forecast_from_attributes_and_moved_by_their_sales(spark, shop, plans, calendar):
    """The newest launch in each category, and an announced one; rates are planted."""
    announced = Item("announced", "SOAP", "m1", 99)
    items = shop["items"].union(items_frame(spark, [announced]))
    price = local_frame(
        spark,
        [("announced", "*", MONDAY + timedelta(weeks=WEEKS + 1), 2, AS_OF)],
        "item_id string, location_id string, starts_on date, price int, known_at date",
    )
    nothing = local_frame(
        spark,
        [],
        "holdout string, item_id string, launch_week int, actual double, attributes double,"
        " analogues double, category_curve double",
    )
    params = SourceParams(xgboost=SMALL)
    told = forecast(shop["panel"], items, price, plans, calendar, nothing, params=params, as_of=AS_OF).toPandas()
    assert told.groupby("item_id")["launch_week"].max().eq(13).all()
    first = told[told["item_id"] == "announced"].set_index("launch_week")
    assert (len(first), first["known_weeks"].max(), first["evidence_weight"].max()) == (13, 0, 0.0)
    assert first["mean"].mean() == pytest.approx(20, rel=0.3)
    assert first["segment"].unique().tolist() == ["announced"]
    assert (first["week"].iloc[0], len(first["analogues"].iloc[0])) == (MONDAY + timedelta(weeks=WEEKS + 1), 20)
    assert (set(first["price"]), set(first["announced_on"])) == ({Decimal("2.00")}, {AS_OF})
    assert first["cum_mean"].tolist() == pytest.approx(first["mean"].cumsum().tolist(), rel=0.01)
    assert first["cum_q99"].is_monotonic_increasing and first["cum_q99"].iloc[-1] > first["cum_mean"].iloc[-1]
    new = told[told["segment"] == "new"]
    assert new[["cum_mean", "cum_q50", "announced_on"]].isna().all(axis=None)
    rates = {item.name: item.rate for item in assortment()}
    means = new.groupby("item_id")["mean"].mean()
    assert (means / pd.Series(rates)).dropna().mean() == pytest.approx(1, abs=0.3)
    assert (new["evidence_weight"] > 0).all()
    own = [row.item_id in {a["item_id"] for a in row.analogues} for row in told.itertuples()]
    assert not any(own), "an item whose eight weeks have just ended is no lesson of its own"
