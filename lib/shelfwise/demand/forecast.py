"""What will sell in each of the next 13 weeks, and up to each of them?"""

from collections.abc import Sequence
from datetime import date

from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_FORECAST
from shelfwise.core.errors import JobError
from shelfwise.core.job import Fitted
from shelfwise.demand import trees
from shelfwise.demand.card import card
from shelfwise.demand.champion import CANDIDATES, FLAT, of_model, with_champion, with_model
from shelfwise.demand.mixture.weights import MIXTURE, serving_mixture, with_classical
from shelfwise.demand.quantiles import with_quantiles
from shelfwise.demand.rows import origin_rows, training_rows
from shelfwise.demand.segments import segment
from shelfwise.measures.exact import exact_mean
from shelfwise.measures.weeks import last_sunday


def train(
    panel: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    backtest: DataFrame,
    champions: DataFrame,
    tuning: DataFrame,
    *,
    params: trees.TreesParams,
    as_of: date,
) -> Fitted:
    """The trees fitted on all that is known at `as_of`; judged by what each segment's champion did in the backtest."""
    params = trees.without_silent(trees.tuned(params, tuning), panel, last_sunday(as_of))
    known = training_rows(panel, promotions, calendar, until=last_sunday(as_of), rows=params.rows, seed=params.seed)
    _refuse_unknown(champions, params.models, _asked(backtest))
    skill = _skill(with_champion(backtest, champions))
    return Fitted(
        model=trees.fit(known, params),
        metric=skill["rmsse_to_mean_13"],
        # another set of models is another thing: not compared, it takes over
        metric_name="_".join(["rmsse_to_mean_13", *params.models]),
        metrics={name: value for name, value in skill.items() if name != "rmsse_to_mean_13"},
        params=params.model_dump(),
        card=card(params, skill, champions, as_of=as_of),
    )


def forecast(
    model: PipelineModel,
    panel: DataFrame,
    promotions: DataFrame,
    calendar: DataFrame,
    champions: DataFrame,
    calibration: DataFrame,
    classical: DataFrame,
    mixture: DataFrame,
    *,
    as_of: date,
) -> DataFrame:
    """One row per item of the panel and horizon 1 to 13, from the last complete week at `as_of`."""
    asked = trees.score(model, origin_rows(panel, promotions, calendar, origin=last_sunday(as_of)))
    mixed = serving_mixture(with_classical(asked.withColumn("segment", segment()), classical), mixture)
    known = {name: F.col(name) for name in CANDIDATES if name in mixed.columns}
    chosen = with_model(mixed, champions).withColumn("mean", of_model(known))
    so_far = Window.partitionBy("item_id").orderBy("horizon")
    means = chosen.select(
        F.lit(as_of).alias("as_of"),
        "item_id",
        "horizon",
        F.col("target_week").alias("week"),
        "segment",
        "model",
        "mean",
        F.sum("mean").over(so_far).alias("cum_mean"),
    )
    return with_quantiles(means, calibration).select(*DEMAND_FORECAST.columns)


def _asked(backtest: DataFrame) -> list[str]:
    """The trees of the backtest, which its mixture rests on: one row to the driver."""
    row = backtest.agg(*[F.count(name).alias(name) for name in trees.MODELS]).first()
    assert row is not None
    return [name for name in trees.MODELS if row[name]]


def _refuse_unknown(champions: DataFrame, models: Sequence[str], mixed: Sequence[str]) -> None:
    """A few names to the driver."""
    serving = {row["model"] for row in champions.where("champion").select("model").distinct().collect()}
    needed = {name for model in serving for name in (mixed if model == MIXTURE else [model])}
    if strangers := sorted(needed - {*models, *FLAT}):
        raise JobError(
            f"gold.demand_champion serves by {', '.join(strangers)}, but train_demand.models is {', '.join(models)}:"
            " give backtest_demand and train_demand the same models."
        )


def _skill(backtest: DataFrame) -> dict[str, float]:
    """A few figures to the driver: mean RMSSE over items and origins, alone and relative to the 13-week mean's."""
    series = backtest.where(F.col("scale").isNotNull()).groupBy("item_id", "origin")
    models = ("champion", "mean_13")
    errors = {name: F.sqrt(F.mean((F.col(name) - F.col("actual")) ** 2)) / F.max("scale") for name in models}
    by_series = series.agg(*[error.alias(name) for name, error in errors.items()])
    means = by_series.agg(*[exact_mean(F.col(name)).alias(name) for name in models])
    row = means.first()
    assert row is not None
    figures = {f"rmsse_{name}": float(row[name] or 0.0) for name in models}
    return figures | {"rmsse_to_mean_13": figures["rmsse_champion"] / figures["rmsse_mean_13"] if figures["rmsse_mean_13"] else 1.0}
