"""Which policies are there, by name, and which of them see of demand no more than its mean and spread?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shelfwise.measures.stocking.levels import (
    base_stock,
    mean_z,
    newsvendor_empirical,
    newsvendor_negative_binomial,
    newsvendor_poisson,
    smoothed,
    with_ratio,
    with_z,
)
from shelfwise.measures.stocking.lots import eoq, r_q, s_s
from shelfwise.measures.stocking.met import met_empirical, met_negative_binomial, met_poisson
from shelfwise.measures.stocking.terms import Decide


@dataclass(frozen=True)
class Tuned:
    """A policy with one setting for all items: the one of `settings` that would have been the cheapest over the warm-up."""

    make: Callable[[float], Decide]
    settings: tuple[float, ...]


POLICIES: dict[str, Decide] = {
    "mean_z": mean_z,
    "eoq": eoq,
    "newsvendor_poisson": newsvendor_poisson,
    "newsvendor_negative_binomial": newsvendor_negative_binomial,
    "newsvendor_empirical": newsvendor_empirical,
    "met_poisson": met_poisson,
    "met_negative_binomial": met_negative_binomial,
    "met_empirical": met_empirical,
    "base_stock": base_stock,
    "smoothed": smoothed,
    "r_q": r_q,
    "s_s": s_s,
}
TUNED = {
    "tuned_z": Tuned(with_z, tuple(step / 4 - 1 for step in range(21))),  # -1 to 4
    "tuned_quantile": Tuned(with_ratio, tuple(step / 20 for step in range(4, 20))),  # .2 to .95
}
NAMES = (*POLICIES, *TUNED)
CLASSIC = ("mean_z", "tuned_z", "eoq")


def decisions(names: Sequence[str], settings: Mapping[str, float]) -> dict[str, Decide]:
    """`settings`: of each tuned one that is named."""
    return {name: TUNED[name].make(settings[name]) if name in TUNED else POLICIES[name] for name in names}
