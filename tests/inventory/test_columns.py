"""The formulas on Spark columns give what they give on numpy arrays."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.core.frames import local_frame
from shelfwise.inventory.columns import COLUMNS, cumulated_demand, cumulated_met_demand
from shelfwise.measures.met_demand import met_demand
from shelfwise.measures.newsvendor import (
    ARRAYS,
    critical_ratio,
    demand_line,
    demand_quantile,
    expected_left_over,
    fewer_cases,
    low_demand,
    order_up_to,
    order_up_to_mixed,
    pays,
    probability_up_to,
    stock_out_probability,
    whole_cases,
    worst_left_over,
)
from tests.inventory.builders import QUANTILE_NAMES

NAMES = ("position", "units", "price", "cost", "holding", "ratio", "pack", "minimum")
HALVES = st.integers(0, 120).map(lambda halves: halves / 2)
ROWS = st.tuples(
    st.lists(HALVES, min_size=9, max_size=9).map(sorted),
    st.tuples(HALVES, HALVES, HALVES, HALVES, HALVES, st.floats(0.5, 0.99), st.integers(1, 12), st.integers(0, 20)),
)


def results(demand, m, position, units, price, cost, holding, ratio, pack, minimum):
    more = whole_cases(units - position, pack, minimum, m)
    return {
        "quantile": demand_quantile(demand, ratio, m),
        "probability": probability_up_to(demand, position, m),
        "stock_out": stock_out_probability(demand, position, m),
        "left_over": expected_left_over(demand, position, m),
        "worst": worst_left_over(demand, position, low_demand(demand, 0.05, position >= 10, m), 0.05, m),
        "critical": critical_ratio(price, cost, holding, 0.5, 0.99, m),
        "level": order_up_to(demand, ratio, m),
        "level by halving": order_up_to_mixed(demand, ratio, m),
        "more": more,
        "less": fewer_cases(more, pack, minimum, m),
        "pays": pays(demand, position, units, ratio, m),
    }


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS, min_size=40, max_size=40))
def test_columns_and_arrays_agree(spark, batch):
    values = [(*map(float, quantiles), *map(float, inputs)) for quantiles, inputs in batch]
    frame = local_frame(spark, values, ", ".join(f"{name} double" for name in (*QUANTILE_NAMES, *NAMES))).coalesce(1)
    drawn = frame.select("*", cumulated_demand(F.struct(*QUANTILE_NAMES)).alias("demand"))
    columns = results(F.col("demand"), COLUMNS, *map(F.col, NAMES))
    by_spark = drawn.select([column.cast("double").alias(name) for name, column in columns.items()]).collect()
    table = np.array(values).T
    by_numpy = results(demand_line(LEVELS, list(table[:9])), ARRAYS, *table[9:])
    for name, expected in by_numpy.items():
        assert [row[name] for row in by_spark] == pytest.approx(expected.astype(float), abs=1e-9), name


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS, min_size=40, max_size=40))
def test_columns_and_arrays_agree_on_what_can_be_met(spark, batch):
    """Demand of three weeks, of two (two thirds) and of the one after: a third, spread as the first, of which .4 are expected."""
    values = [(*map(float, quantiles), inputs[0], inputs[5]) for quantiles, inputs in batch]
    frame = local_frame(spark, values, ", ".join(f"{name} double" for name in (*QUANTILE_NAMES, "position", "ratio"))).coalesce(1)

    def week(share, mean):
        return F.struct(F.lit(mean).alias("cum_mean"), *[(share * F.col(name)).alias(name) for name in QUANTILE_NAMES])

    whole, none = week(1.0, 1.0), F.when(F.col("position") < 0, week(1.0, 1.0))
    drawn = frame.select(
        *("position", "ratio"),
        cumulated_met_demand(whole, week(0.6, 0.6), week(0.5, 0.5), F.col("position")).alias("met"),
        cumulated_met_demand(whole, none, whole, F.col("position")).alias("at_once"),
    )
    table = np.array(values).T
    lines = [demand_line(LEVELS, list(share * table[:9])) for share in (1.0, 0.6, 0.4)]
    expected = {"met": met_demand(*lines, table[9], ARRAYS), "at_once": met_demand(lines[0], [], lines[0], table[9], ARRAYS)}
    for name, line in expected.items():
        columns = [formula(F.col(name), F.col("position"), COLUMNS) for formula in (probability_up_to, expected_left_over)]
        found = drawn.select(*columns, order_up_to(F.col(name), F.col("ratio"), COLUMNS)).collect()
        by_numpy = [probability_up_to(line, table[9]), expected_left_over(line, table[9]), order_up_to(line, table[10])]
        np.testing.assert_allclose(np.array(found, dtype=float).T, np.array(by_numpy), atol=1e-5, err_msg=name)
