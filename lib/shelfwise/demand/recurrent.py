"""A recurrent network over all series at once: an LSTM reads a series' last values, a dense layer what else is known of them.

Gates as in Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000; Keras on JAX, on processors alone. It learns on
the driver from a bounded sample and stops where series that it has not seen no longer gain (Prechelt 1998); rows are scored
partition by partition. Target, weight and level are those of demand.regressors.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.deep import keras_on_jax
from shelfwise.core.job import Params
from shelfwise.demand.frames import typed

Floats = NDArray[np.float32]

HELD_OUT = 10  # one series in so many says when to stop
PIECE = 2048  # rows that are asked for at a time: the compiled network takes one shape only


class LstmParams(Params):
    cells: int = 32
    dense: int = 32
    dropout: float = 0.1
    step: float = 0.003
    batch: int = 256
    epochs: int = 40
    patience: int = 4  # epochs without a gain
    rows: int = 100_000  # that the driver learns from
    seed: int = 7


@dataclass(frozen=True)
class Network:
    """Some ten thousand weights, sent to every worker; `middle` and `spread` are those of the columns beside the sequence."""

    params: LstmParams
    sequence: tuple[str, ...]  # oldest first
    beside: tuple[str, ...]
    weights: list[Floats]
    middle: Floats
    spread: Floats


def fit(rows: DataFrame, sequence: Sequence[str], beside: Sequence[str], params: LstmParams, *, series: str) -> Network:
    """`rows` have these columns, `target`, `level` and `weight`; `series` names whose they are.

    Bound: `params.rows` to the driver.
    """
    keras = keras_on_jax("lstm")
    drawn = rows.orderBy(F.xxhash64(*sequence, *beside, series, F.lit(params.seed))).limit(params.rows)
    asked = drawn.select(
        *sequence,
        *beside,
        (F.col("target") / F.col("level")).alias("relative"),
        "weight",
        (F.pmod(F.xxhash64(series), F.lit(HELD_OUT)) == 0).alias("held_out"),
    )
    # drawn in another order on another cluster
    lessons = asked.toPandas().sort_values([*sequence, *beside, "relative"], ignore_index=True)
    columns = lessons[list(beside)].to_numpy(np.float32)
    spread = columns.std(axis=0)
    network = Network(
        params, tuple(sequence), tuple(beside), [], columns.mean(axis=0), np.where(spread > 0, spread, 1.0).astype(np.float32)
    )
    keras.utils.set_random_seed(params.seed)
    model = _model(keras, network)
    model.compile(optimizer=keras.optimizers.Adam(params.step, clipnorm=1.0), loss="mse", weighted_metrics=[])
    held = lessons["held_out"].to_numpy(bool)
    if held.all() or not held.any():
        held = np.arange(len(lessons)) % HELD_OUT == 0
    label, weight = lessons["relative"].to_numpy(np.float32), lessons["weight"].to_numpy(np.float32)
    weight = weight / weight.mean()
    inputs = _inputs(network, lessons)
    early = keras.callbacks.EarlyStopping(patience=params.patience, restore_best_weights=True)
    model.fit(
        [one[~held] for one in inputs],
        label[~held],
        sample_weight=weight[~held],
        validation_data=([one[held] for one in inputs], label[held], weight[held]),
        batch_size=params.batch,
        epochs=params.epochs,
        callbacks=[early],
        verbose=0,
    )
    return Network(params, network.sequence, network.beside, model.get_weights(), network.middle, network.spread)


def score(network: Network, rows: DataFrame, name: str) -> DataFrame:
    """`rows` with the forecast as column `name`; it may lie below zero."""
    schema = typed(rows)
    return rows.mapInPandas(_scored(network, name), f"{schema}, {name} double")


def _scored(network: Network, name: str) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def scored(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        model = None
        for rows in batches:
            if model is None:
                model = _model(keras_on_jax("lstm"), network)
                model.set_weights(network.weights)
            yield rows.assign(**{name: _asked(model, _inputs(network, rows)) * rows["level"].to_numpy(float)})

    return scored


def _asked(model: Any, inputs: list[Floats]) -> NDArray[np.float64]:
    rows = len(inputs[0])
    padded = [np.concatenate([one, np.zeros((-rows % PIECE, *one.shape[1:]), np.float32)]) for one in inputs]
    pieces = [model.predict_on_batch([one[at : at + PIECE] for one in padded]) for at in range(0, len(padded[0]), PIECE)]
    return np.concatenate(pieces).ravel()[:rows].astype(np.float64) if pieces else np.zeros(0)


def _inputs(network: Network, rows: pd.DataFrame) -> list[Floats]:
    """Rows x steps x 1, and rows x columns."""
    sequence = rows[list(network.sequence)].to_numpy(np.float32)[:, :, None]
    return [sequence, (rows[list(network.beside)].to_numpy(np.float32) - network.middle) / network.spread]


def _model(keras: Any, network: Network) -> Any:
    params = network.params
    sequence = keras.Input((len(network.sequence), 1))
    beside = keras.Input((len(network.beside),))
    read = keras.layers.LSTM(params.cells)(sequence)
    hidden = keras.layers.Dense(params.dense, activation="relu")(keras.layers.Concatenate()([read, beside]))
    answer = keras.layers.Dense(1, bias_initializer="ones")(keras.layers.Dropout(params.dropout)(hidden))
    return keras.Model([sequence, beside], answer)
