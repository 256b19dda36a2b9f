"""Random numbers that depend on what they are for, never on the order of asking: any partition draws the same.

A draw is a hash of (seed, stream, ids), as in counter-based generators (Salmon et al. 2011, *Parallel random numbers: as easy
as 1, 2, 3*); the mixing function is SplitMix64's (Steele, Lea & Flood 2014). Other laws come by inversion.
"""

import zlib
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import gammaincinv, ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(words: Words) -> Words:
    """SplitMix64's finaliser: every input bit moves every output bit."""
    z = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@dataclass(frozen=True)
class Draws:
    """All randomness under one seed. `stream` names what is drawn, `ids` (integers, broadcast together) for whom."""

    seed: int

    def words(self, stream: str, *ids: ArrayLike) -> Words:
        """64 random bits per combination of ids."""
        start = np.array([self.seed, zlib.crc32(stream.encode())], dtype=np.int64).astype(np.uint64)
        with np.errstate(over="ignore"):
            state = mix(mix(start[:1] + GOLDEN) + start[1:] * GOLDEN)
            for one in ids:
                # not broadcast before it has to be: a column of ids and a row of others are mixed at their own sizes
                state = mix(state + (np.asarray(one, dtype=np.int64).astype(np.uint64) + np.uint64(1)) * GOLDEN)
        # NumPy lays large broadcast arrays out otherwise than small ones, and adds up along an axis as they are laid out
        return np.ascontiguousarray(state)

    def uniform(self, stream: str, *ids: ArrayLike) -> Floats:
        """In the open interval from 0 to 1."""
        # 52 bits, not 53: the half step that keeps off 0 would round the largest up to 1
        drawn: Floats = (self.words(stream, *ids) >> np.uint64(12)).astype(np.float64) * 2.0**-52 + 2.0**-53
        return drawn

    def normal(self, stream: str, *ids: ArrayLike) -> Floats:
        return np.asarray(ndtri(self.uniform(stream, *ids)))

    def below(self, count: ArrayLike, stream: str, *ids: ArrayLike) -> Ints:
        """Whole numbers from 0 to count - 1."""
        return whole(np.floor(self.uniform(stream, *ids) * np.asarray(count)))

    def poisson(self, mean: Floats | float, stream: str, *ids: ArrayLike) -> Ints:
        return whole(np.asarray(stats.poisson.ppf(self.uniform(stream, *ids), mean)))

    def binomial(self, count: Ints, share: Floats | float, stream: str, *ids: ArrayLike) -> Ints:
        return whole(np.asarray(stats.binom.ppf(self.uniform(stream, *ids), count, share)))

    def gamma(self, shape: float, stream: str, *ids: ArrayLike) -> Floats:
        """Of scale 1."""
        return np.asarray(gammaincinv(shape, self.uniform(stream, *ids)), dtype=np.float64)

    def pick(self, weights: ArrayLike, stream: str, *ids: ArrayLike) -> Ints:
        """Places in `weights`, drawn in proportion to them."""
        return place(np.cumsum(np.asarray(weights, dtype=np.float64)), self.uniform(stream, *ids))


def word(name: str) -> int:
    """64 bits that stand for a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def place(cumulated: Floats, uniform: Floats) -> Ints:
    """Where each uniform number falls among cumulated weights."""
    found = np.searchsorted(cumulated, uniform * cumulated[-1], side="right")
    return whole(np.minimum(found, len(cumulated) - 1))


def whole(numbers: NDArray[Any]) -> Ints:
    counted: Ints = numbers.astype(np.int64)
    return counted
