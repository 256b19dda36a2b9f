"""When does an order arrive? Drawn for each item and period, whoever asks, in whatever order.

A stream for each item (Philox, a counter-based generator: Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*), its
key a hash of seed and item, its counter the period: all policies meet the same lead times.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from shelfwise.measures.policies.laws import Floats, Ints
from shelfwise.measures.stocking.terms import Terms


def lead_times(items: Sequence[str], periods: int, terms: Terms, seed: int) -> Ints:
    """Whole periods, items x periods, of an order that is placed at the period's end."""
    if len(terms.covers) == 1:
        return np.full((len(items), periods), terms.longest, dtype=np.int64)
    uniform = np.stack([_stream(item, periods, seed) for item in items])
    drawn = np.searchsorted(np.cumsum(terms.lead), uniform, side="right")
    return np.minimum(drawn, terms.longest)


def _stream(item: str, periods: int, seed: int) -> Floats:
    key = blake2b(f"{seed}|{item}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big"))).random(periods)
