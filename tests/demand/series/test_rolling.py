"""Origins, scales and features of single series, without Spark."""

import numpy as np
import pandas as pd
import pytest

from shelfwise.core.own_panel import Frequency
from shelfwise.demand.series.history import Shape
from shelfwise.demand.series.lagged import features, lag_rows
from shelfwise.demand.series.rolling import cuts, mase_scale, rmsse_scale, roll

SHAPE = Shape(Frequency.W, horizon=2, season=4, origins=2, step=3)


def series(values, name="a", first=100):
    return pd.DataFrame({"unique_id": name, "y": np.array(values, dtype=float), "period": range(first, first + len(values))})


def test_origins_leave_the_horizon_and_then_a_step_each_out():
    """Twelve values: all; all but 2; all but 2 + 3."""
    assert list(cuts(12, SHAPE)) == [(0, 12), (1, 10), (2, 7)]


def test_each_origin_forecasts_from_what_it_has_seen():
    """Values 1 to 12: naive stays at 12, 10 and 7; origin 2's y is 8 and 9, in periods 107 and 108; the end's is not known."""
    made = roll(series(range(1, 13)), None, SHAPE, ["naive", "window_average"], 9.0)
    assert made.groupby("origin")["naive"].agg(list).to_dict() == {0: [12.0, 12.0], 1: [10.0, 10.0], 2: [7.0, 7.0]}
    assert made.groupby("origin")["window_average"].first().to_dict() == {0: 10.5, 1: 8.5, 2: 5.5}
    second = made[made["origin"] == 2]
    assert (list(second["y"]), list(second["period"]), list(second["step"])) == ([8.0, 9.0], [107, 108], [1, 2])
    assert made.loc[made["origin"] == 0, "y"].isna().all()
    assert (made.loc[made["step"] == 2, "naive_seconds"] == 0).all()
    # the last four of 1 to 7
    assert set(second["volume"]) == {4.0 + 5 + 6 + 7}


def test_scales_by_hand():
    """0 0 1 3 2: changes from the first sale 2, -1: sqrt(5/2); seasonal of two: |1 - 0|, |3 - 0|, |2 - 1|: 5/3."""
    values = np.array([0.0, 0.0, 1.0, 3.0, 2.0])
    assert rmsse_scale(values) == pytest.approx(np.sqrt(2.5))
    assert mase_scale(values, 2) == pytest.approx(5 / 3)


@pytest.mark.parametrize("values", [np.zeros(6), np.full(6, 2.0)])
def test_a_series_that_never_changes_has_no_scale(values):
    assert np.isnan(rmsse_scale(values))
    assert np.isnan(mase_scale(values, 2))


def test_rubbish_after_an_origin_moves_nothing_that_it_learns_or_asks():
    values = list(np.random.default_rng(4).poisson(5, 30))
    spoilt = [*values[:25], *[10_000] * 5]  # origin 2 has seen 25
    before, after = (lag_rows(series(rows), None, SHAPE, 1.0) for rows in (values, spoilt))
    for rows in (before, after):
        rows.sort_values(["origin", "base", "step"], inplace=True)
    for part in ("origin == -1 and from_end >= 5", "origin == 2"):
        pd.testing.assert_frame_equal(before.query(part), after.query(part))
    first, second = (roll(series(rows), None, SHAPE, ["theta", "tsb"], 9.0).query("origin == 2") for rows in (values, spoilt))
    pd.testing.assert_frame_equal(first[["theta", "tsb", "rmsse_scale"]], second[["theta", "tsb", "rmsse_scale"]])


def test_lag_features_by_hand():
    """Base 5 (value 6 of 1 to 8), one step: level = .5 mean(3 4 5 6) + .5 mean(1 ... 6) + .02 mean(1 ... 6) = 4.07.

    Last season's phase of step 1 is four before it: place 2, value 3. The target is 7; one value lies after it.
    """
    rows = lag_rows(series(range(1, 9)), None, SHAPE, 1.0)
    row = rows[(rows["base"] == 5) & (rows["step"] == 1) & (rows["origin"] == -1)].iloc[0]
    assert row["level"] == pytest.approx(2.25 + 1.75 + 0.07)
    assert (row["lag_0"] * 4.07, row["lag_5"] * 4.07, row["lag_6"]) == (pytest.approx(6), pytest.approx(1), -1.0)
    assert row["last_season"] * 4.07 == pytest.approx(3)
    assert (row["target"], row["from_end"], row["age"], row["since_sold"]) == (7.0, 1, 5.0, 0.0)
    assert row["phase"] == (100 + 6) % 4
    assert set(features(SHAPE, [])) <= set(rows.columns)


def test_an_outside_series_is_that_of_the_period_asked_for():
    outside = pd.DataFrame({"price": np.arange(10, 20) * 1.0}, index=range(100, 110))
    rows = lag_rows(series(range(1, 9)), outside, SHAPE, 1.0)
    assert (rows["outside_0"] == 10 + rows["base"] + rows["step"]).all()
    assert len(rows[rows["origin"] == 0]) == 2


def test_outside_series_may_come_in_any_order():
    """Newest first, and shuffled: the same forecasts, of a series that they explain."""
    x = np.random.default_rng(8).uniform(0, 4, 40)
    known = pd.DataFrame({"price": np.append(x, [1.0, 3.0])}, index=range(100, 142))
    found = [
        roll(series(10 + 5 * x), order, SHAPE, ["auto_arima"], 60.0)["auto_arima"].to_numpy()
        for order in (known, known[::-1], known.sample(frac=1, random_state=1))
    ]
    assert found[0][:2] == pytest.approx([15.0, 25.0], rel=0.01)
    assert found[1] == pytest.approx(found[0])
    assert found[2] == pytest.approx(found[0])


def test_nothing_is_learnt_from_before_the_first_value():
    rows = lag_rows(series([0] * 10 + [5, 6, 7, 8, 9, 10]), None, SHAPE, 1.0)
    assert rows.loc[rows["origin"] < 0, "base"].min() == 10
    assert lag_rows(series([0] * 16), None, SHAPE, 1.0).query("origin < 0").empty


def test_a_share_of_the_lessons_is_drawn_alike_each_time():
    whole, some, again = (lag_rows(series(range(200)), None, SHAPE, share) for share in (1.0, 0.3, 0.3))
    pd.testing.assert_frame_equal(some, again)
    lessons = [len(rows[rows["origin"] == -1]) for rows in (whole, some)]
    assert lessons[1] / lessons[0] == pytest.approx(0.3, abs=0.07)
    assert len(some[some["origin"] >= 0]) == 6
