"""The trees against planted demand."""

from datetime import date

import pytest
from pyspark.sql import functions as F

from shelfwise.demand import gbt
from shelfwise.demand.regressors import GbtParams
from shelfwise.demand.rows import origin_rows, training_rows

ORIGIN = date(2017, 7, 30)
PARAMS = GbtParams(trees=15, depth=3, step=0.2, min_rows_per_leaf=100, rows=10_000, partitions=2)


@pytest.fixture(scope="module")
def rows(planted):
    return training_rows(**planted, until=ORIGIN, rows=PARAMS.rows, seed=7).localCheckpoint()


@pytest.fixture(scope="module")
def model(rows):
    return gbt.fit(rows, PARAMS)


@pytest.fixture(scope="module")
def asked(planted, model):
    return gbt.score(model, origin_rows(**planted, origin=ORIGIN)).localCheckpoint()


def test_forecasts_of_the_training_rows_add_up_to_what_was_sold(rows, model):
    """Leaves hold sum(y) / sum(level): over-fitted or not, the total is kept (2 % for the draws of the samples)."""
    totals = gbt.score(model, rows).agg(F.sum("mean").alias("forecast"), F.sum("target").alias("sold")).first()
    assert totals["forecast"] == pytest.approx(totals["sold"], rel=0.02)


def test_the_planted_rates_are_recovered(asked):
    """Beyond the notice a week sells 1.4 x (1 + i / 8): promoted in one of five weeks, three times as much.

    An item's own 13 weeks tell its rate to 18 % (for a rate of 6: variance 1.4 x 6 + .64 x 36 over 13 weeks), so a mean
    error of 15 % is what a perfect reader of them would have; the trees may add a fifth to that.
    """
    rates = asked.where("horizon > 6").groupBy("item_id").agg(F.mean("mean").alias("mean"))
    truth = 1.4 * (1 + F.substring("item_id", 2, 3).cast("int") / 8)
    found = rates.select(F.mean(F.abs(F.col("mean") / truth - 1)).alias("gap"), F.corr("mean", truth).alias("corr")).first()
    assert found["gap"] < 0.18
    assert found["corr"] > 0.88


def test_the_planted_promotion_effect_is_recovered(asked):
    """Planned weeks sell three times what unplanned ones do; trees shrink a little."""
    known = (
        asked.where("horizon <= 6")
        .groupBy((F.col("planned_display") > 0).alias("planned"))
        .agg(F.mean(F.col("mean") / F.col("level")).alias("rate"))
    )
    rate = {row["planned"]: row["rate"] for row in known.collect()}
    assert 2.3 < rate[True] / rate[False] < 3.5


def test_an_item_asleep_for_twenty_weeks_is_expected_to_sell_nothing(asked, model):
    asleep = asked.drop("mean").withColumn("weeks_since_sale", F.lit(20))
    almost = asked.drop("mean").withColumn("weeks_since_sale", F.lit(19))
    assert gbt.score(model, asleep).agg(F.max("mean")).first()[0] == 0
    assert gbt.score(model, almost).agg(F.min("mean")).first()[0] > 0


def test_the_model_does_not_depend_on_how_its_rows_were_partitioned(rows, model):
    again = gbt.fit(rows.repartition(5, "week"), PARAMS)
    assert again.stages[1].toDebugString.split("\n", 1)[1] == model.stages[1].toDebugString.split("\n", 1)[1]
