"""The formulas on Spark columns give what they give on numpy arrays."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.core.frames import local_frame
from shelfwise.inventory.columns import COLUMNS, cumulated_demand
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
