"""Session-kNN: scores worked by hand, the published one as its special case, an order that sets can't know."""

import numpy as np
import pytest

from shelfwise.core.frames import local_frame
from shelfwise.recommend.models.neighbours import NeighbourParams, item_neighbours
from shelfwise.recommend.models.sessions import SessionParams, session_neighbours
from shelfwise.recommend.vectors import best, scores

TAKEN = "customer_index int, item_index int, strength float, at double"
PARAMS = SessionParams(memory=1.0, reach=1.0, before=0.5, rarity=1.0, half_life=1.0)
ENDLESS = 1e12
ALL_ALIKE = SessionParams(nearest=100, memory=ENDLESS, reach=ENDLESS, half_life=ENDLESS, rarity=0.0, before=1.0)


def taken(spark, *rows):
    """customer, item, time."""
    return local_frame(spark, [(c, i, 1.0, float(at)) for c, i, at in rows], TAKEN)


def told(known, params, k=5):
    """customer and item: score."""
    found = best(session_neighbours(known, params), known, k).collect()
    return {(row["customer_index"], row["item_index"]): row["score"] for row in found}


def by_hand(spark):
    """Customer 0 took 1, then 2; customer 1 took 2, then 3; customer 2 took 4, then 1, and stopped halfway."""
    return taken(spark, (0, 1, 0), (0, 2, 10), (1, 2, 9), (1, 3, 10), (2, 4, 4), (2, 1, 5))


def test_scores_by_hand(spark):
    """Items 1 and 2 are in 2 of 3 sessions: rarity ln(1 + 3/2) = .9163. A session has 2 events: / sqrt(2).

    Customer 0: 2 is the newest (1), 1 lies one moment back (1/2). Session 1 has age 0: likeness .9163 / 1.4142 = .6479; session 2
    ended 5 of 10 before the end: .6479 / 2 * 2^-.5 = .2291. 3 came one moment after 2: .6479 / 2 = .3240. 4 came one before
    1: .2291 / 2 * .5 = .0573.
    """
    found = told(by_hand(spark), PARAMS)
    assert found[0, 3] == pytest.approx(0.3240, abs=1e-4)
    assert found[0, 4] == pytest.approx(0.0573, abs=1e-4)
    assert {item for customer, item in found if customer == 0} == {3, 4}


def test_only_the_nearest_and_the_newest_sessions_speak(spark):
    """Item 4 is not offered by one neighbour, by the two newest sessions (0's own and 1's), or where nothing before counts."""
    for few in ({"nearest": 1}, {"sessions": 2}, {"before": 0.0}):
        found = told(by_hand(spark), PARAMS.model_copy(update=few))
        assert {item for customer, item in found if customer == 0} == {3}


def test_what_has_one_moment_has_one_place(spark):
    """Customer 1 took 2, 3, 4 at once and 5 later: 3 and 4 count whole (d = 0), 5 half, to who has 2.

    Rarity 0, nobody fades: likeness 1 / sqrt(4) = .5.
    """
    known = taken(spark, (0, 2, 9), (1, 2, 1), (1, 3, 1), (1, 4, 1), (1, 5, 9))
    found = told(known, PARAMS.model_copy(update={"rarity": 0.0, "half_life": ENDLESS}))
    assert {item: score for (customer, item), score in found.items() if customer == 0} == pytest.approx({3: 0.5, 4: 0.5, 5: 0.25})


def test_a_gap_begins_another_session(spark):
    """Customer 0 had 1 long ago: with a gap only 2 speaks, and the neighbour that has 1 is none."""
    known = taken(spark, (0, 1, 0), (0, 2, 100), (1, 1, 98), (1, 3, 99), (2, 2, 99), (2, 4, 100))
    whole, parted = (told(known, SessionParams(gap=gap)) for gap in (None, 10.0))
    assert {item for customer, item in whole if customer == 0} == {3, 4}
    assert {item for customer, item in parted if customer == 0} == {4}


def test_with_all_weights_off_it_is_the_published_session_knn(spark):
    """NumPy on the whole matrix: sum over other sessions of common items / sqrt(n), for each item that they have."""
    draw = np.random.default_rng(3)
    matrix = (draw.uniform(size=(12, 9)) < 0.4).astype(float)
    matrix[:, :2] = 1.0
    known = taken(spark, *[(int(c), int(i), int(draw.integers(50))) for c, i in zip(*np.nonzero(matrix), strict=True)])
    likeness = matrix @ matrix.T / np.sqrt(matrix.sum(axis=1))
    np.fill_diagonal(likeness, 0.0)
    pairs = local_frame(spark, [(c, i) for c in range(12) for i in range(9)], "customer_index int, item_index int")
    found = np.zeros_like(matrix)
    for row in scores(session_neighbours(known, ALL_ALIKE), pairs).collect():
        found[row["customer_index"], row["item_index"]] = row["score"]
    # the item that both have is where a neighbour is met: what is already taken is never asked
    new = matrix == 0
    assert found[new] == pytest.approx((likeness @ matrix)[new], rel=1e-5)


def ring(spark):
    """Twelve items in a ring: 72 customers took five in a row, and customers 100 to 111 two, from their number less 100 on."""
    rows = [(c, (c + n) % 12, n) for c in range(72) for n in range(5)]
    return taken(spark, *rows, *[(100 + c, (c + n) % 12, n) for c in range(12) for n in range(2)])


def test_what_always_comes_next_is_told_where_sets_see_no_difference(spark):
    """After x - 1 and x comes x + 1; x - 2 was taken with them as often, and to item-kNN it is as good."""
    known = ring(spark)
    first = {customer: item for customer, item in told(known, SessionParams(), k=1) if customer >= 100}
    assert first == {100 + c: (c + 2) % 12 for c in range(12)}
    as_sets = best(item_neighbours(known, NeighbourParams()), known, 2).where("customer_index = 103").collect()
    assert {row["item_index"] for row in as_sets} == {2, 5}
    assert as_sets[0]["score"] == pytest.approx(as_sets[1]["score"])


def test_partitions_move_nothing(spark):
    known = ring(spark)
    assert told(known, SessionParams()) == told(known.repartition(7, "item_index"), SessionParams())
