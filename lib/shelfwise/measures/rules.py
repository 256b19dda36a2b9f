"""Rules of ordering that are tried on a shop's own past, by what is lacking at a review.

* `met`: the plan's: the critical ratio's quantile of what can still be met (measures.met_demand);
* `all_demand`: that of all demand over lead time + review period, as if who finds an empty shelf waited;
* `mean_z`: the textbook's safety stock, m (L + R) + z s sqrt(L + R), z the normal quantile of the ratio (Silver, Pyke & Thomas,
  ch. 7);
* `weeks_of_cover`: a buyer's rule of thumb: so many weeks at the last weeks' pace beyond lead time + review period.
"""

import numpy as np
from scipy.stats import nbinom, norm

from shelfwise.measures.replay import LEAST_DISPERSION, Floats, Lacks, Policy, lacking

COVER_WEEKS = 2  # beyond what the lead time and the review period will sell


def all_demand(mean: Floats, variance: Floats, position: Floats, policy: Policy) -> Floats:
    level, some = np.zeros(mean.shape), mean > 0
    m = mean[some]
    v = np.maximum(variance[some], LEAST_DISPERSION * m)
    n = m * m / (v - m) * (policy.lead + policy.review)[some]
    level[some] = nbinom.ppf(policy.ratio[some], n, m / v)
    return np.maximum(level - position, 0)


def mean_z(mean: Floats, variance: Floats, position: Floats, policy: Policy) -> Floats:
    weeks = policy.lead + policy.review
    level = np.ceil(mean * weeks + norm.ppf(policy.ratio) * np.sqrt(variance * weeks) - 0.5)
    return np.asarray(np.where(mean > 0, np.maximum(level - position, 0), 0.0))


def weeks_of_cover(mean: Floats, variance: Floats, position: Floats, policy: Policy) -> Floats:
    return np.asarray(np.maximum(np.ceil(mean * (policy.lead + policy.review + COVER_WEEKS) - 0.5) - position, 0))


RULES: dict[str, Lacks] = {"met": lacking, "all_demand": all_demand, "mean_z": mean_z, "weeks_of_cover": weeks_of_cover}
