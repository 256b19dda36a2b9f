"""Draws: the published generator, the promised laws, and nothing that depends on who asks, when, or beside whom."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shelfwise.measures.streams import GOLDEN, Draws, mix, place

DRAWS = Draws(7)
IDS = np.arange(20_000)
ALL = 2**64


def finalised(word: int) -> int:
    """SplitMix64's finaliser in Python's own whole numbers."""
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 % ALL
    word = (word ^ word >> 27) * 0x94D049BB133111EB % ALL
    return word ^ word >> 31


def word_of(seed: int, stream: str, *ids: int) -> int:
    state = finalised((finalised((seed + int(GOLDEN)) % ALL) + zlib.crc32(stream.encode()) * int(GOLDEN)) % ALL)
    for one in ids:
        state = finalised((state + (one + 1) * int(GOLDEN)) % ALL)
    return state


def fits(counts, expected) -> bool:
    """Chi-square on counts of independent draws, at one in 10,000."""
    return stats.chisquare(counts, np.asarray(expected) * (np.sum(counts) / np.sum(expected))).pvalue > 1e-4


def unrelated(one, other) -> bool:
    return abs(np.corrcoef(np.ravel(one), np.ravel(other))[0, 1]) < 4 / np.sqrt(np.size(one))


def test_the_mixing_function_gives_the_published_numbers():
    """SplitMix64 from state 1234567: each state is the one before plus GOLDEN, each number its mix."""
    states = [(1234567 + step * int(GOLDEN)) % ALL for step in range(1, 6)]
    assert mix(np.array(states, dtype=np.uint64)).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(
    st.integers(0, 2**63 - 1),
    st.sampled_from(["visit", "units", ""]),
    st.lists(st.tuples(st.integers(-1, 2**40), st.integers(0, 2**40)), min_size=1, max_size=50),
)
def test_a_word_is_the_mix_of_seed_stream_and_ids(seed, stream, pairs):
    first, second = np.array(pairs, dtype=np.int64).T
    expected = [word_of(seed, stream, *pair) for pair in pairs]
    assert Draws(seed).words(stream, first, second).tolist() == expected


def test_a_uniform_number_is_the_middle_of_its_step():
    """The upper 52 bits count steps of 2^-52: a word of 5 * 2^12 + 4095 gives 5.5 steps."""
    for word, steps in ((0, 0.5), (5 * 2**12 + 4095, 5.5), (ALL - 1, 2**52 - 0.5)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Draws, "words", lambda self, stream, word=word: np.array([word], dtype=np.uint64))
            drawn = DRAWS.uniform("any")
        assert drawn.tolist() == [steps * 2.0**-52]
        assert 0 < drawn[0] < 1


def test_uniform_numbers_are_uniform():
    for drawn in (DRAWS.uniform("visit", IDS), DRAWS.uniform("visit", 3, IDS), DRAWS.uniform("visit", IDS, 3, 5)):
        assert stats.kstest(drawn, "uniform").pvalue > 1e-4


def test_every_bit_is_set_half_of_the_time():
    """20,000 words: 10,000 +- 4.5 * 70.7 for each of 64 bits."""
    words = DRAWS.words("bits", IDS)
    for bit in range(64):
        assert int((words >> np.uint64(bit) & np.uint64(1)).sum()) == pytest.approx(10_000, abs=4.5 * np.sqrt(5_000))


def test_no_two_words_are_alike():
    assert len(np.unique(DRAWS.words("grid", IDS[:400, None], IDS[None, :400]))) == 160_000


def test_streams_seeds_and_neighbours_have_nothing_to_do_with_one_another():
    base = DRAWS.uniform("visit", IDS)
    assert unrelated(base, DRAWS.uniform("visits", IDS))
    assert unrelated(base, Draws(8).uniform("visit", IDS))
    assert unrelated(base[1:], base[:-1])
    assert unrelated(base, DRAWS.uniform("visit", IDS, 0))


def test_the_place_of_an_id_counts():
    rows, columns = IDS[:150, None], IDS[None, :150]
    grid = DRAWS.uniform("grid", rows, columns)
    above = np.triu_indices(150, 1)
    assert unrelated(grid[above], grid.T[above])
    assert unrelated(grid[1:], grid[:-1])
    assert unrelated(grid[:, 1:], grid[:, :-1])


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=200), st.randoms(use_true_random=False))
def test_a_draw_does_not_depend_on_its_batch_or_place(ids, shuffler):
    together = dict(zip(ids, DRAWS.uniform("visit", ids, 3).tolist(), strict=True))
    mixed = shuffler.sample(ids, len(ids))
    half = len(ids) // 2
    apart = [*DRAWS.uniform("visit", mixed[:half], 3).tolist(), *DRAWS.uniform("visit", mixed[half:], 3).tolist()]
    assert apart == [together[one] for one in mixed]


def test_ids_are_broadcast():
    """3 x 1 beside 1 x 4 is 3 x 4, each as if asked for alone; nobody asked for is nobody drawn."""
    grid = DRAWS.uniform("visit", np.arange(3)[:, None], np.arange(4)[None, :])
    assert grid.shape == (3, 4)
    assert grid[2, 1] == DRAWS.uniform("visit", 2, 1)[0]
    assert DRAWS.uniform("visit", IDS[:0], 5).shape == (0,)


def test_rows_of_draws_add_up_alike_however_many_are_asked_for():
    """To the last bit, which depends on the order of adding: 20,000 rows of 8 and their first 700."""
    many, few = (DRAWS.uniform("tastes", IDS[:count, None], np.arange(8)[None, :]) for count in (20_000, 700))
    assert many.flags.c_contiguous
    assert many[:700].sum(axis=1).tolist() == few.sum(axis=1).tolist()


def test_normal_and_gamma_numbers_follow_their_laws():
    assert stats.kstest(DRAWS.normal("any", IDS), "norm").pvalue > 1e-4
    assert stats.kstest(DRAWS.gamma(0.3, "any", IDS), stats.gamma(0.3).cdf).pvalue > 1e-4
    assert stats.kstest(DRAWS.gamma(4.0, "any", IDS), stats.gamma(4.0).cdf).pvalue > 1e-4


def test_poisson_counts_follow_their_law():
    """Counts 0 to 11 and the rest, at a mean of 3."""
    drawn = DRAWS.poisson(3.0, "units", IDS)
    each = stats.poisson(3.0).pmf(np.arange(12))
    assert fits(np.bincount(np.minimum(drawn, 12), minlength=13), [*each, 1 - each.sum()])


def test_each_poisson_count_has_its_own_mean():
    """Means 0, 1, 2, 3 in turn, 5,000 draws each: sums of 0, 5,000, 10,000, 15,000, each +- 4 roots."""
    mean = (IDS % 4).astype(float)
    drawn = DRAWS.poisson(mean, "units", IDS)
    for k in range(4):
        assert drawn[k::4].sum() == pytest.approx(5_000 * k, abs=4 * np.sqrt(5_000 * k))


def test_binomial_counts_follow_their_law():
    drawn = DRAWS.binomial(np.full(len(IDS), 6), 0.3, "short", IDS)
    assert fits(np.bincount(drawn, minlength=7), stats.binom(6, 0.3).pmf(np.arange(7)))


def test_of_none_come_none_and_what_is_sure_comes_whole():
    count = IDS % 5
    assert (DRAWS.binomial(count, 1.0, "short", IDS) == count).all()
    assert (DRAWS.binomial(count, 0.0, "short", IDS) == 0).all()
    assert (DRAWS.binomial(count, 0.9, "short", IDS)[count == 0] == 0).all()


def test_numbers_below_a_count_are_even():
    assert fits(np.bincount(DRAWS.below(7, "weekday", IDS), minlength=7), np.ones(7))
    several = DRAWS.below(IDS % 3 + 1, "each", IDS)
    assert (several[IDS % 3 == 0] == 0).all()
    assert fits(np.bincount(several[IDS % 3 == 2], minlength=3), np.ones(3))


def test_picks_are_in_proportion_to_weights():
    """Weights need not add up to 1; what weighs nothing is never picked, first, last or between."""
    picked = np.bincount(DRAWS.pick([0.0, 1.0, 0.0, 3.0, 6.0, 0.0], "segment", IDS), minlength=6)
    assert picked[[0, 2, 5]].tolist() == [0, 0, 0]
    assert fits(picked[[1, 3, 4]], [1, 3, 6])


def test_a_number_falls_where_the_cumulated_weights_pass_it():
    """Of weights 1, 0, 2 the first ends at a third; the number 1 itself would fall beyond the last."""
    assert place(np.array([1.0, 1.0, 3.0]), np.array([0.0, 0.33, 0.34, 0.99, 1.0])).tolist() == [0, 0, 2, 2, 2]
    assert place(np.array([1.0, 1.0, 2.0]), np.array([0.5])).tolist() == [2]
