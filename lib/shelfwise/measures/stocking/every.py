"""Which policies are there, by name, and which of them see of demand no more than its mean and spread?"""

from shelfwise.measures.stocking.levels import (
    base_stock,
    mean_z,
    newsvendor_empirical,
    newsvendor_negative_binomial,
    newsvendor_poisson,
    smoothed,
)
from shelfwise.measures.stocking.lots import eoq, r_q, s_s
from shelfwise.measures.stocking.terms import Decide

TUNED = "tuned_z"  # mean_z with the z that would have been the cheapest over the warm-up
POLICIES: dict[str, Decide] = {
    "mean_z": mean_z,
    "eoq": eoq,
    "newsvendor_poisson": newsvendor_poisson,
    "newsvendor_negative_binomial": newsvendor_negative_binomial,
    "newsvendor_empirical": newsvendor_empirical,
    "base_stock": base_stock,
    "smoothed": smoothed,
    "r_q": r_q,
    "s_s": s_s,
}
NAMES = ("mean_z", TUNED, *(name for name in POLICIES if name != "mean_z"))
CLASSIC = ("mean_z", TUNED, "eoq")
