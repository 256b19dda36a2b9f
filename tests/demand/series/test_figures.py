"""Figures and intervals by hand, and a planted spread that intervals must find."""

import itertools

import numpy as np
import pytest

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.core.frames import local_frame
from shelfwise.demand.series.figures import figures, long
from shelfwise.demand.series.intervals import with_quantiles

FORECASTS = (
    "unique_id string, origin int, step int, period int, y double, not_negative boolean, mase_scale double, rmsse_scale double,"
    " volume double, model string, forecast double, seconds double, fell_back boolean"
)


def row(name, origin, step, y, forecast, model="m", scale=2.0, volume=10.0, low=True, seconds=0.5):
    return (name, origin, step, step, y, low, scale, scale, volume, model, forecast, seconds, step == 1)


def judged(spark, *rows, origins=1):
    return {r["model"]: r for r in figures(with_quantiles(local_frame(spark, rows, FORECASTS), origins)).collect()}


def test_figures_of_two_series_by_hand(spark):
    """Series a (scale 2, volume 30): y 4, 0, forecasts 2, 0; b (scale 4, volume 10): y 10, 6, forecasts 10, 10.

    sMAPE: 200 * 2/6 = 66.67, 0 (both zero), 0, 200 * 4/16 = 50: mean 29.17. MASE: (1 / 2 + 2 / 4) / 2 = .5.
    RMSSE: sqrt(2) / 2 = .707 and sqrt(8) / 4 = .707. WAPE 6 / 20, bias (-2 + 4) / 20.
    """
    found = judged(
        spark,
        *(row("a", 1, step, y, f, volume=30.0) for step, y, f in ((1, 4.0, 2.0), (2, 0.0, 0.0))),
        *(row("b", 1, step, y, f, scale=4.0) for step, y, f in ((1, 10.0, 10.0), (2, 6.0, 10.0))),
    )["m"]
    assert found["smape"] == pytest.approx((200 / 3 + 50) / 4)
    assert found["mase"] == pytest.approx(0.5)
    assert found["rmsse"] == pytest.approx(np.sqrt(0.5))
    assert (found["wape"], found["bias"]) == (pytest.approx(0.3), pytest.approx(0.1))
    assert (found["seconds"], found["fell_back"]) == (2.0, 2)
    assert found["owa"] is None


def test_wrmsse_weighs_series_by_their_volume(spark):
    """Errors 2 and 4 over scale 2, volumes 30 and 10: (30 * 1 + 10 * 2) / 40. A series without a scale weighs nothing."""
    found = judged(
        spark,
        row("a", 1, 1, 4.0, 2.0, volume=30.0),
        row("b", 1, 1, 4.0, 8.0, volume=10.0),
        row("c", 1, 1, 4.0, 9.0, volume=99.0, scale=None),
    )["m"]
    assert found["wrmsse"] == pytest.approx(1.25)


def test_owa_is_relative_to_naive2(spark):
    """Half the absolute error in MASE; sMAPE 200 * 1/9 against 200 * 2/10."""
    found = judged(spark, row("a", 1, 1, 4.0, 5.0), row("a", 1, 1, 4.0, 6.0, model="naive2"))
    assert found["m"]["owa"] == pytest.approx((0.5 + (1 / 9) / (2 / 10)) / 2)
    assert found["naive2"]["owa"] == pytest.approx(1.0)


def test_a_quantile_is_the_smallest_error_that_enough_are_below(spark):
    """Nine errors 1 to 9 at the other origin: at 90 % the ceil(10 * .9) = 9th, 9; at 75 % the 8th; at 10 % the mirror, the first.

    In units: forecast + 2 (the scale) * error.
    """
    rows = [row(f"s{n}", 2, 1, 100.0 + 2 * n, 100.0) for n in range(1, 10)] + [row("s1", 1, 1, 0.0, 100.0)]
    found = with_quantiles(local_frame(spark, rows, FORECASTS), 2).where("origin = 1").first()
    assert [found[name] for name in ("q90", "q99", "q75", "q10", "q01")] == [118.0, 118.0, 116.0, 102.0, 102.0]


def test_upper_and_lower_quantiles_mirror_each_other_at_any_number_of_errors(spark):
    """r = ceil((n + 1) p) from below for p >= 1/2, from above for 1 - p; errors 1 to n, scale 2."""
    counts = (9, 10, 19, 20, 40, 200)
    rows = [row(f"s{k}", 2, 1, 2.0 * k, 0.0, model=f"{n}", low=False) for n in counts for k in range(1, n + 1)]
    rows += [row("s1", 1, 1, 0.0, 0.0, model=f"{n}", low=False) for n in counts]
    found = {r["model"]: r for r in with_quantiles(local_frame(spark, rows, FORECASTS), 2).where("origin = 1").collect()}
    for n in counts:
        for level in LEVELS:
            rank = min(int(np.ceil(round((n + 1) * max(level, 1 - level), 9))), n)
            assert found[f"{n}"][quantile_name(level)] == 2 * (rank if level >= 0.5 else n + 1 - rank), (n, level)


def test_where_nothing_can_be_learnt_there_are_no_quantiles_and_no_figures_of_them(spark):
    """One series, one origin: nobody else's errors. A model without a forecast has no figures at all, not perfect ones."""
    found = judged(spark, row("a", 1, 1, 4.0, 5.0), row("a", 1, 1, 4.0, None, model="silent"))
    assert (found["m"]["mase"], found["m"]["pinball"], found["m"]["coverage_80"]) == (0.5, None, None)
    assert [found["silent"][name] for name in ("smape", "mase", "rmsse", "wape", "bias")] == [None] * 5


def test_figures_do_not_depend_on_the_unit(spark):
    """A currency of small numbers: errors of a ten-thousandth."""
    small = judged(spark, row("a", 1, 1, 0.0067, 0.0068, scale=0.0002))["m"]
    assert (small["rmsse"], small["mase"]) == (pytest.approx(0.5, rel=1e-4), pytest.approx(0.5, rel=1e-4))


def test_intervals_are_not_below_zero_where_the_series_never_is(spark):
    rows = [row(f"s{n}", 2, 1, 0.0, 10.0, low=low) for n, low in enumerate((True, False))] + [
        row(f"s{n}", 1, 1, 5.0, 3.0, low=low) for n, low in enumerate((True, False))
    ]
    found = with_quantiles(local_frame(spark, rows, FORECASTS), 2).where("origin = 1").orderBy("unique_id").collect()
    assert [r["q50"] for r in found] == [0.0, -7.0]


def test_planted_errors_are_covered_and_quantiles_do_not_cross(spark):
    """400 series, errors normal with a spread of their own scale each: 80 % within 80, 90 % within 90, two points either way."""
    draws = np.random.default_rng(5)
    rows = [
        row(f"s{n}", origin, step, float(50 + scale * draws.normal()), 50.0, scale=float(scale), low=False)
        for n, scale in enumerate(draws.uniform(0.5, 8, 400))
        for origin in (1, 2)
        for step in (1, 2)
    ]
    known = with_quantiles(local_frame(spark, rows, FORECASTS), 2).cache()
    found = figures(known).first()
    assert found["coverage_80"] == pytest.approx(0.8, abs=0.02)
    assert found["coverage_90"] == pytest.approx(0.9, abs=0.02)
    names = [quantile_name(level) for level in LEVELS]
    assert known.where(" OR ".join(f"{low} > {high}" for low, high in itertools.pairwise(names))).count() == 0


def test_wide_rows_become_one_per_model(spark):
    wide = local_frame(
        spark,
        [("a", 1, 1, 7, 3.0, True, 1.0, 1.0, 9.0, 2.0, 0.25, True, 4.0)],
        FORECASTS.split(", model")[0] + ", naive double, naive_seconds double, naive_fell_back boolean, xgboost double",
    )
    found = {r["model"]: (r["forecast"], r["seconds"], r["fell_back"]) for r in long(wide, ["naive", "xgboost"]).collect()}
    assert found == {"naive": (2.0, 0.25, True), "xgboost": (4.0, None, None)}
