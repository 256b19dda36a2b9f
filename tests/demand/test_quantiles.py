"""Quantiles learnt from errors: right where the forecasts were right, mended where they were wrong."""

import itertools
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import LEVELS, quantile_name
from shelfwise.demand.quantiles import NONE_LEFT_OUT, calibrate, with_quantiles

AS_OF = date(2017, 10, 29)
ORIGINS = (date(2017, 6, 4), date(2017, 7, 2), date(2017, 7, 30))


def backtest(spark, *, bias: float = 1.0, dormant: bool = False, rows: int = 3000, seed: int = 7):
    """Two weeks ahead, three origins: negative binomial demand of dispersion .5 around a true mean that is forecast x `bias`."""
    rng = np.random.default_rng(seed)
    frames = []
    for origin in ORIGINS:
        mean = rng.uniform(0.2, 5, rows)
        weeks = rng.negative_binomial(2, 2 / (2 + np.column_stack([mean, mean]))).astype(float)
        for horizon in (1, 2):
            forecast = 0.0 if dormant else 1.0
            frames.append(
                pd.DataFrame(
                    {
                        "item_id": [f"i{i}" for i in range(rows)],
                        "origin": origin,
                        "segment": "dormant" if dormant else "smooth",
                        "horizon": horizon,
                        "actual": weeks[:, horizon - 1],
                        "actual_cum": weeks[:, :horizon].sum(axis=1),
                        "gbt": mean * bias * forecast,
                        "gbt_cum": mean * horizon * bias * forecast,
                    }
                )
            )
    schema = (
        "item_id string, origin date, segment string, horizon int, actual double, actual_cum double, gbt double, gbt_cum double"
    )
    return spark.createDataFrame(pd.concat(frames), schema)


def coverage(spark, calibration, fresh):
    """Share of fresh actuals at or below each cumulated quantile, less half of those that equal it (mid-distribution)."""
    asked = fresh.selectExpr("*", "gbt AS mean", "gbt_cum AS cum_mean")
    done = with_quantiles(asked, calibration)
    names = [quantile_name(p, cumulated=True) for p in LEVELS]
    below = [F.mean((F.col("actual_cum") < F.col(n)).cast("double")).alias(f"lt_{n}") for n in names]
    upto = [F.mean((F.col("actual_cum") <= F.col(n)).cast("double")).alias(f"le_{n}") for n in names]
    row = done.agg(*below, *upto).first()
    return {p: (row[f"lt_{n}"], row[f"le_{n}"]) for p, n in zip(LEVELS, names, strict=True)}


@pytest.mark.parametrize("bias", [1.0, 0.6])
def test_quantiles_hold_their_share_of_fresh_demand_even_where_forecasts_were_too_low(spark, served_by, bias):
    """A count has no exact level: the share strictly below the p quantile is at most p, that up to it at least p (+- 2 points)."""
    calibration = calibrate(backtest(spark, bias=bias), served_by(), as_of=AS_OF).localCheckpoint()
    for level, (under, upto) in coverage(spark, calibration, backtest(spark, bias=bias, seed=11)).items():
        assert under <= level + 0.02
        assert upto >= level - 0.02


def test_each_origin_is_left_out_once_and_all_are_used_once(spark, served_by):
    """2 kinds x 2 horizons x (3 origins + none left out), by segment and for all; without an origin 2 x 3000 errors are left."""
    found = calibrate(backtest(spark), served_by(), as_of=AS_OF).collect()
    assert len(found) == 2 * 2 * 4 * 2
    assert {row["segment"] for row in found} == {"smooth", "*"}
    assert {(row["left_out"] == NONE_LEFT_OUT, row["rows"]) for row in found} == {(True, 9000), (False, 6000)}


def test_all_segments_pool_the_errors_of_each(spark, served_by):
    """Two segments of equal errors: '*' rests on both, with the dispersion of either."""
    both = backtest(spark).withColumn("segment", F.explode(F.array(F.lit("slow"), F.lit("smooth"))))
    found = calibrate(both, served_by(), as_of=AS_OF).where(F.col("left_out") == F.lit(NONE_LEFT_OUT)).toPandas()
    rows = found.pivot(index=["cumulated", "horizon"], columns="segment", values="rows")
    assert (rows["*"] == rows["slow"] + rows["smooth"]).all()
    spread = found.pivot(index=["cumulated", "horizon"], columns="segment", values="dispersion")
    assert np.allclose(spread["*"], spread["slow"]) and np.allclose(spread["*"], spread["smooth"])


def test_an_unmet_segment_gets_quantiles_that_hold_over_unlike_segments_together(spark, served_by):
    """Right forecasts and ones at 30 % of the truth, judged as one segment that the backtest never met."""

    def unlike(seed: int):
        return backtest(spark, seed=seed).unionByName(backtest(spark, bias=0.3, seed=seed + 1).withColumn("segment", F.lit("slow")))

    calibration = calibrate(unlike(7), served_by(), as_of=AS_OF).localCheckpoint()
    for level, (under, upto) in coverage(spark, calibration, unlike(11).withColumn("segment", F.lit("new"))).items():
        assert under <= level + 0.02
        assert upto >= level - 0.02


def test_the_planted_dispersion_is_recovered(spark, served_by):
    """Weekly demand was drawn with dispersion .5."""
    weekly = (
        calibrate(backtest(spark), served_by(), as_of=AS_OF).where("segment <> '*' AND NOT cumulated AND horizon = 1").toPandas()
    )
    assert weekly["dispersion"].between(0.42, 0.58).all()


def test_an_item_forecast_at_zero_still_has_a_chance_to_sell(spark, served_by):
    """Dormant items sold 2.6 a week on average: their quantiles rest on that, not on the 0."""
    calibration = calibrate(backtest(spark, dormant=True), served_by(), as_of=AS_OF)
    asked = backtest(spark, dormant=True, rows=3).selectExpr("*", "gbt AS mean", "gbt_cum AS cum_mean")
    row = (
        with_quantiles(asked, calibration).where("horizon = 1").agg(F.max("mean").alias("mean"), F.min("q90").alias("q90")).first()
    )
    assert row["mean"] == 0
    assert row["q90"] >= 5


def test_no_quantiles_cross(spark, served_by):
    calibration = calibrate(backtest(spark), served_by(), as_of=AS_OF)
    done = with_quantiles(backtest(spark, seed=3).selectExpr("*", "gbt AS mean", "gbt_cum AS cum_mean"), calibration)
    names = [quantile_name(p) for p in LEVELS]
    crossed = [F.max(F.col(a) - F.col(b)) for a, b in itertools.pairwise(names)]
    assert max(done.agg(*crossed).first()) <= 0
