"""Tests of the shop on its customers: who is in which arm, when, and what the arm does to the units wanted per visit."""

from dataclasses import dataclass

import numpy as np

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.spec import Spec


@dataclass(frozen=True)
class Experiment:
    """Runs from `first` to `last` (shares of the shop's days); half of the customers are treated."""

    name: str
    first: float
    last: float
    effect: float  # treated customers want (1 + effect) times the units


EXPERIMENTS = (
    Experiment("free_delivery", 0.30, 0.45, 0.08),
    Experiment("new_layout", 0.50, 0.65, -0.03),
    Experiment("reminder_mail", 0.70, 0.85, 0.0),
)


def days_of(spec: Spec, one: Experiment) -> tuple[int, int]:
    """First day, and first day after the last."""
    return int(spec.days * one.first), int(spec.days * one.last)


def treated(spec: Spec, one: Experiment, customers: Ints) -> Ints:
    """1 where the customer is in the treated arm."""
    return (Draws(spec.seed).uniform(f"arm of {one.name}", customers) < 0.5).astype(np.int64)


def appetite(spec: Spec, customers: Ints, days: Ints) -> Floats:
    """What multiplies the units that each customer wants on each day (aligned arrays)."""
    factor = np.ones(np.broadcast(customers, days).shape)
    for one in EXPERIMENTS:
        first, end = days_of(spec, one)
        running = (days >= first) & (days < end)
        factor = factor * np.where(running, 1 + one.effect * treated(spec, one, customers), 1.0)
    return factor
