"""Textbook estimates of what suppliers, shelves and parcels do in a planted shop."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from planted_intervals import Interval, about, constants, likely, mean, rare, share, spread
from scipy import stats

from shelfwise.measures.streams import Floats, Ints
from shelfwise.simulate import deliveries, means, truths
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.spec import Spec
from shelfwise.simulate.stock import run_shelf

LEAST_ORDERS = 60  # delays are skewed: the mean of fewer is not yet normal
LEAST_UNMET = 20
LATE_SHARES = np.linspace(0.0005, 0.6, 600)
USUAL_DAYS = np.linspace(-3.9, 0.9, 241)  # beyond the mean of prompt and late orders
FURTHER = np.linspace(3.0, 9.0, 601)  # days


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
    """Mean days; shares of late orders, of ordered units that do not come, and of those that come that are defective."""
    truth, further = truths.supplier_truth(spec).set_index("supplier"), float(constants(spec)["late_days"])
    delays = np.zeros_like(FURTHER)
    for supplier, seen in orders.groupby("supplier"):
        of, days = truth.loc[supplier], (seen["arrived"] - seen["ordered"]).to_numpy()
        if len(seen) >= LEAST_ORDERS:
            yield Interval("lead time", float(of["true_mean_days"]), *mean(days))
            yield Interval("late share", float(of["late"]), *late_share(days, further))
        prompt, late = (lead_chance(days, float(of["mean_days"]), beyond) for beyond in (0.0, FURTHER[:, None]))
        delays += np.log((1 - of["late"]) * prompt + of["late"] * late).sum(axis=1)
        ordered, came, bad = (int(seen[name].sum()) for name in ("units", "delivered", "defective"))
        yield Interval("short delivery", float(of["short"]), *share(ordered - came, ordered))
        yield Interval("defects", float(of["defects"]), *share(bad, came))
    yield Interval("days of late orders", further, *likely(FURTHER, delays))


def lead_chance(days: Ints, usual: "float | Floats", further: "float | Floats") -> Floats:
    """P(so many days): 1 + Poisson(usual - 1), and of a late order (further > 0) 1 + Poisson(further - 1) more."""
    late = np.asarray(further) > 0
    return np.asarray(stats.poisson.pmf(days - 1 - late, usual - 1 + np.where(late, further - 1, 0.0)))


def late_share(days: Ints, further: float) -> tuple[float, float]:
    """By its profile likelihood: for each share the usual days that suit best."""
    seen, count = np.unique(days, return_counts=True)
    usual = np.maximum(days.mean() + USUAL_DAYS, 1.05)[:, None]
    prompt, late = (lead_chance(seen, usual, beyond) for beyond in (0.0, further))
    mixed = (1 - LATE_SHARES)[:, None, None] * prompt + LATE_SHARES[:, None, None] * late
    return likely(LATE_SHARES, (np.log(np.maximum(mixed, 1e-300)) @ count).max(axis=1))


def closing(spec: Spec, moves: pd.DataFrame) -> Floats:
    """Items x days: units at the end of the day; a day without a move is as the one before."""
    wide = moves.pivot(index="item", columns="day", values="closing").reindex(
        index=np.arange(spec.items), columns=np.arange(spec.days)
    )
    return np.asarray(wide.ffill(axis=1).fillna(0.0), dtype=float)


def damage(spec: Spec, moves: pd.DataFrame, there: Floats) -> Iterator[Interval]:
    """Broken units over unit-evenings."""
    broken = int(moves["damaged"].sum())
    yield Interval("damage", float(constants(spec)["damaged"]), *rare(broken, float(there.sum()) + broken))


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
            yield Interval("substitution", truth, *share(seen["switched"].sum(), len(seen)))


def parcels(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Of each carrier: its share, parcels by the promise, speed and further hours of late ones; of all, weights and handling."""
    baskets = slots.loc[slots["position"] == 1, ["customer", "day", "second"]].reset_index(drop=True)
    sent = deliveries.deliveries(spec, baskets)
    chance = deliveries.true_on_time(spec, sent)
    came = (sent["delivered_second"] <= sent["promised_second"]).to_numpy(float)
    hours = (sent["delivered_second"] - sent["shipped_second"]).to_numpy(float) / deliveries.HOUR
    for one in deliveries.CARRIERS:
        of = (sent["carrier"] == one.name).to_numpy()
        yield Interval("carrier", one.share, *share(of.sum(), len(of)))
        error = np.sqrt((chance[of] * (1 - chance[of])).sum()) / of.sum()
        yield Interval("parcel on time", float(chance[of].mean()), *about(came[of].mean(), error))
        kilometres, skewed = sent["distance_km"].to_numpy()[of], np.exp(one.spread**2 / 2)
        over = hours[of] - (deliveries.SORTING + kilometres / one.speed) * skewed
        yield Interval("delay of parcels", one.late * one.delay, *mean(over))
        yield Interval("hours per kilometre", skewed / one.speed, *robust_slope(kilometres, hours[of]))
    log = np.log(sent["weight_kg"].to_numpy())
    yield Interval("weight of parcels", float(np.log(deliveries.WEIGHT)), *mean(log))
    yield Interval("spread of weights", deliveries.WEIGHT_SPREAD, *spread(log))
    waited = (sent["shipped_second"] - sent["day"] * deliveries.DAY - sent["second"]).to_numpy(float) / deliveries.HOUR
    yield Interval("handling of parcels", float(np.mean(deliveries.HANDLING)), *mean(waited))


def robust_slope(x: Floats, y: Floats) -> tuple[float, float]:
    """By least squares, whatever the variances (White 1980)."""
    centred = x - x.mean()
    slope = float((centred * y).sum() / (centred**2).sum())
    left = y - y.mean() - slope * centred
    return about(slope, float(np.sqrt(((centred * left) ** 2).sum()) / (centred**2).sum()))
