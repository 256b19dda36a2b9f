"""All models of who takes what, by name, each with its settings and what a search may try."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame

from shelfwise.core.job import Params
from shelfwise.recommend.models.ease import EaseParams, ease
from shelfwise.recommend.models.factors import FactorParams, factors, nonnegative_factors
from shelfwise.recommend.models.neighbours import NeighbourParams, customer_neighbours, item_neighbours
from shelfwise.recommend.models.popular import PopularParams, popular
from shelfwise.recommend.models.recurrent import LstmParams, next_items
from shelfwise.recommend.models.sequences import SequenceParams, item_sequences
from shelfwise.recommend.models.sessions import SessionParams, session_neighbours
from shelfwise.recommend.models.svd import SvdParams, svd
from shelfwise.recommend.vectors import Vectors

Range = tuple[float, float, bool]  # lowest, highest, by ratios


@dataclass(frozen=True)
class Model:
    fit: Callable[[DataFrame, Any], Vectors]
    params: Params
    space: Mapping[str, Range]


FACTOR_SPACE: Mapping[str, Range] = {"rank": (8, 96, True), "regularisation": (0.01, 1.0, True), "alpha": (0.2, 20.0, True)}
SESSION_SPACE: Mapping[str, Range] = {
    "nearest": (20, 400, True),
    "memory": (1.0, 50.0, True),
    "reach": (1.0, 50.0, True),
    "before": (0.0, 1.0, False),
    "rarity": (0.0, 2.0, False),
    "half_life": (0.05, 5.0, True),
}
LSTM_SPACE: Mapping[str, Range] = {"rank": (16, 96, True), "step": (0.001, 0.01, True), "dropout": (0.0, 0.5, False)}
NEIGHBOUR_SPACE: Mapping[str, Range] = {"nearest": (20, 400, True), "shrinkage": (1.0, 100.0, True), "power": (0.3, 0.7, False)}
MODELS: Mapping[str, Model] = {
    "popularity": Model(popular, PopularParams(), {}),
    "item_knn": Model(item_neighbours, NeighbourParams(nearest=200), NEIGHBOUR_SPACE),
    "user_knn": Model(customer_neighbours, NeighbourParams(nearest=80), NEIGHBOUR_SPACE),
    "svd": Model(svd, SvdParams(), {"rank": (4, 96, True)}),
    "als": Model(factors, FactorParams(), FACTOR_SPACE),
    "als_nonnegative": Model(nonnegative_factors, FactorParams(rank=48), FACTOR_SPACE),
    "ease": Model(ease, EaseParams(), {"penalty": (20.0, 5_000.0, True)}),
    "item2vec": Model(item_sequences, SequenceParams(), {"rank": (16, 96, True), "window": (3, 30, True), "last": (3, 100, True)}),
    "session_knn": Model(session_neighbours, SessionParams(), SESSION_SPACE),
    "lstm": Model(next_items, LstmParams(), LSTM_SPACE),
}
