"""Settings of each model, searched on what may be learnt from only: a part of it is held out, nDCG@k of it is the measure.

The first trial is what the model comes with; the others are proposed by a tree-structured Parzen estimator (Bergstra et al.
2011; Optuna's).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pyspark.sql import DataFrame
from rich.console import Console

from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.recommend.models.every import MODELS, Model
from shelfwise.recommend.own.figures import PAIR, ranking_figures
from shelfwise.recommend.own.trial import Asked, folds, taken, tried


def tuned(ratings: DataFrame, names: Sequence[str], asked: Asked, trials: int, console: Console) -> dict[str, Params]:
    """By model, the best of `trials`; models without settings are passed over."""
    known, unseen = folds(ratings, asked)[0]
    relevant = cut(taken(unseen, asked.least).select(*PAIR))
    found = {}
    for name in names:
        if space := MODELS[name].space:
            found[name] = _searched(name, known, relevant, asked, trials)
            said = ", ".join(f"{field} {getattr(found[name], field):.3g}" for field in space)
            console.print(f"{name}: {said}", markup=False, soft_wrap=True)
    return found


def _searched(name: str, known: DataFrame, relevant: DataFrame, asked: Asked, trials: int) -> Params:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    model = MODELS[name]
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=asked.seed))
    study.enqueue_trial({field: getattr(model.params, field) for field in model.space})

    def judged(trial: "optuna.Trial") -> float:
        done = tried(known, [name], {name: _proposed(model, trial)}, asked)
        row = ranking_figures(done.lists, relevant, known.select(*PAIR), asked.k).first()
        return float(row["ndcg"]) if row else 0.0

    study.optimize(judged, n_trials=trials)
    return _with(model, study.best_params)


def _proposed(model: Model, trial: Any) -> Params:
    values: dict[str, float] = {}
    for field, (low, high, by_ratios) in model.space.items():
        whole = isinstance(getattr(model.params, field), int)
        suggest = trial.suggest_int if whole else trial.suggest_float
        values[field] = suggest(field, int(low) if whole else low, int(high) if whole else high, log=by_ratios)
    return _with(model, values)


def _with(model: Model, values: Mapping[str, Any]) -> Params:
    return type(model.params)(**(model.params.model_dump() | dict(values)))
