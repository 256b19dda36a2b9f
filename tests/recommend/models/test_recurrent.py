"""The LSTM of items: it learns an order that sets can't know, stops when it should, stays what it was, and says what it needs."""

import sys

import numpy as np
import pytest

from shelfwise.core.errors import SettingsError
from shelfwise.core.frames import local_frame
from shelfwise.recommend.models.recurrent import LstmParams, learnt, next_items, states
from shelfwise.recommend.models.successors import NOTHING, batch, lasts, lessons, padded
from shelfwise.recommend.own.command import NAMES, chosen_models
from shelfwise.recommend.vectors import best

TAKEN = "customer_index int, item_index int, strength float, at double"
PARAMS = LstmParams(rank=12, length=6, negatives=12, batch=16, step=0.02, dropout=0.0, epochs=30, patience=5)


def runs(*lengths):
    """By customer, in a ring of twelve items: so many in a row, from the customer's number on."""
    return {c: [(c + n) % 12 for n in range(length)] for c, length in enumerate(lengths)}


def taken(spark, histories):
    rows = [(c, item, 1.0, float(at)) for c, items in histories.items() for at, item in enumerate(items)]
    return local_frame(spark, rows, TAKEN)


def test_it_learns_what_always_comes_next(spark):
    """72 customers took five in a row; twelve took two, x - 1 and x: next is x + 1, though x - 2 was as often in their company."""
    known = taken(spark, runs(*[5] * 72, *[2] * 12))
    first = best(next_items(known, PARAMS), known, 1).where("customer_index >= 72").collect()
    right = [row["item_index"] == (row["customer_index"] + 2) % 12 for row in first]
    assert len(right) == 12
    assert np.mean(right) > 0.9


def test_partitions_move_nothing(spark):
    known = taken(spark, runs(*range(2, 9), *range(2, 9)))
    few = PARAMS.model_copy(update={"epochs": 2})
    one, other = (next_items(frame, few) for frame in (known, known.repartition(5, "item_index")))
    for side in ("customers", "items"):
        rows = [{row["id"]: list(row["values"]) for row in getattr(vectors, side).collect()} for vectors in (one, other)]
        assert rows[0] == rows[1]
    assert len(one.customers.first()["values"]) == PARAMS.rank + 1


def test_it_stops_where_what_is_held_back_gains_no_more_and_keeps_the_best():
    """Noise: the loss of the held-back items soon rises; it goes on for `patience` epochs, and is what it was at the best one."""
    draw = np.random.default_rng(2)
    noise = [draw.permutation(np.arange(1, 31))[:6].astype(np.int32) for _ in range(60)]
    params = PARAMS.model_copy(update={"patience": 3, "epochs": 100})
    network, losses = learnt(noise, 30, params)
    assert len(losses) < 100
    assert int(np.argmin(losses)) == len(losses) - 1 - params.patience
    best_one, _ = learnt(noise, 30, params.model_copy(update={"epochs": len(losses) - params.patience}))
    assert network.items == pytest.approx(best_one.items, abs=1e-6)


def test_states_are_those_of_keras():
    import keras

    network, _ = learnt([np.array([1, 2, 3, 4], np.int32)] * 6, 5, PARAMS.model_copy(update={"epochs": 1}))
    read = np.array([[3, 1, 2, 5]], np.int32)
    layer = keras.layers.LSTM(PARAMS.rank)
    heard = network.items[read]
    layer.build(heard.shape)
    layer.set_weights([network.kernel, network.recurrent, network.gates])
    wanted = np.asarray(layer(heard))
    assert states(network, read) == pytest.approx(wanted, abs=1e-5)
    assert states(network, padded(list(read), 6)) == pytest.approx(wanted, abs=1e-5)


def test_lessons_by_hand():
    """1 to 5, two at a time: 1, 2 and then 2, 3; 3, 4 and then 4, 5. Of 7 alone nothing can be learnt."""
    sequences = [np.arange(1, 6, dtype=np.int32), np.array([7], np.int32)]
    taught = lessons(sequences, sequences, 2)
    assert taught.read.tolist() == [[1, 2], [3, 4]]
    assert taught.asked.tolist() == [[2, 3], [4, 5]]
    last = lasts([np.arange(1, 6, dtype=np.int32), np.array([8, 9], np.int32)], 2)
    assert last.read.tolist() == [[3, 4], [8, NOTHING]]
    assert last.asked.tolist() == [[NOTHING, 5], [9, NOTHING]]


def test_what_a_customer_took_is_never_drawn_against_it():
    """Items 1, 2, 3 and 5 of 5 are the customer's, the last held back: only 4 may stand against them, where something came next."""
    taught = lessons([np.array([1, 2, 3], np.int32)], [np.array([1, 2, 3, 5], np.int32)], 3)
    (_, asked, against), labels = batch(taught, np.array([0]), 5, 50, np.random.default_rng(1))
    assert asked.tolist() == [[2, 3, NOTHING]]
    assert labels[0, :, 0].tolist() == [1.0, 1.0, -1.0]
    assert (labels[0, :2, 1:] == np.where(against[0] == 4, 0.0, -1.0)).all()
    assert (labels[0, 2] == -1.0).all()
    assert {1, 2, 3, 4, 5} == set(against[0].tolist())


def test_single_items_teach_nothing():
    with pytest.raises(ValueError, match="too few customers"):
        learnt([np.array([1], np.int32)] * 10, 3, PARAMS)


def test_without_keras_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(SettingsError, match=r"lstm needs Keras and JAX: pip install 'shelfwise\[deep\]'"):
        chosen_models("popularity,lstm")
    with pytest.raises(SettingsError, match=r"lstm needs Keras and JAX"):
        learnt([], 3, PARAMS)
    assert "lstm" not in chosen_models(None)
    assert set(NAMES) - set(chosen_models(None)) == {"lstm"}
