"""How large and how cautious should XGBoost's trees be, and which features do they need?

Searched on weeks that end before those by which models are judged.

Trials are proposed by a tree-structured Parzen estimator (Bergstra et al. 2011; Optuna's) in batches of a fixed size, which Spark
tasks fit side by side; the first one is what the job's settings say. Each learns at origins from which no week is asked for that
lies after the backtest's earliest one. It is judged after each tree by the mean over items and origins of mean squared error /
scale^2 (MSSE: RMSSE without its root, so that the mean is what scores best, and not less). This validation curve is stored, and
its lowest point is how many trees there are to be.

Groups of features are left out before that, if asked for, by backward elimination (Guyon & Elisseeff 2003, JMLR 3): each in turn,
then the one whose absence lowers the loss most, until no absence lowers it. Each is a trial of its own, beside the first one: what
its absence does to the loss is what the group is worth.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.contracts.gold.demand import DEMAND_TUNING
from shelfwise.core.frames import local_frame
from shelfwise.demand import regressors, trees
from shelfwise.demand.backtest import scales, wanted
from shelfwise.demand.inputs import FEATURES, GROUPS, features_without
from shelfwise.demand.origins import LEAST_HISTORY_WEEKS, OriginsParams, first_week, origins
from shelfwise.demand.regressors import XgbParams
from shelfwise.demand.rows import origin_rows, training_rows
from shelfwise.demand.segments import is_dormant
from shelfwise.demand.trees import SEARCHED
from shelfwise.measures.draws import hashed_uniform

Floats = NDArray[np.float64]

# lowest, highest, by ratios
SPACE = {
    "depth": (3, 9, False),
    "step": (0.02, 0.3, True),
    "subsample": (0.4, 1.0, False),
    "columns": (0.3, 1.0, False),
    "min_weight_per_leaf": (5.0, 500.0, True),
    "penalty": (0.1, 100.0, True),
    "variance_power": (1.05, 1.9, False),
}
NEXT_TO_NOTHING = 1e-3
CURVES = "place int, curve array<double>"


class TuningParams(OriginsParams):
    """`origins` and `weeks_between` are the backtest's: what is searched lies before them."""

    trials: int = 0  # 24 take 5 minutes on 2 cores; 0: models are trained as the settings say
    leave_out: bool = False  # groups of features without which the loss is lower: a trial for each, once more for each one left out
    at_once: int = 4  # proposed together: more of them learn less from one another; the count belongs to the outcome, like a seed
    rows: int = 100_000  # lessons of an origin
    items: int = 5_000  # asked at an origin
    weeks: int = 8  # asked for
    most_trees: int = 300
    xgboost: XgbParams = XgbParams()
    seed: int = 7


@dataclass(frozen=True)
class Task:
    """What one origin teaches and asks: rows x features, and a number per row; `series` counts from 0."""

    features: Floats
    target: Floats
    lesson_level: Floats
    weight: Floats
    asked: Floats
    asked_level: Floats
    actual: Floats
    series: NDArray[np.intp]
    scale: Floats


@dataclass(frozen=True)
class Trial:
    settings: XgbParams
    without: tuple[str, ...] = ()  # groups of features
    curve: tuple[float, ...] = ()  # none yet

    @property
    def loss(self) -> float:
        return min(self.curve)


Judged = Callable[[list[Trial]], list[Trial]]  # the trials with their curves


def tune(panel: DataFrame, promotions: DataFrame, calendar: DataFrame, *, params: TuningParams, as_of: date) -> DataFrame:
    """One row per trial; none if none are wanted, or if the history is too short to search before the backtest."""
    spark = panel.sparkSession
    days = search_origins(first_week(panel), as_of, params) if params.trials or params.leave_out else []
    # bound: rows x features of each origin, and items x weeks x features
    tasks = [_task(panel, promotions, calendar, day, params) for day in days]
    found = _searched(spark, tasks, trees.silent(panel, min(days)), params) if days else []
    rows = [(as_of, days, days[0] + timedelta(weeks=params.weeks), *row) for row in found]
    return local_frame(spark, rows, DEMAND_TUNING.struct)


def search_origins(begin: date, as_of: date, params: TuningParams) -> list[date]:
    """Up to two, latest first; the weeks of the latest end with the backtest's earliest origin."""
    earliest = min(origins(begin, as_of, params))
    wanted = [earliest - timedelta(weeks=params.weeks + params.weeks_between * k) for k in range(2)]
    return [day for day in wanted if day - begin >= timedelta(weeks=LEAST_HISTORY_WEEKS)]


def _task(panel: DataFrame, promotions: DataFrame, calendar: DataFrame, origin: date, params: TuningParams) -> Task:
    key = ["item_id", "week", "horizon"]
    lessons = training_rows(panel, promotions, calendar, until=origin, rows=params.rows, seed=params.seed)
    known = lessons.select(*key, *[name for name in FEATURES if name != "horizon"], "target", "level", "weight").toPandas()
    known = known.sort_values(key)
    weeks = tuple(range(1, params.weeks + 1))
    at_origin = panel.where(F.col("week") == F.lit(origin - timedelta(days=6)))
    share = F.lit(params.items / max(at_origin.count(), 1))
    some = panel.where(hashed_uniform("item_id", F.lit(params.seed)) < share)
    outcome = some.select("item_id", F.col("week").alias("target_week"), wanted().alias("actual"))
    asked = (
        origin_rows(some, promotions, calendar, origin=origin, horizons=weeks)
        .where(~is_dormant())
        .join(outcome, ["item_id", "target_week"], "inner")
        .join(scales(some, origin).where("scale IS NOT NULL"), "item_id", "inner")
    )
    then = asked.select("item_id", *FEATURES, "level", "actual", "scale").toPandas().sort_values(["item_id", "horizon"])
    return Task(
        features=known[list(FEATURES)].to_numpy(float),
        target=known["target"].to_numpy(float),
        lesson_level=known["level"].to_numpy(float),
        weight=known["weight"].to_numpy(float),
        asked=then[list(FEATURES)].to_numpy(float),
        asked_level=then["level"].to_numpy(float),
        actual=then["actual"].to_numpy(float),
        series=pd.factorize(then["item_id"])[0],
        scale=then["scale"].to_numpy(float),
    )


def _searched(spark: SparkSession, tasks: list[Task], silent: tuple[str, ...], params: TuningParams) -> list[tuple[Any, ...]]:
    """trial, chosen, loss, settings, groups left out and the curve of each trial; a few to the driver."""
    handed_out = spark.sparkContext.broadcast(tasks)

    def judged(trials: list[Trial]) -> list[Trial]:
        rows = [(place, json.dumps(one.settings.model_dump()), list(one.without)) for place, one in enumerate(trials)]
        spread = local_frame(spark, rows, "place int, settings string, without array<string>").repartition(len(rows))
        curves = {row["place"]: row["curve"] for row in spread.mapInPandas(_fitted(handed_out, params), CURVES).collect()}
        return [replace(one, curve=tuple(curves[place])) for place, one in enumerate(trials)]

    found = left_out(judged, params.xgboost, silent) if params.leave_out else []
    without = min(found, key=lambda one: one.loss).without if found else silent
    found += _settings_tried(judged, without, params)
    handed_out.destroy()
    best = int(np.argmin([one.loss for one in found]))
    return [(n, n == best, one.loss, *_row(one, silent)) for n, one in enumerate(found)]


def left_out(judged: Judged, settings: XgbParams, without: tuple[str, ...] = ()) -> list[Trial]:
    """The trial of all features but those `without`, then each round's of backward elimination; the last one's are all worse."""
    best = judged([Trial(settings, without)])[0]
    found = [best]
    while len(best.without) < len(GROUPS) - 1:
        tried = judged([Trial(settings, (*best.without, group)) for group in GROUPS if group not in best.without])
        found += tried
        lowest = min(tried, key=lambda one: one.loss)
        if lowest.loss >= best.loss:
            break
        best = lowest
    return found


def _settings_tried(judged: Judged, without: tuple[str, ...], params: TuningParams) -> list[Trial]:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=params.seed, n_startup_trials=8))
    study.enqueue_trial({name: _start(params.xgboost, name) for name in SPACE})
    found: list[Trial] = []
    while len(found) < params.trials:
        asked = [study.ask() for _ in range(min(params.at_once, params.trials - len(found)))]
        answered = judged([Trial(proposed(trial, params.xgboost), without) for trial in asked])
        for trial, one in zip(asked, answered, strict=True):
            study.tell(trial, one.loss)
        found += answered
    return found


def _row(trial: Trial, silent: Sequence[str]) -> tuple[Any, ...]:
    """What the search could not know anything of it has not left out: training does without it for as long as that is so."""
    settings = trial.settings.model_dump() | {"trees": int(np.argmin(trial.curve)) + 1}
    return *[settings[name] for name in SEARCHED], [group for group in trial.without if group not in silent], list(trial.curve)


def proposed(trial: Any, start: XgbParams) -> XgbParams:
    """The settings of one trial; `trial` is Optuna's. What the settings say is within reach wherever it lies."""
    found: dict[str, Any] = {"loss": "tweedie"}
    for name, (low, high, logarithmic) in SPACE.items():
        said = _start(start, name)
        reach = min(low, said), max(high, said)
        if name == "depth":
            found[name] = trial.suggest_int(name, *map(int, reach))
        else:
            found[name] = trial.suggest_float(name, *reach, log=logarithmic)
    return start.model_copy(update=found)


def _start(settings: XgbParams, name: str) -> float:
    """What the settings say; of what is searched by ratios, and therefore above zero, next to nothing for nothing."""
    said: float = getattr(settings, name)
    return max(said, NEXT_TO_NOTHING) if SPACE[name][2] else said


def _fitted(handed_out: Any, params: TuningParams) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def fitted(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            for place, said, groups in rows[["place", "settings", "without"]].itertuples(index=False):
                settings = XgbParams(**json.loads(said)).model_copy(update={"trees": params.most_trees})
                curves = [curve(task_without(task, groups), settings) for task in handed_out.value]
                yield pd.DataFrame({"place": [place], "curve": [np.mean(curves, axis=0)]})

    return fitted


def task_without(task: Task, groups: Iterable[str]) -> Task:
    kept = [FEATURES.index(name) for name in features_without(groups)]
    return replace(task, features=task.features[:, kept], asked=task.asked[:, kept])


def curve(task: Task, settings: XgbParams) -> Floats:
    """MSSE of the asked rows after 1, 2, … `settings.trees` trees."""
    weight = task.weight * task.lesson_level ** (1.0 - regressors.variance_power(settings))
    label = task.target / task.lesson_level
    return regressors.curve_alone(
        settings, task.features, label, weight, task.asked, lambda relative: msse(task, relative * task.asked_level)
    )


def msse(task: Task, mean: Floats) -> float:
    squared = np.bincount(task.series, (task.actual - mean) ** 2 / task.scale**2) / np.bincount(task.series)
    return float(squared.mean())
