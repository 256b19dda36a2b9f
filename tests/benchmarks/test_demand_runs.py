"""What the demand benchmarks make of a run: classes of revenue, launches, gaps."""

from datetime import date

import pandas as pd
import pytest

from shelfwise.core.frames import local_frame
from tests.benchmarks.conftest import benchmark


def test_classes_are_cut_where_four_fifths_and_nineteen_twentieths_of_revenue_lie(spark):
    """Weekly revenues of 79, 10, 6, 5: the second begins at 79 %, the third at 89 %, the last at 95 %. Asked once, at horizon 1."""
    day = date(2017, 7, 30)
    rows = [(item, day, h, units, 1.0) for item, units in (("a", 79.0), ("b", 10.0), ("c", 6.0), ("d", 5.0)) for h in (1, 2)]
    frame = local_frame(spark, rows, "item_id string, origin date, horizon int, price double, mean_13 double")
    found = {row["item_id"]: row["class"] for row in benchmark("demand").classes(frame).collect()}
    assert found == {"a": "A", "b": "A", "c": "B", "d": "C"}


def test_launches_are_judged_by_the_ratio_to_the_curve(spark):
    figures = {"wape": 0.6, "rmsse": 0.9, "bias": -0.1, "coverage_80": 0.79, "coverage_90": 0.87, "launches": 50}
    figures |= {"coverage_80_total": 0.825, "coverage_90_total": 0.91}
    models = {"category_curve": 0.8, "blend": 0.6, "attributes": 0.64, "analogues": 0.72, "blend_median": 0.56}
    rows = [
        figures | {"holdout": holdout, "model": model, "known_weeks": weeks, "launch_week": week, "wape": wape + (week > 0)}
        for holdout in ("item", "maker", "category", "any")
        for model, wape in models.items()
        for weeks in (0, 1, 2, 4)
        for week in (0, 1)
    ]
    lines = {name: (value, passed) for name, value, _, passed in benchmark("launches").lines(pd.DataFrame(rows))}
    assert lines["maker: wape to the curve's"] == (pytest.approx(0.75), True)
    assert lines["maker: rmsse to the curve's"] == (1.0, False)
    assert lines["item: wape of attributes to the curve's"] == (pytest.approx(0.8), True)
    assert lines["item: coverage of the 80% interval"] == (0.79, True)
    assert lines["item: coverage of the 90% interval"] == (0.87, False)
    assert lines["all launches: coverage of the 80% interval of totals"] == (0.825, False)
    assert lines["all launches: coverage of the 90% interval of totals"] == (0.91, True)


def test_gaps_are_judged_by_false_alarms_of_open_weeks_and_by_empty_weeks_found():
    """Asked are shelves of five usual units and 13 weeks of history: 1 of 50 open weeks called, 3 of 4 empty ones found."""

    def weeks(count, called, **facts):
        basis = ["gap"] * called + ["sales"] * (count - called)
        return pd.DataFrame({"basis": basis}).assign(**({"history": 13, "usual": 5.0, "sold": 0.0} | facts))

    asked = [weeks(50, 1, open_share=1.0, sold=3.0), weeks(4, 3, open_share=0.0)]
    others = [weeks(9, 9, open_share=1.0, usual=4.9), weeks(9, 9, open_share=1.0, history=12), weeks(2, 2, open_share=0.5)]
    lines = {name: (value, passed) for name, value, _, passed in benchmark("latent_demand").gaps(pd.concat([*asked, *others]))}
    assert lines["gaps: share of open weeks called a gap, of those asked"] == (0.02, False)
    assert lines["gaps: share of empty weeks found, of those asked"] == (0.75, True)
    assert lines["gaps: share of called weeks with an empty shelf"] == (pytest.approx(5 / 6), True)
