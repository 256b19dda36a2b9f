"""Who buys: latent tastes, segments, how much they carry home, visits, and when they leave.

Customer c visits on day t with probability rate_c * traffic_t while a member, and then wants basket_c * ... units on average, more
on a large trip than on a small one; tastes mix the items' affinities. A member leaves each week with the hazard of the segment
(geometric time).
"""

from dataclasses import dataclass

import numpy as np

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.catalogue import NEVER, TASTES, Bools
from shelfwise.simulate.spec import Spec

SEGMENTS = ("regular", "family", "occasional", "bargain")
SEGMENT_SHARES = np.array([0.35, 0.25, 0.25, 0.15])
VISITS = np.array([0.26, 0.14, 0.06, 0.13])  # mean probability of a visit on a day: calibrated
BASKETS = np.array([6.0, 16.0, 6.0, 12.0])  # mean units wanted per visit at list prices: calibrated
VISIT_SPREAD, BASKET_SPREAD = 0.75, 0.4  # sd of a customer's log visit rate and log basket within a segment: calibrated
TRIP_SHAPE = 1.0  # gamma shape of a trip's size, of mean 1: the smaller, the more small and large trips mix
TASTE_SHAPE = 0.2  # gamma shape of the tastes before they are mixed: the smaller, the more a customer has only one
HAZARDS = np.array([0.002, 0.001, 0.006, 0.004])  # probability of leaving, per week
WEB_SHARES = np.array([0.25, 0.35, 0.15, 0.20])  # share of visits that are to the web shop
JOIN_LATER = 0.15
LARGEST_VISIT_RATE = 0.45  # times the largest traffic (2.2) stays below 1
WEIGHT_UNIT = 1e-9  # demand weights are summed as whole numbers of this: sums then do not depend on their order


@dataclass(frozen=True)
class People:
    """One entry per customer."""

    ids: Ints
    segment: Ints
    tastes: Floats  # customers x tastes, sums to 1
    rate: Floats  # probability of a visit per day, at traffic 1
    basket: Floats  # mean units wanted per visit
    web: Floats  # share of visits to the web shop
    home: Ints  # location of the store
    joined: Ints  # first day as a member
    left: Ints  # first day after leaving; NEVER where the member stays beyond the last day

    def member(self, days: Ints) -> Bools:
        """Customers x days."""
        membership: Bools = (self.joined[:, None] <= days) & (days < self.left[:, None])
        return membership


def people(spec: Spec, ids: Ints) -> People:
    """Bound: the ids asked for."""
    draws = Draws(spec.seed)
    segment = draws.pick(SEGMENT_SHARES, "segment", ids)
    spread = np.exp(VISIT_SPREAD * draws.normal("visit rate", ids) - VISIT_SPREAD**2 / 2)
    size = np.exp(BASKET_SPREAD * draws.normal("basket", ids) - BASKET_SPREAD**2 / 2)
    later = draws.uniform("joins later", ids) < JOIN_LATER
    joined = np.where(later, draws.below(spec.days, "joined", ids), 0)
    mixed = draws.gamma(TASTE_SHAPE, "tastes", ids[:, None], np.arange(TASTES)[None, :]) + 1e-9
    return People(
        ids=ids,
        segment=segment,
        tastes=mixed / mixed.sum(axis=1, keepdims=True),
        rate=np.minimum(VISITS[segment] * spread, LARGEST_VISIT_RATE),
        basket=BASKETS[segment] * size,
        web=WEB_SHARES[segment],
        home=draws.below(spec.locations - 1, "home", ids),
        joined=joined,
        left=_leaving(spec, draws, ids, segment, joined),
    )


def _leaving(spec: Spec, draws: Draws, ids: Ints, segment: Ints, joined: Ints) -> Ints:
    """A whole number of weeks after joining: P(more than n weeks) = (1 - hazard)^n."""
    weeks = np.ceil(np.log(draws.uniform("leaving", ids)) / np.log1p(-HAZARDS[segment])).astype(np.int64)
    day = joined + 7 * weeks
    return np.where(day >= spec.days, NEVER, day)
