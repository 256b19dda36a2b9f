"""What the demand benchmark judges by, worked by hand."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from shelfwise.core.frames import local_frame

MONDAY = pd.Timestamp("2024-01-01")
ORIGIN = MONDAY + pd.Timedelta(weeks=5, days=-1)


def table(of):
    return pd.DataFrame(of).assign(category="C", department="D", everything="*")


def test_wrmsse_weighs_items_by_revenue_and_sums_the_levels_above(bars):
    """a changes by 2 every week: scale 2; b by 0, 0, 2, 2: root 2. Both err by 2 in one of two weeks: root 2. Four weeks bring

    8 x 1 and 10 x 2. Items: (8 x .7071 + 20 x 1) / 28. Above, the errors cancel."""
    past = {"a": ([1, 3, 1, 3, 1], 1.0), "b": ([2, 2, 2, 4, 2], 2.0)}
    weeks = [
        {"item_id": item, "week": MONDAY + pd.Timedelta(weeks=n), "units": float(units), "shelf_price": price}
        for item, (sold, price) in past.items()
        for n, units in enumerate(sold)
    ]
    ahead = [("a", 1, 3.0, 1.0), ("a", 2, 1.0, 1.0), ("b", 1, 2.0, 4.0), ("b", 2, 2.0, 2.0)]
    rows = [{"item_id": i, "origin": ORIGIN, "horizon": h, "actual": y, "model": f} for i, h, y, f in ahead]
    found = bars.wrmsse(table(rows), table(weeks), "model")
    assert found["item"] == pytest.approx((8 * np.sqrt(2) / 2 + 20) / 28)
    assert (found["category"], found["department"], found["all"]) == (0.0, 0.0, 0.0)


def test_weeks_after_an_origin_are_no_part_of_its_scales_or_weights(bars):
    weeks = [
        {"item_id": "a", "week": MONDAY + pd.Timedelta(weeks=n), "units": float(units), "shelf_price": 1.0}
        for n, units in enumerate([1, 3, 1, 3, 1])
    ]
    later = [{"item_id": "a", "week": MONDAY + pd.Timedelta(weeks=5), "units": 900.0, "shelf_price": 9.0}]
    rows = table([{"item_id": "a", "origin": ORIGIN, "horizon": 1, "actual": 4.0, "model": 1.0}])
    assert bars.wrmsse(rows, table(weeks + later), "model") == bars.wrmsse(rows, table(weeks), "model")
    assert bars.wrmsse(rows, table(weeks), "model")["item"] == pytest.approx(1.5)


def test_a_right_forecast_costs_the_stock_that_its_level_leaves(bars):
    """Demand of 3 a week, forecast at 3: a level of 12 for three weeks leaves 3 units at .2 each."""
    rows = [{"item_id": "a", "origin": ORIGIN, "horizon": h, "segment": "fast", "actual": 3.0, "model": 3.0} for h in range(1, 14)]
    assert bars.simulated_cost(pd.DataFrame(rows), "model") == pytest.approx(0.6)


def test_who_forecasts_nothing_loses_half_of_what_sells(bars):
    """Quantiles of 0: p x y at each level, which average to a half."""
    rows = pd.DataFrame({"actual": [0.0, 4.0], "zero": [0.0, 0.0], "right": [0.0, 4.0]})
    assert bars.weekly_pinball(rows, "zero") == pytest.approx(1.0)
    assert bars.weekly_pinball(rows, "right") < 0.5


def test_a_forecast_of_nothing_does_not_spread_the_others(bars):
    """Rubbish of one row of a thousand: dispersion is that of the others, and quantiles stay where they were."""
    draws = np.random.default_rng(3)
    actual = draws.poisson(4.0, 1000).astype(float)
    right = np.full(1000, 4.0)
    wrong = np.where(np.arange(1000) == 0, 0.0, right)
    rows = pd.DataFrame({"actual": np.where(np.arange(1000) == 0, 1.0, actual), "right": right, "wrong": wrong})
    assert bars.weekly_pinball(rows, "wrong") == pytest.approx(bars.weekly_pinball(rows, "right"), rel=0.01)


def test_intermittent_items_are_judged_by_root_errors_pinball_and_bias(bars):
    """Right is 2 a week of 2; every rival errs by 2, half of what sells or more: bias 0, scale 2, RMSSE 0 against 1."""
    rivals = ("croston_sba", "croston_searched", "tsb", "tsb_searched", "zero", "last_week")
    said = {"item_id": "a", "origin": ORIGIN, "segment": "intermittent", "scale": 2.0, "actual": 2.0, bars.JUDGED: 2.0}
    rows = pd.DataFrame([said | {"horizon": h} | dict.fromkeys(rivals, 0.0) for h in range(1, 14)])
    other = rows.assign(segment="fast", **{bars.JUDGED: 99.0})
    lines = {name: (value, passed) for name, value, _, passed in bars.intermittent_bars(pd.concat([rows, other]))}
    assert lines["intermittent items: RMSSE of the champion, against tsb"] == (0.0, True)
    assert lines["intermittent items: pinball loss of the champion, against zero"][1]
    assert lines["intermittent items: bias of the champion"] == (0.0, True)
    worse = rows.assign(**{bars.JUDGED: 4.0}, zero=2.0)
    lines = {name: (value, passed) for name, value, _, passed in bars.intermittent_bars(worse)}
    assert lines["intermittent items: RMSSE of the champion, against zero"] == (1.0, False)
    assert lines["intermittent items: bias of the champion"] == (1.0, False)


def test_intervals_are_judged_for_weeks_and_sums_where_a_segment_has_enough_points(bars, spark):
    def row(level, segment, rows, coverage, model="champion"):
        return (level, model, "*", 0, segment, rows, coverage, 0.9)

    columns = (
        "level string, model string, origin string, horizon int, segment string, rows long, coverage_80 double, coverage_90 double"
    )
    table = local_frame(
        spark,
        [
            row("item x week", "*", 9000, 0.781),
            row("item x cumulated weeks", "*", 9000, 0.779),
            row("item x week", "fast", 2000, 0.761),
            row("item x week", "new", 1999, 0.5),
            row("item x week", "*", 9000, 0.1, "gbt"),
            row("category x week", "*", 900, 0.1),
        ],
        columns,
    )
    found = {name: passed for name, _, _, passed in bars.interval_bars(table)}
    assert found == {
        "coverage of the 80% interval, item x week, all": True,
        "coverage of the 90% interval, item x week, all": True,
        "coverage of the 80% interval, item x cumulated weeks, all": False,
        "coverage of the 90% interval, item x cumulated weeks, all": True,
        "coverage of the 80% interval, item x week, fast": True,
        "coverage of the 90% interval, item x week, fast": True,
    }


def test_levels_are_judged_by_what_adding_up_makes_of_their_own_forecasts(bars, spark):
    """Three of four levels are better, the category is 2 % worse."""
    levels = {"item": (1.0, 0.9), "category": (1.0, 1.02), "department": (1.0, 0.9), "all": (1.0, 0.9), "*": (1.0, 0.93)}
    rows = [
        (level, method, value, method == "bottom_up", 0.8, 0.9)
        for level, (base, summed) in levels.items()
        for method, value in (("base", base), ("bottom_up", summed), ("mint", 2 * summed))
    ]
    table = local_frame(
        spark, rows, "level string, method string, wrmsse double, chosen boolean, coverage_80 double, coverage_90 double"
    )
    lines = {name: (value, passed) for name, value, _, passed in bars.hierarchy_bars(table)}
    assert lines["adding up by bottom_up to levels' own forecasts, mean of levels"] == (pytest.approx(0.93), True)
    assert lines["the level that it serves worst"] == (pytest.approx(1.02), False)
    assert lines["MinT to bottom-up, mean of levels"] == (pytest.approx(2.0), True)


def test_empirical_quantiles_are_those_of_the_last_26_weeks(bars, spark):
    """900 in the first of 27 weeks, then 4 each: all quantiles 4. Then 4 sells twice, 14 once: loss mean(p) x 10 / 3 = 5 / 3."""
    first = ORIGIN.date() - timedelta(weeks=27, days=-1)
    panel = local_frame(
        spark,
        [("a", first + timedelta(weeks=n), 900.0 if n == 0 else 4.0) for n in range(27)],
        "item_id string, week date, units double",
    )
    backtest = local_frame(
        spark,
        [("a", ORIGIN.date(), h, y) for h, y in ((1, 4.0), (2, 4.0), (3, 14.0))],
        "item_id string, origin date, horizon int, actual double",
    )
    own = [("champion", "*", 0, "item x week", "*", 1.0)]
    accuracy = local_frame(spark, own, "model string, origin string, horizon int, level string, segment string, pinball double")
    ((_, ratio, _, passed),) = bars.pinball_bar(panel, backtest, accuracy)
    assert (ratio, passed) == (pytest.approx(1 / (5 / 3)), True)


def test_the_serving_forecast_is_counted_where_quantiles_cross_and_measured_where_sums_do_not_add_up(bars, spark):
    """Of two items one crosses; items of 1 and 2 make a category of 3.3: a gap of .3 / 3.3. The levels above add up."""
    levels = [f"{kind}q{name}" for kind in ("", "cum_") for name in ("01", "05", "10", "25", "50", "75", "90", "95", "99")]
    rows = [(1.0, *[float(n) for n in range(9)], *[float(n) for n in range(9)]), (1.0, *[2.0, 1.0, *[3.0] * 7], *[0.0] * 9)]
    forecast = local_frame(spark, rows, ", ".join(f"{name} double" for name in ("mean", *levels)))
    nodes = [("item", "D", "C", "a", 1.0), ("item", "D", "C", "b", 2.0), ("category", "D", "C", "*", 3.3)]
    nodes += [("department", "D", "*", "*", 3.3), ("all", "*", "*", "*", 3.3)]
    hierarchy = local_frame(
        spark,
        [(level, department, category, item, 1, mean) for level, department, category, item, mean in nodes],
        "level string, department string, category string, item_id string, horizon int, mean double",
    )
    lines = {name: (value, passed) for name, value, _, passed in bars.sound_bars(forecast, hierarchy)}
    assert lines["rows of the serving forecast whose quantiles cross"] == (1.0, False)
    assert lines["largest gap between level category and the sum of item"] == (pytest.approx(0.3 / 3.3), False)
    for level, below in (("department", "category"), ("all", "department")):
        assert lines[f"largest gap between level {level} and the sum of {below}"] == (0.0, True)
