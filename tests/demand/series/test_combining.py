"""Mixtures of series' forecasts."""

import pytest
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.demand.series.combining import with_combination


def rows_of(spark, y_of_origin):
    """Model `a` is right at origin 1 and off by 10 at 2, `b` the other way round; origin 0 is still to come."""
    rows = [
        (f"s{n}", origin, step, y, 1.0, 50.0 + (10 if origin == 2 else 0), 50.0 + (10 if origin == 1 else 0))
        for n in range(3)
        for origin, y in y_of_origin.items()
        for step in (1, 2)
    ]
    return local_frame(spark, rows, "unique_id string, origin int, step int, y double, rmsse_scale double, a double, b double")


def test_an_origin_is_mixed_by_what_the_others_teach(spark):
    """At origin 1 only origin 2 may speak, where b is right: b, off by 10; and the other way round. To come: halfway, 55 - 5."""
    mixed = with_combination(rows_of(spark, {0: None, 1: 50.0, 2: 50.0}), ["a", "b"], 2)
    found = {row["origin"]: row["combination"] for row in mixed.where("step = 1").collect()}
    # a twentieth of the mean error leans towards equal weights: 2.05 to .05
    lean = 10 * 2.05 / 2.1
    assert found[1] == pytest.approx(50 + lean, abs=1e-3)
    assert found[2] == pytest.approx(50 + lean, abs=1e-3)
    assert found[0] == pytest.approx(50.0, abs=1e-3)
    assert "fold" not in mixed.columns


def test_models_that_never_err_share_alike(spark):
    rows = rows_of(spark, {0: None, 1: 50.0, 2: 50.0}).withColumns({"a": F.lit(50.0), "b": F.lit(50.0)})
    assert {row["combination"] for row in with_combination(rows, ["a", "b"], 2).collect()} == {50.0}


def test_one_origin_of_one_series_has_nobody_to_learn_from(spark):
    rows = rows_of(spark, {0: None, 1: 40.0}).where("unique_id = 's0'")
    found = {row["origin"]: row["combination"] for row in with_combination(rows, ["a", "b"], 1).where("step = 1").collect()}
    assert found[1] is None
    assert found[0] is not None
