"""Accuracy figures worked by hand."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_BACKTEST, FORECAST_ACCURACY, LEVELS, QUANTILE_CALIBRATION
from shelfwise.core.frames import local_frame
from shelfwise.demand.accuracy import interval_scores, judge
from shelfwise.demand.node_errors import node_rows
from shelfwise.demand.quantiles import NONE_LEFT_OUT
from shelfwise.demand.spread import Curves, Spread

AS_OF, ORIGIN = date(2017, 10, 29), date(2017, 7, 30)
UNIFORM = [i / 200 for i in range(201)]


def panel_of_sums(spark, *units):
    """Two items share the units of each week; the fourth week begins a day after the origin."""
    weeks = [date(2017, 7, 10) + timedelta(weeks=week) for week in range(len(units))]
    rows = [(item, "D", "C", week, total / 2) for item in ("a", "b") for week, total in zip(weeks, units, strict=True)]
    return local_frame(spark, rows, "item_id string, department string, category string, week date, units double")


@pytest.fixture(scope="module")
def figures(spark, served_by):
    """Item a (scale 2): actual 4, 0; trees 5, 2; last week 4. Item b (scale 1): actual 1, 3; trees 1, 1; last week 0."""
    rows = [
        # item, horizon, scale, actual, cum, gbt, gbt_cum, last_week
        ("a", 1, 2.0, 4.0, 4.0, 5.0, 5.0, 4.0),
        ("a", 2, 2.0, 0.0, 4.0, 2.0, 7.0, 4.0),
        ("b", 1, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0),
        ("b", 2, 1.0, 3.0, 4.0, 1.0, 2.0, 0.0),
    ]
    full = [
        (
            AS_OF,
            item,
            "D",
            "C",
            ORIGIN,
            h,
            "smooth",
            scale,
            scale / 2,
            1.0,
            actual,
            cum,
            gbt,
            gbt_cum,
            None,
            None,
            None,
            None,
            last,
            last,
            last,
            None,
        )
        for item, h, scale, actual, cum, gbt, gbt_cum, last in rows
    ]
    backtest = local_frame(spark, full, DEMAND_BACKTEST.struct)
    calibration = local_frame(
        spark,
        [
            (AS_OF, kind, "smooth", h, day, 10, 0.5, 0.0, UNIFORM)
            for kind in (False, True)
            for h in (1, 2)
            for day in (ORIGIN, NONE_LEFT_OUT)
        ],
        QUANTILE_CALIBRATION.struct,
    )
    frame = judge(backtest, served_by("gbt"), calibration, panel_of_sums(spark, 4.0, 6.0, 4.0, 99.0), as_of=AS_OF)
    assert frame.columns == FORECAST_ACCURACY.columns
    return frame.toPandas().set_index(["level", "model", "origin", "horizon", "segment"])


def test_errors_of_all_items_and_weeks(figures):
    """Trees: errors 1, 2, 0, -2: MAE 5/4, MSE 9/4, WAPE 5/8, bias 1/8.

    RMSSE: a sqrt(5/2) / 2 = .7906, b sqrt(4/2) / 1 = 1.4142; mean 1.1024.
    """
    row = figures.loc[("item x week", "gbt", "*", 0, "*")]
    assert (row["rows"], row["mae"], row["mse"], row["wape"], row["bias"]) == (4, 1.25, 2.25, 0.625, 0.125)
    assert row["rmsse"] == pytest.approx((2.5**0.5 / 2 + 2**0.5) / 2)


def test_errors_relative_to_a_series_own_changes(figures):
    """Mean absolute changes are 1 and 1/2: MASE of a (3/2) / 1, of b (2/2) / (1/2): mean 7/4.

    A week's revenue is last week's units here, 4 and 0, so WRMSSE is a's RMSSE. RMSE is the root of 9/4.
    """
    row = figures.loc[("item x week", "gbt", "*", 0, "*")]
    assert (row["rmse"], row["mase"]) == (1.5, 1.75)
    assert row["wrmsse"] == pytest.approx(2.5**0.5 / 2)


def test_the_value_that_a_model_adds_to_the_best_simple_one(figures):
    """Last week's errors: a 0, 4; b -1, -3. RMSSE a sqrt(8) / 2, b sqrt(5): all simple ones are alike here.

    Of categories by WAPE: .125 against .25, half of it is taken away.
    """
    simple = (8**0.5 / 2 + 5**0.5) / 2
    own = (2.5**0.5 / 2 + 2**0.5) / 2
    assert figures.loc[("item x week", "gbt", "*", 0, "*")]["value_added"] == pytest.approx(1 - own / simple)
    assert figures.loc[("item x week", "last_week", "*", 0, "*")]["value_added"] == 0.0
    assert figures.loc[("category x week", "gbt", "*", 0, "*")]["value_added"] == pytest.approx(0.5)
    assert np.isnan(figures.loc[("item x cumulated weeks", "champion", "*", 0, "*")]["value_added"])


def test_errors_of_one_horizon(figures):
    """Week 2: errors 2 and -2: WAPE 4/3, bias 0; RMSSE of one forecast each: (2/2 + 2/1) / 2 = 1.5."""
    row = figures.loc[("item x week", "gbt", "*", 2, "*")]
    assert (row["wape"], row["bias"], row["rmsse"]) == (pytest.approx(4 / 3), 0.0, 1.5)


def test_the_champion_is_the_model_that_serves_the_segment(figures):
    """The trees serve all segments here: their figures are the champion's, and XGBoost, not asked, has none."""
    of_trees, of_champion = (figures.loc[("item x week", name, "*", 0, "*")] for name in ("gbt", "champion"))
    assert of_champion["rmsse"] == of_trees["rmsse"]
    assert "xgboost" not in figures.index.get_level_values("model")


def test_forecasting_nothing_misses_everything(figures):
    row = figures.loc[("item x week", "zero", "*", 0, "*")]
    assert (row["wape"], row["bias"]) == (1.0, -1.0)


def test_errors_of_a_category_cancel_between_its_items(figures):
    """Week 1: 6 for 5, week 2: 3 for 3: WAPE 1/8 where the items' was 5/8; last week's: |4 - 5| + |4 - 3| = 2 of 8."""
    assert figures.loc[("category x week", "gbt", "*", 0, "*")]["wape"] == 0.125
    assert figures.loc[("category x week", "last_week", "*", 0, "*")]["wape"] == 0.25


def test_sums_are_judged_by_their_own_changes(figures):
    """Category, department and all sold 4, 6, 4 by the origin: scale 2. Trees err by 1 and 0: RMSSE sqrt(1/2) / 2, MASE (1/2) / 2.

    Their mean with the items' WRMSSE is that of all levels.
    """
    of_sums = 0.5**0.5 / 2
    for level in ("category", "department", "all"):
        row = figures.loc[(f"{level} x week", "gbt", "*", 0, "*")]
        assert (row["rmsse"], row["wrmsse"], row["mase"]) == (pytest.approx(of_sums), pytest.approx(of_sums), 0.25)
        assert np.isnan(row["wrmsse_of_levels"])
    items = figures.loc[("item x week", "gbt", "*", 0, "*")]
    assert items["wrmsse_of_levels"] == pytest.approx((2.5**0.5 / 2 + 3 * of_sums) / 4)
    assert figures.loc[("item x week", "gbt", str(ORIGIN), 0, "*")]["wrmsse_of_levels"] == items["wrmsse_of_levels"]
    assert np.isnan(figures.loc[("item x week", "gbt", "*", 1, "*")]["wrmsse_of_levels"])
    assert np.isnan(figures.loc[("item x week", "gbt", "*", 0, "smooth")]["wrmsse_of_levels"])


def test_a_model_that_left_items_out_has_no_sums(spark):
    """Last season is known of one item: of the other's category nothing can be said."""
    rows = [("a", "D", "C", ORIGIN, 1, 1.0, 1.0, 4.0, 5.0), ("b", "D", "C", ORIGIN, 1, 1.0, 1.0, 6.0, None)]
    rows += [("c", "D", "E", ORIGIN, 1, 1.0, 1.0, 2.0, 3.0)]
    schema = (
        "item_id string, department string, category string, origin date, horizon int, price double, mean_13 double, actual double"
    )
    nodes = node_rows(local_frame(spark, rows, f"{schema}, seasonal_naive double"), panel_of_sums(spark, 4.0), ["seasonal_naive"])
    found = {(row["level"], row["category"]): (row["actual"], row["seasonal_naive"]) for row in nodes.collect()}
    assert found == {
        ("category x week", "C"): (10.0, None),
        ("category x week", "E"): (2.0, 3.0),
        ("department x week", "*"): (12.0, None),
        ("all x week", "*"): (12.0, None),
    }


def test_each_node_has_the_scale_and_the_revenue_of_its_own_origin(spark):
    """Categories C and E change by 2 and by 4 a week, later by 6 and 8; an origin knows what had ended by it. Revenue: 3 a unit."""
    mondays = [date(2017, 7, 10) + timedelta(weeks=week) for week in range(4)]
    units = {"C": (4.0, 6.0, 4.0, 10.0), "E": (8.0, 4.0, 8.0, 16.0)}
    panel = [("D", name, day, sold) for name, each in units.items() for day, sold in zip(mondays, each, strict=True)]
    days = [mondays[2] + timedelta(days=6), mondays[3] + timedelta(days=6)]
    rows = [(f"{name}{day}", "D", name, day, 1, 3.0, mean, 1.0, 1.0) for name, mean in (("C", 2.0), ("E", 5.0)) for day in days]
    schema = "item_id string, department string, category string, origin date, horizon int, price double, mean_13 double"
    nodes = node_rows(
        local_frame(spark, rows, f"{schema}, actual double, gbt double"),
        local_frame(spark, panel, "department string, category string, week date, units double"),
        ["gbt"],
    )
    found = {(row["category"], row["origin"]): row for row in nodes.where("level = 'category x week'").collect()}
    squares = {"C": ((4, 4), (4, 4, 36)), "E": ((16, 16), (16, 16, 64))}
    for name, weight in (("C", 6.0), ("E", 15.0)):
        for day, changes in zip(days, squares[name], strict=True):
            row = found[name, day]
            assert (row["scale"], row["weight"]) == (pytest.approx(np.sqrt(np.mean(changes))), weight)
            assert row["abs_scale"] == pytest.approx(np.mean(np.sqrt(changes)))
    # the whole: 12, 10, 12, 26
    (last,) = nodes.where(F.col("level") == "all x week").where(F.col("origin") == F.lit(days[1])).collect()
    assert (last["scale"], last["weight"], last["actual"]) == (pytest.approx(np.sqrt((4 + 4 + 196) / 3)), 21.0, 2.0)


def test_cumulated_demand_is_judged_apart(figures):
    """Errors 1, 3, 0, -2 of 4 + 4 + 1 + 4 = 13 units: WAPE 6/13."""
    row = figures.loc[("item x cumulated weeks", "champion", "*", 0, "*")]
    assert row["wape"] == pytest.approx(6 / 13)


def test_a_baseline_has_no_intervals_and_a_season_needs_two(figures):
    assert pd.isna(figures.loc[("item x week", "mean_4", "*", 0, "*")]["pinball"])
    assert "seasonal_naive" not in figures.index.get_level_values("model")


def known_spread(*groups: tuple[str, int, float]) -> Spread:
    """Segment, horizon and dispersion of each group; the negative binomial is taken to be right."""
    segments, horizons, dispersions = zip(*groups, strict=True)
    curves = Curves(
        dispersion=np.array(dispersions),
        base_rate=np.zeros(len(groups)),
        pit=np.tile(UNIFORM, (len(groups), 1)),
        levels=np.tile(LEVELS, (len(groups), 1)),
    )
    return Spread(("segment", "horizon"), pd.MultiIndex.from_arrays([segments, horizons]), curves, curves)


def test_an_unmet_segment_is_judged_by_all_segments_and_an_unmet_horizon_not_at_all():
    """Geometric has P(Y = 0) = 1/2; dispersion 0 (Poisson) has e^-1: a median of 0, and of 1."""
    spread = known_spread(("smooth", 1, 1.0), ("*", 1, 0.0))
    rows = pd.DataFrame({"segment": ["smooth", "new", "new"], "horizon": [1, 1, 2]})
    assert spread.places(rows).tolist() == [0, 1, -1]
    medians = spread.weekly.quantiles(spread.places(rows[:2]), np.array([0.99, 1.0]))[:, LEVELS.index(0.50)]
    assert medians.tolist() == [0.0, 1.0]


def test_an_origin_that_cannot_be_left_out_has_errors_and_no_intervals(spark, served_by):
    """One origin in all: its calibration without it is empty."""
    full = (
        AS_OF,
        "a",
        "D",
        "C",
        ORIGIN,
        1,
        "smooth",
        1.0,
        1.0,
        1.0,
        4.0,
        4.0,
        5.0,
        5.0,
        None,
        None,
        None,
        None,
        4.0,
        4.0,
        4.0,
        None,
    )
    backtest = local_frame(spark, [full], DEMAND_BACKTEST.struct)
    only = local_frame(
        spark, [(AS_OF, k, "smooth", 1, NONE_LEFT_OUT, 1, 0.5, 0.0, UNIFORM) for k in (False, True)], QUANTILE_CALIBRATION.struct
    )
    (row,) = (
        judge(backtest, served_by("gbt"), only, panel_of_sums(spark, 4.0), as_of=AS_OF)
        .where("level = 'item x week' AND model = 'champion' AND origin = '*' AND horizon = 0 AND segment = '*'")
        .collect()
    )
    assert (row["mae"], row["pinball"], row["coverage_80"]) == (1.0, None, None)


def test_an_actual_is_inside_or_outside_an_interval_by_its_pit():
    """Geometric (mean 1, dispersion 1): y = 0 with uniform .1 has a PIT of .05: inside 90 %, outside 80 %.

    y = 6 lies beyond F(5) = .984: outside both.
    """
    base = {"segment": "smooth", "horizon": 1, "champion": 1.0, "champion_cum": 1.0}
    rows = pd.DataFrame(
        [base | {"actual": 0.0, "actual_cum": 1.0, "uniform": 0.1000001}, base | {"actual": 6.0, "actual_cum": 1.0, "uniform": 0.5}]
    )
    geometric = known_spread(("smooth", 1, 1.0))
    scores = interval_scores(rows, geometric)
    assert scores["champion_in_90"].tolist() == [1.0, 0.0]
    assert scores["champion_in_80"].tolist() == [0.0, 0.0]
    assert scores["champion_cum_in_80"].tolist() == [1.0, 1.0]
