"""What the demand benchmark judges by, worked by hand."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
MONDAY = pd.Timestamp("2024-01-01")
ORIGIN = MONDAY + pd.Timedelta(weeks=5, days=-1)


@pytest.fixture(scope="module")
def bars():
    """Benchmarks import one another from their own folder."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import demand_bars
    finally:
        sys.path.remove(str(BENCHMARKS))
    return demand_bars


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
