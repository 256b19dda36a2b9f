"""Textbook estimates of what suppliers, shelves and parcels do in a planted shop."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from planted_demand import Interval, Z, constants
from scipy import stats

from shelfwise.simulate import deliveries, means, truths
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.draws import Floats, Ints
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.stock import run_shelf

LEAST_ORDERS = 60  # delays are skewed: the mean of fewer is not yet normal
LEAST_UNMET = 20
LATE_SHARES = np.linspace(0.0005, 0.6, 600)
USUAL_DAYS = np.linspace(-3.9, 0.9, 241)  # beyond the mean of prompt and late orders


def supply(spec: Spec, wants: pd.DataFrame, slots: pd.DataFrame) -> Iterator[Interval]:
    """Of the web warehouse's year: lead times, short and defective units, damage, substitutes; parcels on time."""
    weighed = means.weights(spec, np.arange(spec.customers))
    web = means.as_array(weighed[weighed["location"] == spec.web], spec.days).mean(axis=0)
    ids = np.arange(spec.items)
    run = run_shelf(spec, spec.web, ids, means.expected_daily(spec, web), wants[wants["location"] == spec.web])
    # an item's first delivery is agreed to the day, whole and without defects
    later = run["orders"][run["orders"]["ordered"] >= items(spec).launch[run["orders"]["item"]]]
    yield from suppliers(spec, later.assign(supplier=items(spec).supplier[later["item"]]))
    there = closing(spec, run["moves"])
    yield from damage(spec, run["moves"], there)
    yield from substitutes(spec, run["wants"], there)
    yield from parcels(spec, slots)


def suppliers(spec: Spec, orders: pd.DataFrame) -> Iterator[Interval]:
    """Mean days (Student's t); share of ordered units that do not come, and of those that come that are defective (exact)."""
    truth = truths.supplier_truth(spec).set_index("supplier")
    for supplier, seen in orders.groupby("supplier"):
        of, days = truth.loc[supplier], seen["arrived"] - seen["ordered"]
        if len(seen) >= LEAST_ORDERS:
            yield Interval("lead time", float(of["true_mean_days"]), *mean_interval(days))
            yield Interval("late share", float(of["late"]), *late_share(days.to_numpy(), float(constants(spec)["late_days"])))
        ordered, came, bad = (int(seen[name].sum()) for name in ("units", "delivered", "defective"))
        yield Interval("short delivery", float(of["short"]), *exact_share(ordered - came, ordered))
        yield Interval("defects", float(of["defects"]), *exact_share(bad, came))


def late_share(days: Ints, further: float) -> tuple[float, float]:
    """95 % interval of the share of late orders, by its profile likelihood (Wilks): the usual mean is the best one for each share.

    An order takes 1 + Poisson(mean - 1) days, a late one 1 + Poisson(further - 1) more.
    """
    seen, count = np.unique(days, return_counts=True)
    usual = np.maximum(days.mean() + USUAL_DAYS, 1.05)[:, None] - 1
    prompt, late = stats.poisson.pmf(seen - 1, usual), stats.poisson.pmf(seen - 2, usual + further - 1)
    mixed = (1 - LATE_SHARES)[:, None, None] * prompt + LATE_SHARES[:, None, None] * late
    profile = (np.log(np.maximum(mixed, 1e-300)) @ count).max(axis=1)
    within = LATE_SHARES[2 * (profile.max() - profile) <= stats.chi2.ppf(0.95, 1)]
    return float(within[0]), float(within[-1])


def closing(spec: Spec, moves: pd.DataFrame) -> Floats:
    """Items x days: units at the end of the day; a day without a move is as the one before."""
    wide = moves.pivot(index="item", columns="day", values="closing").reindex(
        index=np.arange(spec.items), columns=np.arange(spec.days)
    )
    return np.asarray(wide.ffill(axis=1).fillna(0.0), dtype=float)


def damage(spec: Spec, moves: pd.DataFrame, there: Floats) -> Iterator[Interval]:
    """Broken units over unit-evenings (Poisson, exact)."""
    broken = int(moves["damaged"].sum())
    evenings = float(there.sum()) + broken
    low, high = stats.chi2.ppf(0.025, 2 * broken) / 2, stats.chi2.ppf(0.975, 2 * broken + 2) / 2
    rate = float(constants(spec)["damaged"])
    yield Interval("damage", rate, low / evenings, high / evenings)


def substitutes(spec: Spec, wants: pd.DataFrame, there: Floats) -> Iterator[Interval]:
    """By category: who takes the substitute, on days on which everybody could have."""
    substitute, category = items(spec).substitute, items(spec).category
    own = wants["taken"] == wants["item"]
    unmet = wants[~own & (substitute[wants["item"]] != wants["item"])]
    rows = unmet.assign(other=substitute[unmet["item"]], switched=unmet["taken"] >= 0)
    asked = rows.groupby(["other", "day"])["switched"].agg(["sum", "count"]).reset_index()
    # what it held for them: what was left in the evening, and what they took of it
    asked["could"] = there[asked["other"], asked["day"]] + asked["sum"] >= asked["count"]
    met = rows.merge(asked.loc[asked["could"], ["other", "day"]], on=["other", "day"])
    for number, seen in met.groupby(category[met["item"]]):
        if len(seen) >= LEAST_UNMET:
            truth = float(truths.category_truth(spec)["substitution"][number])
            yield Interval("substitution", truth, *exact_share(int(seen["switched"].sum()), len(seen)))


def parcels(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Of each carrier: its share, its parcels that came by the promise, its hours on the way; of all, weights and handling."""
    baskets = slots.loc[slots["position"] == 1, ["customer", "day", "second"]].reset_index(drop=True)
    sent = deliveries.deliveries(spec, baskets)
    chance = deliveries.true_on_time(spec, sent)
    came = (sent["delivered_second"] <= sent["promised_second"]).to_numpy(float)
    hours = (sent["delivered_second"] - sent["shipped_second"]).to_numpy(float) / deliveries.HOUR
    for one in deliveries.CARRIERS:
        of = (sent["carrier"] == one.name).to_numpy()
        yield Interval("carrier", one.share, *exact_share(int(of.sum()), len(of)))
        half = Z * np.sqrt((chance[of] * (1 - chance[of])).sum()) / of.sum()
        yield Interval("parcel on time", float(chance[of].mean()), came[of].mean() - half, came[of].mean() + half)
        usual = deliveries.SORTING + sent["distance_km"].to_numpy()[of] / one.speed
        over = hours[of] - usual * np.exp(one.spread**2 / 2)
        yield Interval("delay of parcels", one.late * one.delay, *mean_interval(over))
    yield Interval("weight of parcels", float(np.log(deliveries.WEIGHT)), *mean_interval(np.log(sent["weight_kg"])))
    waited = (sent["shipped_second"] - sent["day"] * deliveries.DAY - sent["second"]) / deliveries.HOUR
    yield Interval("handling of parcels", float(np.mean(deliveries.HANDLING)), *mean_interval(waited))


def mean_interval(sample: Floats) -> tuple[float, float]:
    """Student's 95 % interval of the mean."""
    half = stats.t.ppf(0.975, len(sample) - 1) * np.std(sample, ddof=1) / np.sqrt(len(sample))
    return float(np.mean(sample) - half), float(np.mean(sample) + half)


def exact_share(seen: int, of: int) -> tuple[float, float]:
    bounds = stats.binomtest(seen, of).proportion_ci(0.95, method="exact")
    return float(bounds.low), float(bounds.high)
