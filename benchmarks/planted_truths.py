"""Does a planted shop do what its truth says? Textbook estimates, their 95 % intervals, 20 seeds.

    .venv/bin/python benchmarks/planted_truths.py [FIRST LAST]

Protocol: for each seed a shop of its own, made in memory by the functions that `shelfwise simulate` runs on the cluster; each
parameter is estimated from its wants, slots, orders and payments by the textbook's estimator for it, and the 95 % interval is asked
whether it holds the planted value. Per mechanism the share of intervals that do must not be rejected as 95 % by an exact binomial
test at 1 %. Each line: NAME value goal PASS|FAIL.

- what moves demand (planted_demand): Poisson maximum likelihood of an item-week's wants, the other mechanisms given as the truth
  has them, with standard errors clustered by week, since wants of one visit come together; a category's slope hangs on the few
  weeks in which its bestsellers were promoted, so the errors are corrected for leverage and Student's t has Bell & McCaffrey's
  degrees of freedom (2002, *Survey Methodology* 28; Cameron & Miller 2015, *A practitioner's guide to cluster-robust inference*,
  VI.D)
- promotions: shares (Wilson)
- visits, trips, pages, reviews, segments (planted_people): each formula stands with its estimate there
- advertising, eves of holidays: weighted least squares of daily visits
- suppliers, shelves, parcels (planted_supply): means with Student's t, shares with exact intervals (Clopper & Pearson), late
  orders by their profile likelihood (Wilks)
- click probability: clicks at each position over the appeal of what was shown there at random (Joachims, Swaminathan & Schnabel
  2017, *Unbiased learning-to-rank with biased feedback*), normal
- carts and purchases of clicks: shares (Wilson's interval)
- default: logistic regression on the true features, one year; losses: a fractional logit; delays of payment: mean over what is
  expected
- churn: leavers per member-week (Clopper & Pearson)
- experiments: ratio of mean units per customer of the two arms, delta method
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from lines import Line, said
from planted_demand import Interval, Z, constants, demand, planned, traffic
from planted_people import clustered_logistic, customers, dwell, logistic, opinions, trips
from planted_supply import exact_share, supply
from scipy import stats

from shelfwise.simulate import credit, truths
from shelfwise.simulate.experiments import EXPERIMENTS, days_of, treated
from shelfwise.simulate.people import HAZARDS, SEGMENTS, people
from shelfwise.simulate.shopping import FROM_SLOT, SLOTS, shop
from shelfwise.simulate.spec import WEEK, Spec

SEEDS = 20
SHOP = Spec(days=364, customers=1_000, items=320, suppliers=24, locations=2, seed=0)
MANY = replace(SHOP, customers=40_000)  # for laws of single customers, which need no shopping
LEAST_CASES = 20
LONGEST_DELAY, PROMPT = 182, 0.3  # days; share past due: their mean delay is 13 days at most
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
    yield from positions(spec, slots)
    yield from conversions(spec, slots)
    yield from trips(spec, wants, slots)
    yield from dwell(spec, slots)
    yield from opinions(spec, wants)
    yield from supply(spec, wants, slots)
    yield from customers(many)
    yield from defaults(many, credit.BUSINESS)
    yield from defaults(replace(many, suppliers=4_000), credit.SUPPLIER)
    yield from recoveries(replace(many, customers=200_000), credit.BUSINESS)
    yield from recoveries(replace(many, suppliers=20_000), credit.SUPPLIER)
    yield from delays(many)
    yield from churn(many)
    yield from experiments(spec, wants)


def positions(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Probability that each position is looked at: clicks over what they would be were every slot looked at."""
    known, constant = truths.item_truth(spec, np.arange(spec.items)), constants(spec)
    tastes = np.stack(truths.customer_truth(spec, np.arange(spec.customers))["tastes"].to_list())
    item, customer = slots["item"].to_numpy(), slots["customer"].to_numpy()
    liking = constant["liked_little"] + constant["liked"] * tastes[customer, known["main_taste"].to_numpy()[item]]
    chance = known["appeal"].to_numpy()[item] * liking
    for place in range(SLOTS):
        here = slots["position"].to_numpy() == place + 1
        clicks, most = slots["clicked"].to_numpy()[here].sum(), chance[here].sum()
        error = np.sqrt(clicks * (1 - clicks / here.sum())) / most
        truth = float(constant[f"looked_at_{place + 1}"])
        yield Interval("click probability", truth, clicks / most - Z * error, clicks / most + Z * error)


def conversions(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Of each item with enough of them: carts per click, purchases per cart."""
    known = truths.item_truth(spec, np.arange(spec.items))
    for name, of, then in (("cart", "clicked", "carted"), ("buy", "carted", "bought")):
        asked = slots[slots[of]].groupby("item")[then].agg(["sum", "count"])
        for item, (happened, cases) in asked[asked["count"] >= LEAST_CASES].iterrows():
            bounds = stats.binomtest(int(happened), int(cases)).proportion_ci(0.95, method="wilson")
            yield Interval(f"{name} probability", float(known[f"{name}_probability"][item]), bounds.low, bounds.high)


def defaults(spec: Spec, kind: str) -> Iterator[Interval]:
    """Level and slopes of the logistic regression of a default within twelve months."""
    ids = credit.party_ids(spec, kind)
    z = credit.standardised(credit.parties(spec, kind, ids))
    failed = credit.default_days(spec, kind, ids) < credit.YEAR
    design = np.column_stack([np.ones(len(ids)), z])
    estimate, covariance = logistic(design, failed.astype(float))
    for truth, middle, spread in zip([credit.PD_LEVEL, *credit.PD_SLOPES], estimate, np.sqrt(np.diag(covariance)), strict=True):
        yield Interval(f"default probability, {kind}", float(truth), middle - Z * spread, middle + Z * spread)


def recoveries(spec: Spec, kind: str) -> Iterator[Interval]:
    """Level and slopes of what defaults lose: logit of a share, errors whatever its variance (Papke & Wooldridge 1996)."""
    ids = credit.party_ids(spec, kind)
    sent = credit.invoices(spec, kind, ids)
    first = sent[sent["recovered"].notna()].drop_duplicates("party")
    z = credit.standardised(credit.parties(spec, kind, ids))[np.searchsorted(ids, first["party"])]
    lost = (1 - first["recovered"] / first["amount"]).to_numpy(float)
    estimate, covariance = clustered_logistic(np.column_stack([np.ones(len(first)), z]), lost, np.arange(len(first)))
    for truth, middle, spread in zip([credit.LGD_LEVEL, *credit.LGD_SLOPES], estimate, np.sqrt(np.diag(covariance)), strict=True):
        yield Interval(f"loss given default, {kind}", float(truth), middle - Z * spread, middle + Z * spread)


def delays(spec: Spec) -> Iterator[Interval]:
    """Mean days of payments past due, over those that an exponential delay of the planted mean, cut to whole days, has."""
    ids = credit.party_ids(spec, credit.BUSINESS)
    share = credit.parties(spec, credit.BUSINESS, ids).set_index("party")["past_due_share"]
    sent = credit.invoices(spec, credit.BUSINESS, ids)
    # those who pay after the shop's last day are not known to have paid: invoices and parties of which that is one in a million
    prompt = share.loc[sent["party"]].to_numpy() < PROMPT
    paid = sent[(sent["due_day"] < spec.days - LONGEST_DELAY) & ~sent["defaulted"] & prompt]
    mean = credit.LATE + credit.LATE_PER_SHARE * share.loc[paid["party"]].to_numpy()
    whole = 1 / np.expm1(1 / mean)  # of the floor of an exponential, which is geometric
    late = (paid["paid_day"] - paid["due_day"]).to_numpy(float)
    ratio, error = late.sum() / whole.sum(), np.sqrt((whole * (1 + whole)).sum()) / whole.sum()
    yield Interval("delay of payment", 1.0, ratio - Z * error, ratio + Z * error)


def churn(spec: Spec) -> Iterator[Interval]:
    """Weekly hazard of each segment: those who left, per week of membership."""
    who = people(spec, np.arange(spec.customers))
    last = np.minimum(who.left, spec.days)
    weeks = np.where(who.left < spec.days, (last - who.joined) // WEEK, -(-(last - who.joined) // WEEK) - 1)
    for segment in range(len(SEGMENTS)):
        mine = who.segment == segment
        left, at_risk = int((who.left < spec.days)[mine].sum()), int(weeks[mine].sum())
        yield Interval("churn hazard", float(HAZARDS[segment]), *exact_share(left, at_risk))


def experiments(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Log ratio of units wanted per customer, treated over control."""
    organic, customers = wants[wants["number"] < FROM_SLOT], np.arange(spec.customers)
    for one in EXPERIMENTS:
        first, end = days_of(spec, one)
        during = organic[(organic["day"] >= first) & (organic["day"] < end)]
        units = np.bincount(during["customer"], minlength=spec.customers).astype(float)
        arms = [units[treated(spec, one, customers) == arm] for arm in (1, 0)]
        log = np.log(arms[0].mean() / arms[1].mean())
        error = np.sqrt(sum(arm.var(ddof=1) / len(arm) / arm.mean() ** 2 for arm in arms))
        yield Interval("experiment effect", float(np.log1p(one.effect)), log - Z * error, log + Z * error)


if __name__ == "__main__":
    sys.exit(main(*(int(seed) for seed in sys.argv[1:] or (1, SEEDS))))
