"""How suppliers deliver: known laws of lead time, lateness, short deliveries and defects.

lead days = 1 + Poisson(mean - 1), and with probability `late` a further 1 + Poisson(LATE_DAYS - 1)
delivered = Binomial(ordered, 1 - short),  defective = Binomial(delivered, defects)
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.spec import WEEK, Spec

LATE_DAYS = 6.0


@dataclass(frozen=True)
class Suppliers:
    """One entry per supplier."""

    mean_days: Floats  # of the lead time when not late
    late: Floats  # probability that a delivery is late
    short: Floats  # share of ordered units that do not come
    defects: Floats  # share of delivered units that can't be sold
    review_day: Ints  # weekday on which the shop orders from it; 0 is the shop's first weekday

    @property
    def usual_days(self) -> Ints:
        """What supplier and shop agreed on: the mean, rounded up."""
        return np.ceil(self.mean_days).astype(np.int64)

    def lead_days(self, spec: Spec, supplier: Ints, location: int, item: Ints, day: int) -> Ints:
        """At least 1."""
        draws, key = Draws(spec.seed), (location, item, day)
        late = draws.uniform("late", *key) < self.late[supplier]
        extra = 1 + draws.poisson(LATE_DAYS - 1, "late days", *key)
        return 1 + draws.poisson(self.mean_days[supplier] - 1, "lead days", *key) + np.where(late, extra, 0)

    def delivered(self, spec: Spec, supplier: Ints, location: int, item: Ints, day: int, units: Ints) -> tuple[Ints, Ints]:
        """Units that come, and those of them that are defective."""
        draws, key = Draws(spec.seed), (location, item, day)
        come = draws.binomial(units, 1 - self.short[supplier], "short", *key)
        return come, draws.binomial(come, self.defects[supplier], "defective", *key)

    @property
    def true_mean_days(self) -> Floats:
        mean: Floats = self.mean_days + self.late * LATE_DAYS
        return mean


@cache
def suppliers(spec: Spec) -> Suppliers:
    draws, each = Draws(spec.seed), np.arange(spec.suppliers)
    return Suppliers(
        mean_days=3.0 + 12.0 * draws.uniform("mean lead days", each),
        late=0.02 + 0.18 * draws.uniform("late share", each),
        short=0.05 * draws.uniform("short share", each),
        defects=0.03 * draws.uniform("defect share", each),
        review_day=draws.below(WEEK, "review day", each),
    )
