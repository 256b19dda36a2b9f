"""Settings of each model, searched on what may be learnt from only: a part of it is held out, nDCG@k of it is the measure.

The first trial is what the model comes with; the others are proposed by a tree-structured Parzen estimator (Bergstra et al.
2011; Optuna's).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame

from shelfwise.core.errors import JobError
from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.recommend.models.every import MODELS, Model
from shelfwise.recommend.own.figures import ranking_figures
from shelfwise.recommend.own.ratings import is_relevant
from shelfwise.recommend.own.trial import Asked, folds, tried
from shelfwise.recommend.vectors import PAIR


def tuned(ratings: DataFrame, names: Sequence[str], asked: Asked, trials: int, say: Callable[[str], None]) -> dict[str, Params]:
    """By model, the best of `trials`; models without settings are passed over, as are those that can't be fitted."""
    known, unseen = folds(ratings, asked)[0]
    relevant = cut(unseen.where(is_relevant(asked.least)).select(*PAIR))
    found = {}
    for name in names:
        if space := MODELS[name].space:
            params = _searched(name, known, relevant, asked, trials)
            if params is None:
                continue
            found[name] = params
            said = ", ".join(f"{field} {getattr(found[name], field):.3g}" for field in space)
            say(f"{name}: {said}")
    return found


def _searched(name: str, known: DataFrame, relevant: DataFrame, asked: Asked, trials: int) -> Params | None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    model = MODELS[name]
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=asked.seed))
    study.enqueue_trial({field: getattr(model.params, field) for field in model.space})

    customers = cut(known.select("customer_index").union(relevant.select("customer_index")).distinct())

    def judged(trial: "optuna.Trial") -> float:
        done = tried(known, customers, [name], {name: _proposed(model, trial)}, asked, lambda _: None)
        row = ranking_figures(done.lists, relevant, known.select(*PAIR), asked.k).first()
        return float(row["ndcg"]) if row else 0.0

    study.optimize(judged, n_trials=trials, catch=(JobError,))
    judged_well = any(trial.state is optuna.trial.TrialState.COMPLETE for trial in study.trials)
    return _with(model, study.best_params) if judged_well else None


def _proposed(model: Model, trial: Any) -> Params:
    values: dict[str, float] = {}
    for field, (low, high, by_ratios) in model.space.items():
        whole = isinstance(getattr(model.params, field), int)
        suggest = trial.suggest_int if whole else trial.suggest_float
        values[field] = suggest(field, int(low) if whole else low, int(high) if whole else high, log=by_ratios)
    return _with(model, values)


def _with(model: Model, values: Mapping[str, Any]) -> Params:
    return type(model.params)(**(model.params.model_dump() | dict(values)))
