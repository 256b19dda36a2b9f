"""The search for XGBoost's settings, on the planted shop."""

from dataclasses import replace
from datetime import date

import numpy as np
import optuna
import pytest
from chispa import assert_df_equality
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_TUNING
from shelfwise.core.errors import JobError
from shelfwise.demand.backtest import BacktestParams, backtest
from shelfwise.demand.inputs import FEATURES, GROUPS, LAST_YEAR, OUTSIDE
from shelfwise.demand.regressors import XgbParams, fit_alone, predict_alone
from shelfwise.demand.trees import TreesParams, tuned
from shelfwise.demand.tuning import (
    Task,
    TuningParams,
    curve,
    left_out,
    msse,
    proposed,
    search_origins,
    task_without,
    tune,
)

AS_OF = date(2017, 10, 8)  # the backtest's only origin is 9 July, its weeks begin on 10 July
PARAMS = TuningParams(
    trials=3, at_once=2, rows=2000, most_trees=25, origins=1, xgboost=XgbParams(trees=10, depth=2, step=0.5, penalty=5.0)
)


@pytest.fixture(scope="module")
def searched(planted):
    return tune(**planted, params=PARAMS, as_of=AS_OF).localCheckpoint()


def test_what_is_searched_ends_before_what_is_judged():
    """The backtest's earliest origin is 4 June: eight weeks before it, and twelve."""
    params = TuningParams()
    assert search_origins(date(2017, 1, 2), date(2017, 10, 29), params) == [date(2017, 4, 9), date(2017, 3, 12)]
    assert search_origins(date(2017, 2, 6), date(2017, 10, 29), params) == [date(2017, 4, 9)]
    assert search_origins(date(2017, 3, 6), date(2017, 10, 29), params) == []


def test_a_search_stores_each_curve_and_chooses_its_lowest_point(searched):
    assert searched.columns == DEMAND_TUNING.columns
    rows = searched.orderBy("trial").toPandas()
    assert list(rows["trial"]) == [0, 1, 2]
    assert (rows["curve"].map(len) == 25).all()
    assert list(rows["loss"]) == [min(one) for one in rows["curve"]]
    assert list(rows["trees"]) == [int(np.argmin(one)) + 1 for one in rows["curve"]]
    assert list(rows["chosen"]) == [n == int(rows["loss"].argmin()) for n in range(3)]
    assert rows[["depth", "step", "penalty"]].iloc[0].tolist() == [2, 0.5, 5.0]
    assert rows["depth"].nunique() + rows["step"].nunique() > 2


def test_the_first_trees_lower_the_loss_of_weeks_that_they_have_not_seen(searched):
    for one in searched.toPandas()["curve"]:
        assert min(one) < one[0]


def test_a_search_is_repeated_and_sees_nothing_from_the_backtests_earliest_origin_on(planted, searched):
    """Its first judged week begins on 10 July: absurd numbers from there on move no bit."""
    later = F.col("week") >= "2017-07-10"
    rubbish = planted["panel"].withColumns(
        {name: F.when(later, 9e6).otherwise(F.col(name)) for name in ("units", "mean_4", "mean_13")}
    )
    plans = planted["promotions"].where("known_at < '2017-07-10'")
    again = tune(rubbish, plans, planted["calendar"], params=PARAMS, as_of=AS_OF)
    assert_df_equality(again, searched, ignore_row_order=True)


def test_models_are_trained_by_what_was_chosen_and_else_by_the_settings(searched, untuned):
    settings = TreesParams(rows=77, xgboost=XgbParams(bins=32))
    assert tuned(settings, untuned) == settings
    best = searched.where("chosen").first()
    found = tuned(settings, searched)
    assert (found.rows, found.xgboost.bins) == (77, 32)
    assert (found.xgboost.trees, found.xgboost.depth, found.xgboost.step) == (best["trees"], best["depth"], best["step"])


def test_groups_are_left_out_before_settings_are_searched_and_by_what_is_trained(planted):
    """Trial 0 is all that the shop has; one without each group follows. The search goes on without what was left out."""
    few = {"rows": 300, "xgboost": XgbParams(depth=6, step=0.3, min_weight_per_leaf=0.1)}  # chance is learnt, too
    params = PARAMS.model_copy(update=few | {"leave_out": True, "trials": 1})
    found = tune(**planted, params=params, as_of=AS_OF).localCheckpoint()
    rows = found.orderBy("trial").toPandas()
    assert [list(one) for one in rows["without"][: len(GROUPS) - 1]] == [
        [],
        *[[group] for group in GROUPS if group not in (OUTSIDE, LAST_YEAR)],
    ]
    best = rows.loc[rows["loss"].idxmin()]
    assert rows["chosen"].sum() == 1
    assert best["chosen"]
    assert list(rows["without"].iloc[-1]) == list(best["without"]) != []
    assert list(rows["curve"].iloc[-1]) == list(best["curve"])
    assert tuned(TreesParams(without=("age",)), found).without == tuple(dict.fromkeys(["age", *best["without"]]))


def test_backward_elimination_stops_where_no_absence_helps():
    """Without age .9, without season .95, without both .85; any other absence costs .2. Trials: 1 + 15 + 14 + 13."""
    worth = {"age": -0.1, "season": -0.05}

    def judged(trials):
        return [replace(one, curve=(9.0, 1.0 + sum(worth.get(group, 0.2) for group in one.without))) for one in trials]

    found = left_out(judged, XgbParams(depth=4))
    assert len(found) == 43
    assert {one.settings for one in found} == {XgbParams(depth=4)}
    assert min(found, key=lambda one: one.loss).without == ("age", "season")
    assert [one.without for one in found[16:18]] == [("age", "recent sales"), ("age", "how often it sells")]


def test_one_group_is_left_even_where_none_helps():
    found = left_out(lambda trials: [replace(one, curve=(1.0 - len(one.without) / 10,)) for one in trials], XgbParams())
    assert len(min(found, key=lambda one: one.loss).without) == len(GROUPS) - 1


def test_a_task_without_a_group_lacks_its_columns():
    """The horizon alone is 'weeks ahead'."""
    every = task(features=np.tile(np.arange(len(FEATURES)), (400, 1)), asked=np.tile(np.arange(len(FEATURES)), (4, 1)))
    less = task_without(every, ["weeks ahead"])
    assert list(less.features[0]) == list(less.asked[0]) == [n for n in range(len(FEATURES)) if FEATURES[n] != "horizon"]


def test_what_was_searched_for_another_loss_is_refused(searched):
    with pytest.raises(JobError, match=r"xgboost\.loss is squared: .* run tune_demand with trials=0"):
        tuned(TreesParams(xgboost=XgbParams(loss="squared")), searched)
    alone = TreesParams(models=("gbt",), xgboost=XgbParams(loss="squared"))
    assert tuned(alone, searched) == alone


def test_a_backtest_that_would_judge_by_what_was_searched_is_refused(planted, searched, unasked):
    """The search asked for weeks up to 9 July; with two origins the backtest would begin on 11 June."""
    with pytest.raises(JobError, match=r"searched on weeks up to 2017-07-09, .* by weeks from 2017-06-11 on"):
        backtest(**planted, **unasked | {"tuning": searched}, params=BacktestParams(origins=2), as_of=AS_OF)


def test_settings_beyond_the_usual_reach_are_tried_first():
    """Nothing is no ratio of anything: a penalty of 0 is tried as next to nothing."""
    study = optuna.create_study()
    start = XgbParams(depth=12, penalty=0.0)
    study.enqueue_trial({"depth": 12, "penalty": 0.001})
    found = proposed(study.ask(), start)
    assert (found.depth, found.penalty) == (12, 0.001)


def test_no_search_and_too_short_a_history_leave_no_row(planted):
    assert tune(**planted, params=PARAMS.model_copy(update={"trials": 0}), as_of=AS_OF).count() == 0
    assert tune(**planted, params=PARAMS.model_copy(update={"weeks": 25}), as_of=AS_OF).count() == 0


def task(**changed):
    rng = np.random.default_rng(3)
    features = rng.integers(0, 3, (400, 2)).astype(float)
    target = rng.poisson(2.0 * (1 + features[:, 0])).astype(float)
    facts = {"features": features, "target": target, "lesson_level": np.full(400, 2.0), "weight": np.full(400, 2.0)}
    asked = {"asked": features[:4], "asked_level": np.full(4, 2.0), "actual": np.array([1.0, 3.0, 2.0, 0.0])}
    return Task(**facts | asked | {"series": np.array([0, 0, 1, 1]), "scale": np.array([1.0, 1.0, 2.0, 2.0])} | changed)


def test_the_loss_by_hand():
    """Errors 1, 1 at scale 1 and 2, 0 at scale 2: ((1 + 1) / 2 + (4 / 4 + 0) / 2) / 2 = .75."""
    assert msse(task(), np.array([2.0, 2.0, 4.0, 0.0])) == pytest.approx(0.75)


def test_a_curve_ends_where_as_many_trees_would():
    """Its n-th point is the loss of the n trees that are fitted alone, in units of what they answer."""
    some = task()
    settings = XgbParams(trees=6, depth=2, step=0.3, min_weight_per_leaf=5, subsample=1.0, columns=1.0)
    long = curve(some, settings)
    assert len(long) == 6
    for trees in (2, 6):
        alone, weight = settings.model_copy(update={"trees": trees}), some.weight * 2.0 ** (1 - settings.variance_power)
        fitted = fit_alone(alone, some.features, some.target / 2.0, weight)
        assert msse(some, 2.0 * predict_alone(fitted, some.asked)) == pytest.approx(long[trees - 1], rel=1e-4)
