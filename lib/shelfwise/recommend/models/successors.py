"""Which item came next, and which did not? What sequences of items teach a network, and what is held back from it.

Items are numbers from 1 on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shelfwise.recommend.vectors import Floats, Ints

NOTHING = 0  # stands after the end of a sequence
HELD_OUT = 5  # one customer in so many says when to stop
Batch = tuple[list[Ints], Floats]  # what is read, what came next and what is drawn against it; labels


@dataclass(frozen=True)
class Lessons:
    """Rows of `length` items: what is read, what came next (NOTHING: not asked), and all of the customer's items."""

    read: Ints
    asked: Ints
    own: Ints


def parted(sequences: list[Ints], length: int) -> tuple[Lessons, Lessons]:
    """What is learnt from, and the newest items that are held back."""
    held = [one for one in sequences[::HELD_OUT] if len(one) > 1]
    others = [one[:-1] if n % HELD_OUT == 0 else one for n, one in enumerate(sequences)]
    taught, exam = lessons(others, sequences, length), lasts(held, length)
    if not len(taught.read) or not len(exam.read):
        raise ValueError("an LSTM learns what comes next, and too few customers took several items.")
    return taught, exam


def lessons(sequences: list[Ints], wholes: list[Ints], length: int) -> Lessons:
    """Each piece of a sequence, with the item after each of its items; `wholes`: with what is held back, which is no negative."""
    pieces = [(one, whole, at) for one, whole in zip(sequences, wholes, strict=True) for at in range(0, len(one) - 1, length)]
    read = [one[at : min(at + length, len(one) - 1)] for one, _, at in pieces]
    asked = [one[at + 1 : at + 1 + length] for one, _, at in pieces]
    return Lessons(padded(read, length), padded(asked, length), padded([whole for _, whole, _ in pieces], longest(wholes)))


def lasts(sequences: list[Ints], length: int) -> Lessons:
    """Of each sequence the newest items but one, and the newest one as what came next."""
    read = [one[:-1][-length:] for one in sequences]
    asked = [np.r_[np.zeros(len(row) - 1, np.int32), one[-1:]] for row, one in zip(read, sequences, strict=True)]
    return Lessons(padded(read, length), padded(asked, length), padded(sequences, longest(sequences)))


def longest(sequences: list[Ints]) -> int:
    return max(map(len, sequences), default=0)


def padded(rows: list[Ints], length: int) -> Ints:
    full = np.full((len(rows), length), NOTHING, np.int32)
    for row, items in zip(full, rows, strict=True):
        row[: len(items)] = items
    return full


def batches(
    taught: Lessons, items: int, size: int, negatives: int, drawn: np.random.Generator
) -> Iterator[tuple[list[Ints], Floats]]:
    """For ever, epoch after epoch, in another order each; the last batch of an epoch is filled up with lessons of its start."""
    steps = -(-len(taught.read) // size)
    while True:
        order = np.resize(drawn.permutation(len(taught.read)).astype(np.int32), steps * size)
        for rows in np.split(order, steps):
            yield batch(taught, rows, items, negatives, drawn)


def batch(taught: Lessons, rows: Ints, items: int, negatives: int, drawn: np.random.Generator) -> Batch:
    """Labels: 1, 0, and -1 for what is not asked."""
    read, asked, own = taught.read[rows], taught.asked[rows], taught.own[rows]
    against = drawn.integers(1, items + 1, (len(rows), negatives), dtype=np.int32)
    free = np.stack([~np.isin(some, mine) for some, mine in zip(against, own, strict=True)])
    there = asked != NOTHING
    negative = np.where(there[:, :, None] & free[:, None, :], 0.0, -1.0)
    labels = np.concatenate([np.where(there, 1.0, -1.0)[:, :, None], negative], axis=2)
    return [read, asked, against], labels.astype(np.float32)
