"""Does a planted shop do what its truth and its page say? Textbook estimates, their 95 % intervals, 20 seeds.

    .venv/bin/python benchmarks/planted_truths.py [FIRST LAST]

Protocol: for each seed a shop of its own, made in memory by the functions that `shelfwise simulate` runs on the cluster; each
parameter is estimated from its wants, slots, orders and payments by the textbook's estimator for it, and the 95 % interval is asked
whether it holds the planted value. Per mechanism the share of intervals that do must not be rejected as 95 % by an exact binomial
test at 1 %. Each line: NAME value goal PASS|FAIL.

Shares have exact intervals (Clopper & Pearson), which hold a little more than 95 %; means Student's; how the others come about
stands with each estimate:
- planted_demand: what moves demand. Poisson maximum likelihood of an item-week's wants, the other mechanisms given as the truth
  has them, with standard errors clustered by week, since wants of one visit come together; a category's slope hangs on the few
  weeks in which its bestsellers were promoted, so the errors are corrected for leverage and Student's t has Bell & McCaffrey's
  degrees of freedom (2002, *Survey Methodology* 28; Cameron & Miller 2015, *A practitioner's guide to cluster-robust inference*,
  VI.D)
- planted_traffic: weekdays, eves of holidays, advertising; planted_pages: clicks, carts, purchases, propensities
- planted_people: segments, visits, trips, reviews; planted_credit: defaults, losses, payments
- planted_supply: suppliers, shelves, parcels
- here: promotions, churn, experiments

Intervals of one mechanism in one shop share data (the slopes of a regression, shares that add up to one), which the binomial test
does not know. Not estimated: days (breaks, launches), what a category or item was drawn from once, how the transit of a carrier
scatters, and the law of leniency.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from lines import Line, said
from planted_credit import defaults, payments, recoveries
from planted_demand import demand
from planted_intervals import Interval, about, share
from planted_pages import pages
from planted_people import customers, opinions, trips
from planted_supply import supply
from planted_traffic import traffic
from scipy import stats

from shelfwise.simulate import credit
from shelfwise.simulate.experiments import EXPERIMENTS, days_of, treated
from shelfwise.simulate.people import HAZARDS, SEGMENTS, people
from shelfwise.simulate.plans import DEPTHS, DISCOUNT, DISPLAYED, KIND_SHARES, MAILED, NONE, PROMOTED, plans
from shelfwise.simulate.shopping import FROM_SLOT, shop
from shelfwise.simulate.spec import WEEK, Spec

SEEDS = 20
SHOP = Spec(days=364, customers=1_000, items=320, suppliers=24, locations=2, seed=0)
MANY = replace(SHOP, customers=40_000)  # for laws of single customers, which need no shopping
RESULTS = Path(__file__).parent / "results" / "planted_truths.json"


def main(first: int, last: int) -> int:
    found = [one for seed in range(first, last + 1) for one in intervals(seed)]
    lines = [line(name, [one for one in found if one.mechanism == name]) for name in dict.fromkeys(one.mechanism for one in found)]
    return said(lines, RESULTS if (first, last) == (1, SEEDS) else None)


def line(name: str, found: list[Interval]) -> Line:
    held = sum(one.holds for one in found)
    fair = bool(stats.binomtest(held, len(found), 0.95).pvalue >= 0.01)
    return f"{name}: share of intervals that hold the truth", held / len(found), f".95 of {len(found)} (binomial test at 1 %)", fair


def intervals(seed: int) -> Iterator[Interval]:
    """Every parameter's interval in the shop of this seed."""
    spec, many = replace(SHOP, seed=seed), replace(MANY, seed=seed)
    wants, slots = shop(spec, np.arange(spec.customers))
    yield from demand(spec, wants)
    yield from planned(spec)
    yield from traffic(spec, slots)
    yield from pages(spec, slots)
    yield from trips(spec, wants, slots)
    yield from opinions(spec, wants)
    yield from supply(spec, wants, slots)
    yield from customers(many)
    yield from defaults(many, credit.BUSINESS)
    yield from defaults(replace(many, suppliers=4_000), credit.SUPPLIER)
    yield from recoveries(replace(many, customers=200_000), credit.BUSINESS)
    yield from recoveries(replace(many, suppliers=20_000), credit.SUPPLIER)
    yield from payments(many, credit.BUSINESS)
    yield from churn(many)
    yield from experiments(spec, wants)


def planned(spec: Spec) -> Iterator[Interval]:
    """Shares of item-weeks that are promoted, and of those by kind, depth, with a display, in the mailer."""
    plan = plans(spec)
    promoted = plan.kind != NONE
    cut = plan.depth[plan.kind == DISCOUNT]
    for name, truth, happened in (
        ("promoted", PROMOTED, promoted),
        *(("promotion kind", part, plan.kind[promoted] == kind + 1) for kind, part in enumerate(KIND_SHARES)),
        *(("depth of discounts", 1 / len(DEPTHS), cut == depth) for depth in DEPTHS),
        ("display or mailer", DISPLAYED, plan.display[promoted]),
        ("display or mailer", MAILED, plan.mailer[promoted]),
    ):
        yield Interval(name, truth, *share(happened.sum(), happened.size))


def churn(spec: Spec) -> Iterator[Interval]:
    """Weekly hazard of each segment: those who left, per week of membership."""
    who = people(spec, np.arange(spec.customers))
    last = np.minimum(who.left, spec.days)
    weeks = np.where(who.left < spec.days, (last - who.joined) // WEEK, -(-(last - who.joined) // WEEK) - 1)
    for segment in range(len(SEGMENTS)):
        mine = who.segment == segment
        yield Interval("churn hazard", float(HAZARDS[segment]), *share((who.left < spec.days)[mine].sum(), weeks[mine].sum()))


def experiments(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Log ratio of units wanted per customer, treated over control."""
    organic, customers = wants[wants["number"] < FROM_SLOT], np.arange(spec.customers)
    for one in EXPERIMENTS:
        first, end = days_of(spec, one)
        during = organic[(organic["day"] >= first) & (organic["day"] < end)]
        units = np.bincount(during["customer"], minlength=spec.customers).astype(float)
        arms = [units[treated(spec, one, customers) == arm] for arm in (1, 0)]
        error = np.sqrt(sum(arm.var(ddof=1) / len(arm) / arm.mean() ** 2 for arm in arms))
        log = np.log(arms[0].mean() / arms[1].mean())
        yield Interval("experiment effect", float(np.log1p(one.effect)), *about(log, error))


if __name__ == "__main__":
    sys.exit(main(*(int(seed) for seed in sys.argv[1:] or (1, SEEDS))))
