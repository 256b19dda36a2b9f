"""Rules of ordering that are tried on a shop's own past, by what is lacking at a review.

* `met`: the plan's: the critical ratio's quantile of what can still be met (measures.met_demand);
* `all_demand`: that of all demand over lead time + review period, as if who finds an empty shelf waited;
* `mean_z`: the textbook's safety stock, m (L + R) + z s sqrt(L + R), z the normal quantile of the ratio (Silver, Pyke & Thomas,
  ch. 7);
* `weeks_of_cover`: a buyer's rule of thumb: so many weeks at the last weeks' pace beyond lead time + review period.
"""

import numpy as np
from scipy.stats import nbinom, norm

from shelfwise.measures.replay import Floats, Lacks, Policy, lacking, weekly_law

COVER_WEEKS = 2  # beyond what the lead time and the review period will sell


def all_demand(mean: Floats, variance: Floats, position: Floats, policy: Policy) -> Floats:
    n, p = weekly_law(mean, variance)
    level = nbinom.ppf(policy.ratio, n * (policy.lead + policy.review), p)
    return np.asarray(np.where(mean > 0, np.maximum(level - position, 0), 0.0))


def mean_z(mean: Floats, variance: Floats, position: Floats, policy: Policy) -> Floats:
    weeks = policy.lead + policy.review
    level = np.ceil(mean * weeks + norm.ppf(policy.ratio) * np.sqrt(variance * weeks) - 0.5)
    return np.asarray(np.where(mean > 0, np.maximum(level - position, 0), 0.0))


def weeks_of_cover(mean: Floats, variance: Floats, position: Floats, policy: Policy) -> Floats:
    return np.asarray(np.maximum(np.ceil(mean * (policy.lead + policy.review + COVER_WEEKS) - 0.5) - position, 0))


RULES: dict[str, Lacks] = {"met": lacking, "all_demand": all_demand, "mean_z": mean_z, "weeks_of_cover": weeks_of_cover}
