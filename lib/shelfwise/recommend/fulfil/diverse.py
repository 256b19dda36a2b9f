"""Which candidates does a customer see first, when two that are alike are worth less than two that differ?

In each turn the one with the highest worth = probability x (1 - strength x its highest likeness to what was picked before):
maximal marginal relevance (Carbonell & Goldstein 1998, SIGIR), but as a product. Theirs is lambda x relevance - (1 - lambda) x
likeness, which sets a probability of some hundredths against a likeness of up to 1: its lambda holds for one ranker only, and a
worth can fall below 0. A product stays a probability, less what others in the list take of it: it can be added up, and set
against prices (recommend.fulfil.prices).
"""

from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.job import Params
from shelfwise.recommend.vectors import PAIR

BUCKETS = 256  # of customers, each worked off at once
ATTRIBUTES = ("shelf", "category", "maker_id")
TURNS = "customer_index int, item_index int, probability double, worth double, turn int"

Ints = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


class DiverseParams(Params):
    """Two items are alike by the sum of what they share: 1 at most, for the same shelf of the same maker."""

    strength: float = 0.3  # from 0 (by probability alone) to 1: the share that is lost to an item alike in all
    pool: int = 30  # three lists' worth of the best: below them nothing is probable enough to be picked for variety
    shelf: float = 0.5  # one yoghurt instead of another: most of what makes a list look the same
    category: float = 0.3  # the same aisle; whatever shares a shelf shares it too
    maker_id: float = 0.2  # the same brand on another shelf is often wanted for its own sake


def diverse(candidates: DataFrame, params: DiverseParams) -> DataFrame:
    """One row per candidate: customer_index, item_index, probability, worth (at its turn), turn (from 1).

    `candidates`: customer_index, item_index, probability, shelf, category, maker_id; what is unknown (null) is like nothing. Those
    beyond the pool come after it, by what all of the pool leaves of them.
    """
    bucket = F.pmod(F.xxhash64("customer_index"), F.lit(BUCKETS)).alias("bucket")
    asked = candidates.select(bucket, *PAIR, F.col("probability").cast("double"), *ATTRIBUTES)
    return asked.groupBy("bucket").applyInPandas(lambda batch: in_turn(batch, params), TURNS)


def in_turn(batch: pd.DataFrame, params: DiverseParams) -> pd.DataFrame:
    """The candidates of some customers, by customer and turn."""
    ordered = batch.sort_values(["customer_index", "probability", "item_index"], ascending=[True, False, True])
    customer, _ = pd.factorize(ordered["customer_index"])
    place = np.asarray(ordered.groupby("customer_index").cumcount(), np.int64)
    shape = int(customer.max()) + 1, int(place.max()) + 1
    probability = np.full(shape, -1.0)  # below all where a customer has fewer candidates
    probability[customer, place] = ordered["probability"]
    codes = {name: _codes(ordered[name], customer, place, shape) for name in ATTRIBUTES}
    worth, turn = picked(probability, codes, params)
    found = ordered.assign(worth=worth[customer, place], turn=turn[customer, place])
    return found.sort_values(["customer_index", "turn"])[[*PAIR, "probability", "worth", "turn"]]


def picked(probability: Doubles, codes: dict[str, Ints], params: DiverseParams) -> tuple[Doubles, Ints]:
    """Worth and turn of customers' (rows) candidates (columns, best first; -1: none); ties go to the earlier column."""
    customers, width = probability.shape
    worth, turn, highest = np.zeros(probability.shape), np.zeros(probability.shape, np.int64), np.zeros(probability.shape)
    everyone, pool = np.arange(customers), min(params.pool, width)
    for number in range(1, pool + 1):
        value = np.where(turn[:, :pool] == 0, probability[:, :pool] * (1 - params.strength * highest[:, :pool]), -np.inf)
        pick = value.argmax(axis=1)
        worth[everyone, pick], turn[everyone, pick] = value[everyone, pick], number
        highest = np.maximum(highest, _likeness(codes, pick, params))
    worth[:, pool:] = probability[:, pool:] * (1 - params.strength * highest[:, pool:])
    after = np.argsort(-worth[:, pool:], axis=1, kind="stable")
    np.put_along_axis(turn[:, pool:], after, np.arange(pool + 1, width + 1)[None, :], axis=1)
    return worth, turn


def _codes(names: pd.Series, customer: Ints, place: Ints, shape: tuple[int, int]) -> Ints:
    codes = np.full(shape, -1)
    codes[customer, place] = pd.factorize(names)[0]  # -1 where null
    return codes


def _likeness(codes: dict[str, Ints], pick: Ints, params: DiverseParams) -> Doubles:
    """Of each candidate to the customer's pick."""
    shared = [getattr(params, name) * _same(known, pick) for name, known in codes.items()]
    return cast(Doubles, np.sum(shared, axis=0))


def _same(known: Ints, pick: Ints) -> npt.NDArray[np.bool_]:
    of_pick = np.take_along_axis(known, pick[:, None], axis=1)
    same: npt.NDArray[np.bool_] = (known == of_pick) & (known >= 0)
    return same
