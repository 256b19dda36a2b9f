"""Which item comes next? An LSTM reads a customer's items in order; its state times an item's vector says how likely that item is.

As GRU4Rec (Hidasi et al. 2016) with an LSTM (Hochreiter & Schmidhuber 1997; forget gate of Gers et al. 2000) and one table of
items' vectors for what is read and what is foretold (Hidasi & Karatzoglou 2018). The loss is binary cross-entropy: the item that
came next against `negatives` that did not, drawn evenly from all that the customer never took, anew in each epoch. It stops
where the last items of some customers, held back, are foretold no better (Prechelt 1998), and keeps the best weights.

Keras on JAX learns on the driver, from a bounded sample. Executors work its gates out in NumPy, and need neither of the two.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.deep import keras_on_jax
from shelfwise.core.job import Params
from shelfwise.core.kept import cut
from shelfwise.recommend.models.successors import NOTHING, batch, batches, longest, padded, parted
from shelfwise.recommend.models.taken import known_well
from shelfwise.recommend.vectors import Floats, Ints, Vectors

PIECE = 256  # customers whose states are worked out at a time, always so many: a product of another shape may round otherwise


class LstmParams(Params):
    rank: int = 48  # of items' vectors and of the state
    length: int = 50  # events that are read at a time; longer histories teach in pieces, and of the customer's the newest count
    negatives: int = 128  # for each sequence
    dropout: float = 0.2
    step: float = 0.003
    batch: int = 64
    epochs: int = 60
    patience: int = 4  # epochs without a gain
    most_items: int = 20_000  # others are not in its lists
    customers: int = 20_000  # that the driver learns from, with `newest` events of each: at most 4 million
    newest: int = 200
    seed: int = 7


@dataclass(frozen=True)
class Network:
    """At most a million weights, sent to every worker: items' vectors and biases (row 0: nothing), and the gates' matrices."""

    items: Floats
    biases: Floats
    kernel: Floats
    recurrent: Floats
    gates: Floats


def next_items(taken: DataFrame, params: LstmParams) -> Vectors:
    """Of `taken` with `at`. ValueError where no customer took two items."""
    known = known_well(taken, params.most_items)
    histories = cut(_histories(known, params.newest))
    numbers = np.sort(known.select("item_index").distinct().toArrow()["item_index"].to_numpy())  # bound: most_items
    network, _ = learnt(_drawn(histories, numbers, params), len(numbers), params)
    lately = histories.select("id", F.slice("items", -F.least(F.size("items"), F.lit(params.length)), params.length).alias("items"))
    customers = lately.mapInPandas(_stated(network, numbers, params.length), "id int, indices array<int>, values array<float>")
    return Vectors(customers, taken.sparkSession.createDataFrame(_items(network, numbers)), dense=True)


def learnt(sequences: list[Ints], items: int, params: LstmParams) -> tuple[Network, list[float]]:
    """The network, and the loss of what was held back, epoch by epoch; `sequences` of 1 to `items`, oldest first."""
    keras = keras_on_jax("lstm")
    length = min(params.length, max(longest(sequences), 1))
    lessons, exam = parted(sequences, length)
    keras.utils.set_random_seed(params.seed)
    model = _model(keras, items, length, params)
    model.get_layer("biases").set_weights([_popularity(sequences, items, params.negatives)])
    model.compile(optimizer=keras.optimizers.Adam(params.step, clipnorm=1.0), loss=_loss(keras))
    drawn = np.random.default_rng(params.seed)
    questions = batch(exam, np.arange(len(exam.read), dtype=np.int32), items, params.negatives, drawn)
    early = keras.callbacks.EarlyStopping(patience=params.patience, restore_best_weights=True)
    history = model.fit(
        batches(lessons, items, params.batch, params.negatives, drawn),
        steps_per_epoch=-(-len(lessons.read) // params.batch),
        validation_data=questions,
        validation_batch_size=params.batch,
        epochs=params.epochs,
        callbacks=[early],
        shuffle=False,  # batches come in an order of their own
        verbose=0,
    )
    weights = {weight.path: np.asarray(weight.numpy(), np.float32) for weight in model.weights}
    return _network(weights), [float(loss) for loss in history.history["val_loss"]]


def states(network: Network, sequences: Ints) -> Floats:
    """The state after each row of items, oldest first, with NOTHING after the last: the gates of Keras's LSTM, in its order."""
    state = np.zeros((len(sequences), network.recurrent.shape[0]), np.float32)
    cell = state.copy()
    for now in sequences.T:
        said = network.items[now] @ network.kernel + state @ network.recurrent + network.gates
        enter, forget, news, leave = np.split(said, 4, axis=1)
        kept = _sigmoid(forget) * cell + _sigmoid(enter) * np.tanh(news)
        there = (now != NOTHING)[:, None]
        cell = np.where(there, kept, cell)
        state = np.where(there, _sigmoid(leave) * np.tanh(kept), state)
    return state


def _sigmoid(of: Floats) -> Floats:
    found: Floats = np.float32(0.5) * (np.tanh(np.float32(0.5) * of) + np.float32(1.0))
    return found


def _histories(known: DataFrame, newest: int) -> DataFrame:
    """id (of the customer), items: the newest ones, oldest first."""
    order = Window.partitionBy("customer_index").orderBy(F.desc("at"), F.desc("item_index"))
    late = known.withColumn("newer", F.row_number().over(order)).where(F.col("newer") <= newest)
    rows = F.sort_array(F.collect_list(F.struct("at", "item_index")))
    return late.groupBy(F.col("customer_index").cast("int").alias("id")).agg(rows["item_index"].alias("items"))


def _drawn(histories: DataFrame, numbers: Ints, params: LstmParams) -> list[Ints]:
    """Bound: `customers` times `newest` numbers come to the driver."""
    some = histories.withColumn("lot", F.xxhash64("id", F.lit(params.seed))).orderBy("lot", "id").limit(params.customers)
    rows = some.select("lot", "id", "items").toPandas().sort_values(["lot", "id"])
    return [(np.searchsorted(numbers, items) + 1).astype(np.int32) for items in rows["items"]]


def _popularity(sequences: list[Ints], items: int, negatives: int) -> Floats:
    """The log odds that an item came next, and was not drawn, where nothing else is known: vectors begin where biases end."""
    counts = np.bincount(np.concatenate(sequences), minlength=items + 1) + 1.0
    odds = counts / counts[1:].mean() / negatives
    logs: Floats = np.log(odds)[:, None].astype(np.float32)
    return logs


def _model(keras: Any, items: int, length: int, params: LstmParams) -> Any:
    """Logits: sequences x places x (the next item, and all negatives)."""
    read, asked = keras.Input((length,), dtype="int32"), keras.Input((length,), dtype="int32")
    against = keras.Input((params.negatives,), dtype="int32")
    ops, small = keras.ops, keras.initializers.RandomNormal(stddev=0.1)
    vectors = keras.layers.Embedding(items + 1, params.rank, embeddings_initializer=small, name="items")
    biases = keras.layers.Embedding(items + 1, 1, embeddings_initializer="zeros", name="biases")
    heard = keras.layers.Dropout(params.dropout)(vectors(read))
    state = keras.layers.LSTM(params.rank, return_sequences=True, name="gates")(heard, mask=ops.not_equal(read, NOTHING))
    state = keras.layers.Dropout(params.dropout)(state)
    next_one = ops.sum(state * vectors(asked), axis=2, keepdims=True) + biases(asked)
    others = ops.einsum("blr,bnr->bln", state, vectors(against)) + ops.swapaxes(biases(against), 1, 2)
    return keras.Model([read, asked, against], ops.concatenate([next_one, others], axis=2))


def _loss(keras: Any) -> Callable[[Any, Any], Any]:
    """Mean binary cross-entropy of logits, over all labels that are not below 0."""
    ops = keras.ops

    def loss(labels: Any, logits: Any) -> Any:
        asked = ops.cast(labels >= 0, "float32")
        return ops.sum(asked * (ops.softplus(logits) - labels * logits)) / ops.sum(asked)

    return loss


def _network(weights: dict[str, Floats]) -> Network:
    def named(end: str) -> Floats:
        (found,) = [weight for path, weight in weights.items() if path.endswith(end)]
        return found

    gates = [named(f"gates/lstm_cell/{name}") for name in ("kernel", "recurrent_kernel", "bias")]
    return Network(named("items/embeddings"), named("biases/embeddings")[:, 0], *gates)


def _stated(network: Network, numbers: Ints, length: int) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """The state of each customer, and 1 for the item's bias."""

    def stated(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for rows in batches:
            read = padded([np.searchsorted(numbers, items) + 1 for items in rows["items"]], length)
            filled = np.pad(read, ((0, -len(read) % PIECE), (0, 0)))
            pieces = [states(network, filled[at : at + PIECE]) for at in range(0, len(filled), PIECE)]
            found = np.concatenate([*pieces, np.zeros((0, network.recurrent.shape[0]), np.float32)])[: len(read)]
            values = np.c_[found, np.ones(len(read), np.float32)]
            yield pd.DataFrame({"id": rows["id"], "indices": None, "values": list(values)})

    return stated


def _items(network: Network, numbers: Ints) -> pa.Table:
    values = np.c_[network.items[1:], network.biases[1:]].astype(np.float32)
    ids = pa.array(numbers.astype(np.int32))
    nothing = pa.nulls(len(numbers), pa.list_(pa.int32()))
    return pa.table({"id": ids, "indices": nothing, "values": pa.array(list(values), pa.list_(pa.float32()))})
