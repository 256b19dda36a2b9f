"""What is wanted on average: the truth that forecasts are held against.

    wanted_iw = sum over days of w: traffic_t * (sum_k W_tk affinity_ki g_iw + page_t * shown_iw * bought_i(V_t))

W_tk = sum over members c of rate_c * basket_c * appetite_ct * taste_ck, by location; V_tk the same without basket and appetite
for the web's visits alone. Both are summed as whole numbers of WEIGHT_UNIT, so that their sums do not depend on the order.
"""

import numpy as np
import pandas as pd

from shelfwise.measures.streams import Floats, Ints
from shelfwise.simulate.catalogue import TASTES, categories, items
from shelfwise.simulate.effects import as_if_listed, multipliers, on_sale, shares_on_sale, traffic
from shelfwise.simulate.experiments import appetite
from shelfwise.simulate.people import WEIGHT_UNIT, People, people
from shelfwise.simulate.shopping import LIKED, LIKED_LITTLE, LOOKED_AT, appeal, buy_probability, cart_probability, exposure
from shelfwise.simulate.spec import WEEK, Spec

PAGE = -1  # stands for a location in weights: visits that see the web shop's page
WEIGHT_COLUMNS = ("location", "day", "taste", "weight")


def weights(spec: Spec, ids: Ints) -> pd.DataFrame:
    """These customers' part of W and V; one row per location (or PAGE), day and taste."""
    who = people(spec, ids)
    day = np.arange(spec.days)
    member = who.member(day).astype(np.float64)
    hungry = who.rate * who.basket
    eager = member * appetite(spec, ids[:, None], day[None, :])
    parts = [
        _part(who, spec.web, np.arange(len(ids)), hungry * who.web, eager),
        _part(who, PAGE, np.arange(len(ids)), who.rate * who.web, member),
    ]
    for store in np.unique(who.home):
        there = np.flatnonzero(who.home == store)
        parts.append(_part(who, int(store), there, (hungry * (1 - who.web))[there], eager[there]))
    return pd.concat(parts, ignore_index=True)


def _part(who: People, location: int, rows: Ints, size: Floats, daily: Floats) -> pd.DataFrame:
    each = size[:, None, None] * daily[:, :, None] * who.tastes[rows][:, None, :]
    summed = np.rint(each / WEIGHT_UNIT).astype(np.int64).sum(axis=0)
    day, taste = np.indices(summed.shape)
    columns = (np.full(summed.size, location), day.ravel(), taste.ravel(), summed.ravel())
    return pd.DataFrame(dict(zip(WEIGHT_COLUMNS, columns, strict=True)))


def as_array(weighed: pd.DataFrame, days: int) -> Floats:
    """Rows of one location as days x tastes."""
    array = np.zeros((days, TASTES))
    array[weighed["day"], weighed["taste"]] = weighed["weight"] * WEIGHT_UNIT
    return array


def expected_daily(spec: Spec, mean_weight: Floats) -> Floats:
    """Items' mean daily demand at list prices with everything listed; `mean_weight` is W's mean over days, by taste."""
    expected: Floats = float(traffic(spec).mean()) * mean_weight @ items(spec).affinity
    return expected


def wanted(spec: Spec, whole: Floats, page: Floats, ids: Ints) -> pd.DataFrame:
    """One row per item of `ids` and week: mean units `wanted` on the whole chain, and `if_listed`.

    `if_listed`: wanted at the shelf had the item been on sale, whether or not it was, beside all that then was.
    `whole` and `page` are W over all locations and V, days x tastes.
    """
    per_week = _by_week(spec, whole * traffic(spec)[:, None])
    base = items(spec).affinity[:, ids].T @ per_week.T
    shelf = base * multipliers(spec)[ids]
    listed = base * (as_if_listed(spec) * _crowded_with_me(spec))[ids]
    slots = _slots(spec, _by_week(spec, page * traffic(spec)[:, None]))[ids]
    item, week = np.repeat(ids, spec.weeks), np.tile(np.arange(spec.weeks), len(ids))
    columns = {"wanted": shelf + slots, "if_listed": listed}
    return pd.DataFrame({"item": item, "week": week} | {name: values.ravel() for name, values in columns.items()})


def _by_week(spec: Spec, daily: Floats) -> Floats:
    return np.add.reduceat(daily, np.arange(0, spec.days, WEEK), axis=0)


def _slots(spec: Spec, seen: Floats) -> Floats:
    """Items x weeks bought from the page; `seen` is V by week and taste."""
    each = items(spec)
    liking = LIKED_LITTLE * seen.sum(axis=1)[None, :] + LIKED * seen[:, each.main_taste].T
    chance = appeal(spec) * cart_probability(spec) * buy_probability(spec)
    bought: Floats = LOOKED_AT.sum() * exposure(spec) * chance[:, None] * liking
    return bought


def _crowded_with_me(spec: Spec) -> Floats:
    """The subcategory's crowding, were the item on sale too."""
    each = items(spec)
    mine = each.popularity / np.bincount(each.group, weights=each.popularity)[each.group]
    present = shares_on_sale(spec)[each.group] + mine[:, None] * (1 - on_sale(spec))
    return present ** -categories(spec).crowding[each.category][:, None]
