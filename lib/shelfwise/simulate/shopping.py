"""What customers come for, and what the web shop shows them.

On a visit customer c wants Poisson(trip_ct * basket_c * appetite_ct * sum_k taste_ck M_kt) units, each of item i with probability
proportional to sum_k taste_ck affinity_ki g_it, where M_kt = sum_i affinity_ki g_it; trip_ct is a gamma number of mean 1. So the
units of a visit are negative binomial (Ehrenberg 1959, *Applied Statistics* 8), and the mean of each item's is
basket * appetite * sum_k taste * affinity * g: every elasticity is exact.

A visit to the web shop also sees a page of slots. An item is shown with a known propensity, looked at with probability
looked_at[position] * appeal_i * (LIKED_LITTLE + LIKED * taste of c for the item's main taste), put into the cart with
probability cart_i, and bought from it with probability buy_i: wants that come on top.
"""

from functools import cache

import numpy as np
import pandas as pd

from shelfwise.measures.streams import Draws, Floats, Ints, place
from shelfwise.simulate.catalogue import items
from shelfwise.simulate.effects import multipliers, on_sale, traffic
from shelfwise.simulate.experiments import appetite
from shelfwise.simulate.people import TRIP_SHAPE, People, people
from shelfwise.simulate.spec import WEEK, Spec

SLOTS = 10
LOOKED_AT = (1.0 + np.arange(SLOTS)) ** -0.7  # position bias: probability that a position is looked at, first = 1
LIKED_LITTLE, LIKED = 0.4, 1.2
DWELL_MEDIAN, DWELL_SPREAD = 20.0, 0.8  # seconds that a slot is looked at, and sd of their log
OPENS, CLOSES = 8 * 3600, 22 * 3600  # seconds of the day
WANT_COLUMNS = ("location", "day", "second", "customer", "item", "number")
SLOT_COLUMNS = ("customer", "day", "second", "position", "item", "propensity", "clicked", "carted", "bought", "dwell")
FROM_SLOT = 10_000  # numbers of wants from here on came from a slot


@cache
def appeal(spec: Spec) -> Floats:
    """Probability that an item is clicked once looked at, before the customer's taste."""
    return 0.02 + 0.13 * Draws(spec.seed).uniform("appeal", np.arange(spec.items))


@cache
def cart_probability(spec: Spec) -> Floats:
    return 0.15 + 0.35 * Draws(spec.seed).uniform("cart", np.arange(spec.items))


@cache
def buy_probability(spec: Spec) -> Floats:
    return 0.3 + 0.4 * Draws(spec.seed).uniform("buy", np.arange(spec.items))


@cache
def exposure(spec: Spec) -> Floats:
    """Items x weeks: probability that a slot shows the item; the popular are shown more often, as the root of their share."""
    weight = np.sqrt(items(spec).popularity)[:, None] * on_sale(spec)
    shown: Floats = weight / weight.sum(axis=0)
    return shown


def click_probability(spec: Spec, who: People, rows: Ints, shown: Ints, position: Ints) -> Floats:
    """Of each shown item; `rows` are places in `who`, `position` counts from 0."""
    liking = who.tastes[rows, items(spec).main_taste[shown]]
    clicked: Floats = LOOKED_AT[position] * appeal(spec)[shown] * (LIKED_LITTLE + LIKED * liking)
    return clicked


def shop(spec: Spec, ids: Ints) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Wants (one row per unit wanted) and slots (one row per slot shown) of these customers. Bound: the customers asked for."""
    who = people(spec, ids)
    wants, slots = [], []
    for week in range(spec.weeks):
        visits = _visits(spec, who, week)
        organic = _wants(spec, who, week, visits)
        shown = _slots(spec, who, week, visits)
        wants += [organic, _from_slots(spec, shown)]
        slots.append(shown)
    return pd.concat(wants, ignore_index=True), pd.concat(slots, ignore_index=True)


def _visits(spec: Spec, who: People, week: int) -> pd.DataFrame:
    """One row per customer and day of a visit: place in `who`, day, second, location."""
    draws = Draws(spec.seed)
    days = np.arange(week * WEEK, min((week + 1) * WEEK, spec.days))
    id, day = who.ids[:, None], days[None, :]
    comes = who.member(days) & (draws.uniform("visit", id, day) < who.rate[:, None] * traffic(spec)[day])
    row, column = np.nonzero(comes)
    id, day = who.ids[row], days[column]
    to_web = draws.uniform("to the web", id, day) < who.web[row]
    second = OPENS + draws.below(CLOSES - OPENS, "second", id, day)
    location = np.where(to_web, spec.web, who.home[row])
    return pd.DataFrame({"row": row, "customer": id, "day": day, "second": second, "location": location})


def _wants(spec: Spec, who: People, week: int, visits: pd.DataFrame) -> pd.DataFrame:
    draws = Draws(spec.seed)
    cumulated = np.cumsum(items(spec).affinity * multipliers(spec)[:, week], axis=1)
    row, id, day = (visits[name].to_numpy() for name in ("row", "customer", "day"))
    by_taste = np.cumsum(who.tastes[row] * cumulated[:, -1], axis=1)
    trip = draws.gamma(TRIP_SHAPE, "trip", id, day) / TRIP_SHAPE
    units = draws.poisson(trip * who.basket[row] * appetite(spec, id, day) * by_taste[:, -1], "units", id, day)
    visit = np.repeat(np.arange(len(visits)), units)
    number = np.arange(len(visit)) - np.repeat(np.cumsum(units) - units, units)
    asked = draws.uniform("which taste", id[visit], day[visit], number) * by_taste[visit, -1]
    taste = np.minimum((asked[:, None] >= by_taste[visit]).sum(axis=1), by_taste.shape[1] - 1)
    item = np.zeros(len(visit), dtype=np.int64)
    drawn = draws.uniform("which item", id[visit], day[visit], number)
    for k in range(len(cumulated)):
        item[taste == k] = place(cumulated[k], drawn[taste == k])
    return visits.iloc[visit].assign(item=item, number=number)[list(WANT_COLUMNS)]


def _slots(spec: Spec, who: People, week: int, visits: pd.DataFrame) -> pd.DataFrame:
    draws = Draws(spec.seed)
    web = visits[visits["location"] == spec.web]
    row, id, day, second = (np.repeat(web[name].to_numpy(), SLOTS) for name in ("row", "customer", "day", "second"))
    position = np.tile(np.arange(SLOTS), len(web))
    shown = place(np.cumsum(exposure(spec)[:, week]), draws.uniform("slot", id, day, position))
    chances = {
        "clicked": click_probability(spec, who, row, shown, position),
        "carted": cart_probability(spec)[shown],
        "bought": buy_probability(spec)[shown],
    }
    happened, so_far = {}, np.ones(len(shown), dtype=bool)
    for name, chance in chances.items():
        so_far = so_far & (draws.uniform(name, id, day, position) < chance)
        happened[name] = so_far
    dwell = np.round(DWELL_MEDIAN * np.exp(DWELL_SPREAD * draws.normal("dwell", id, day, position)), 1)
    frame = pd.DataFrame({"customer": id, "day": day, "second": second, "position": position + 1, "item": shown})
    return frame.assign(propensity=exposure(spec)[shown, week], dwell=dwell, **happened)[list(SLOT_COLUMNS)]


def _from_slots(spec: Spec, slots: pd.DataFrame) -> pd.DataFrame:
    bought = slots[slots["bought"]]
    return bought.assign(location=spec.web, number=FROM_SLOT + bought["position"])[list(WANT_COLUMNS)]
