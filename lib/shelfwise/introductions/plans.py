"""Which opening orders of a candidate are worth a thought? The best one, and smaller ones for where money is short."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shelfwise.introductions import money
from shelfwise.introductions.scenarios import ScenarioParams, demand
from shelfwise.measures.evidence import Floats

OPENINGS = np.array([0.3, 0.5, 0.7, 0.85, 0.95])  # quantiles of early demand; the smallest order beside them


@dataclass(frozen=True)
class Trial:
    """An opening order and a stop rule, and what becomes of them."""

    rule: money.Rule
    opening: float
    outcome: money.Outcome

    @property
    def profit(self) -> float:
        return float(self.outcome.profit.mean())


def tried(row: dict[str, Any], terms: money.Terms, mean: Floats, law: Floats, week: int, params: ScenarioParams) -> list[Trial]:
    """Opening orders where the rule is read at the end of that week."""
    early, late = mean[:week], mean[week:]
    wanted = demand(
        params,
        row["item_id"],
        row["department"],
        early=early,
        late=late,
        law=law,
        scatter=float(row["scatter"]),
        late_weeks=np.asarray(row["late_weeks"], dtype=float),
    )
    rule = money.stop_rule(terms, early, late, law)
    sizes = [float(opening) for opening in money.openings(terms, wanted.early, OPENINGS)]
    return [Trial(rule, opening, money.outcome(terms, wanted, opening, rule, len(mean))) for opening in sizes]


def frontier(trials: Sequence[Trial]) -> list[Trial]:
    """That of the highest expected profit, then, ever smaller, the opening orders that earn most for a limited budget.

    These are the corners of the concave hull of expected profit over units ordered, from no order to the best one.
    """
    best = max(trials, key=lambda trial: (trial.profit, -trial.opening))
    by_units = sorted((trial for trial in trials if trial.opening < best.opening), key=lambda trial: (trial.opening, trial.profit))
    corners: list[Trial] = []
    for trial in [*by_units, best]:
        while corners and _slope(trial, corners[-1]) >= _slope(corners[-1], corners[-2] if len(corners) > 1 else None):
            corners.pop()
        corners.append(trial)
    return corners[::-1]


def _slope(trial: Trial, before: Trial | None = None) -> float:
    """Profit per unit ordered beyond the one before, or beyond nothing."""
    more = trial.opening - (before.opening if before else 0.0)
    gained = trial.profit - (before.profit if before else 0.0)
    return gained / more if more > 0 else float("inf")
