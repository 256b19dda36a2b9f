"""Drivers of forecasts that the trees themselves have made, on the planted shop."""

from datetime import date

import pytest
from pyspark.ml import PipelineModel
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_DRIVERS
from shelfwise.contracts.gold.mixture import DEMAND_MIXTURE
from shelfwise.core.frames import local_frame
from shelfwise.demand import trees
from shelfwise.demand.drivers import DRIVERS
from shelfwise.demand.explain import ExplainParams, explain
from shelfwise.demand.regressors import XgbParams
from shelfwise.demand.rows import origin_rows, training_rows
from shelfwise.demand.trees import TreesParams

ORIGIN = date(2017, 7, 30)
PARAMS = ExplainParams(horizons=(1, 6), least_mean=2.0)


@pytest.fixture(scope="module")
def model(planted):
    rows = training_rows(**planted, until=ORIGIN, rows=5_000, seed=7)
    return trees.fit(rows, TreesParams(models=("xgboost",), xgboost=XgbParams(trees=30, depth=3, step=0.2, min_weight_per_leaf=30)))


@pytest.fixture(scope="module")
def forecast(planted, model):
    """Served by XGBoost, but for five items: a mean, MLlib's trees, one that sleeps, and two mixtures; the first expects more."""
    asked = trees.score(model, origin_rows(**planted, origin=ORIGIN))
    kinds = F.create_map(F.lit("i72"), F.lit("dormant"), F.lit("i74"), F.lit("slow"))
    served_by = {"i70": "mean_4", "i71": "gbt", "i73": "mixture", "i74": "mixture"}
    served = F.create_map(*[F.lit(text) for pair in served_by.items() for text in pair])
    return asked.select(
        "item_id",
        "horizon",
        F.coalesce(kinds[F.col("item_id")], F.lit("fast")).alias("segment"),
        F.coalesce(served[F.col("item_id")], F.lit("xgboost")).alias("model"),
        F.when(F.col("item_id") == "i72", 0.0)
        .when(F.col("item_id") == "i73", 1.3 * F.col("xgboost"))
        .otherwise(F.col("xgboost"))
        .alias("mean"),
        F.col("planned_display").alias("planned"),
    ).localCheckpoint()


@pytest.fixture(scope="module")
def mixture(spark):
    """Trees lead for fast items, of both kinds, and not for slow ones that have classical forecasts."""
    weights = {("fast", False): 0.6, ("fast", True): 0.25, ("slow", False): 0.9, ("slow", True): 0.15}
    rows = [(ORIGIN, segment, kind, "xgboost", weight) for (segment, kind), weight in weights.items()]
    rows += [(ORIGIN, segment, True, model, 0.25) for segment in ("fast", "slow") for model in ("gbt", "tsb")]
    return local_frame(spark, rows, DEMAND_MIXTURE.struct)


@pytest.fixture(scope="module")
def told(planted, model, forecast, mixture):
    told = explain(model, **planted, forecast=forecast.drop("planned"), mixture=mixture, params=PARAMS, as_of=ORIGIN)
    assert told.columns == DEMAND_DRIVERS.columns
    return told.toPandas().merge(forecast.toPandas(), on=["item_id", "horizon"])


def test_baseline_drivers_and_others_give_the_forecast(told):
    """Factors multiply; a whole is its only driver. To 1e-4 of the forecast."""
    by_forecast = told.groupby(["item_id", "horizon"])
    ends, effects = by_forecast.first(), by_forecast["effect"].agg(["prod", "sum"])
    factors = ends["effect_in"] == "factor"
    product, total = ends["baseline"] * effects["prod"] * ends["others"], ends["baseline"] + effects["sum"] + ends["others"]
    assert product[factors].to_numpy() == pytest.approx(ends.loc[factors, "mean"].to_numpy(), rel=1e-4)
    assert total[~factors].to_numpy() == pytest.approx(ends.loc[~factors, "mean"].to_numpy(), rel=1e-4)
    assert (factors.sum(), (~factors).sum()) == (factors.size - 8, 8)


def test_three_drivers_by_size_for_each_forecast_that_is_large_enough(told, forecast):
    due = forecast.toPandas().query("horizon == 1 or horizon == 6 and (mean >= 2 or item_id in ('i70', 'i71', 'i72', 'i74'))")
    assert set(zip(told["item_id"], told["horizon"], strict=True)) == set(zip(due["item_id"], due["horizon"], strict=True))
    assert len(due) < 160
    boosted = told[told["effect_in"] == "factor"]
    assert set(boosted.groupby(["item_id", "horizon"])["rank"].agg(tuple)) == {(1, 2, 3)}
    size = boosted.assign(size=boosted["effect"].map(lambda effect: max(effect, 1 / effect))).pivot_table(
        index=["item_id", "horizon"], columns="rank", values="size"
    )
    assert ((size[1] >= size[2]) & (size[2] >= size[3])).all()


def test_the_planted_promotion_is_the_first_driver_of_weeks_that_have_one(told):
    """It triples sales, and so much moves nothing else."""
    first = told[(told["rank"] == 1) & (told["effect_in"] == "factor") & (told["planned"] > 0)]
    assert len(first) > 10
    assert (first["driver"] == "planned promotion").mean() > 0.9
    assert first["sentence"].str.startswith("Planned display in 100 % of stores").mean() > 0.9
    assert first["effect"].median() > 1.6


def test_effects_count_from_the_mean_over_the_forecasts_explained(planted, model, forecast, mixture):
    """With all drivers shown, the logs of each one's effects add up to nothing over the 75 items that XGBoost serves."""
    every = explain(
        model,
        **planted,
        forecast=forecast.where("model = 'xgboost' AND segment <> 'dormant'").drop("planned"),
        mixture=mixture,
        params=ExplainParams(horizons=(1,), drivers=len(DRIVERS), least_mean=0.0),
        as_of=ORIGIN,
    )
    means = every.groupBy("driver").agg(F.mean(F.log("effect")).alias("mean"), F.count("*").alias("rows")).toPandas()
    assert means["mean"].to_numpy() == pytest.approx(0, abs=1e-6)
    assert set(means["rows"]) == {75}


def test_other_forecasts_are_one_sentence(told):
    sentences = told.set_index("item_id")["sentence"]
    assert sentences["i70"].str.startswith("Mean of the last 4 weeks: ").all()
    assert sentences["i71"].str.startswith("MLlib's trees, which give no reasons").all()
    assert sentences["i74"].str.startswith("A mixture of models, without XGBoost's reasons, expects ").all()
    assert sentences["i72"].str.endswith("nothing is expected until it sells again").all()


def test_without_a_booster_every_forecast_has_its_sentence(planted, forecast, mixture):
    """As where only MLlib's trees are asked for."""
    served = forecast.drop("planned").withColumn("model", F.lit("gbt"))
    told = explain(PipelineModel([]), **planted, forecast=served, mixture=mixture, params=PARAMS, as_of=ORIGIN)
    assert told.groupBy("rank").count().collect() == [(1, 160)]


def test_what_was_not_learnt_from_drives_nothing(planted, forecast, mixture):
    """Its columns are there, and the trees have never seen them: a factor of 1 for each forecast, beside eight others."""
    rows = training_rows(**planted, until=ORIGIN, rows=5_000, seed=7)
    small = TreesParams(models=("xgboost",), xgboost=XgbParams(trees=5, depth=3), without=("planned promotion",))
    every = PARAMS.model_copy(update={"drivers": 9})
    told = explain(
        trees.fit(rows, small), **planted, forecast=forecast.drop("planned"), mixture=mixture, params=every, as_of=ORIGIN
    )
    effects = told.where("effect_in = 'factor'").select("driver", "effect").toPandas().groupby("driver")["effect"]
    assert len(effects) == 9
    assert set(effects.get_group("planned promotion")) == {1.0}
    assert effects.get_group("recent sales").nunique() > 1
