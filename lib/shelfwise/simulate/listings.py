"""The shop's own lists, as plain rows: items and candidates with their words and terms, plans by week, places, advertising.

Every function gives pandas rows of the ids asked for; days count from the shop's first day.
"""

import numpy as np
import pandas as pd

from shelfwise.measures.streams import Draws, Ints
from shelfwise.simulate.catalogue import DEPARTMENTS, TASTES, categories, items
from shelfwise.simulate.deliveries import CITIES, WAREHOUSE
from shelfwise.simulate.plans import CHANNELS, KINDS, NONE, plans, spend
from shelfwise.simulate.spec import WEEK, Spec
from shelfwise.simulate.stock import REVIEW
from shelfwise.simulate.suppliers import suppliers

STYLES = ("classic", "organic", "family", "light", "premium", "spicy", "travel", "festive")  # one for each taste
TELLING = 0.8  # share of items whose style is that of the taste which likes them most; the others say nothing of it
NOUNS = (
    ("yoghurt", "salad", "bread", "cheese", "berries", "ham"),
    ("pasta", "rice", "soup", "biscuits", "cereal", "sauce"),
    ("juice", "cola", "water", "tea", "coffee", "lemonade"),
    ("detergent", "sponges", "bin bags", "paper towels", "candles", "bleach"),
    ("shampoo", "soap", "lotion", "toothpaste", "lipstick", "razor"),
    ("mug", "pan", "towel", "lamp", "cushion", "storage box"),
)
SIZES = ("small", "standard", "large", "twin pack")


def item_rows(spec: Spec, ids: Ints) -> pd.DataFrame:
    """One row per item, listed or not; `launch_day` tells."""
    each, draws = items(spec), Draws(spec.seed)
    category = each.category[ids]
    department = categories(spec).department[category]
    size = draws.below(len(SIZES), "size", ids)
    telling = draws.uniform("telling style", ids) < TELLING
    style = np.where(telling, each.main_taste[ids], draws.below(TASTES, "style", ids))
    noun = draws.below(6, "noun of a subcategory", each.group[ids])
    words = [f"{STYLES[s]} {NOUNS[d][n]}, {SIZES[z]}" for s, d, n, z in zip(style, department, noun, size, strict=True)]
    return pd.DataFrame(
        {
            "item": ids,
            "department": [DEPARTMENTS[d] for d in department],
            "category": [f"{DEPARTMENTS[d]} {c:04d}" for d, c in zip(department, category, strict=True)],
            "subcategory": [f"{NOUNS[d][n].upper()} {g:05d}" for d, n, g in zip(department, noun, each.group[ids], strict=True)],
            "brand": [f"B{b:05d}" for b in each.brand[ids]],
            "supplier": each.supplier[ids],
            "private_label": each.supplier[ids] == 0,
            "description": [f"Brand {b} {text}" for b, text in zip(each.brand[ids], words, strict=True)],
            "package_size": [SIZES[z] for z in size],
            "style": [STYLES[s] for s in style],
            "list_price": each.price[ids],
            "unit_cost": each.cost[ids],
            "case_pack": each.pack[ids],
            "minimum_units": each.minimum[ids],
            "lead_time_days": suppliers(spec).usual_days[each.supplier[ids]],
            "review_days": REVIEW,
            "shelf_life_days": categories(spec).shelf_life[category],
            "launch_day": each.launch[ids],
        }
    )


def plan_rows(spec: Spec, ids: Ints) -> pd.DataFrame:
    """One row per item and week."""
    plan = plans(spec)
    item, place = np.repeat(ids, spec.weeks), np.tile(np.arange(spec.weeks), len(ids))
    at = (item, place)
    first = place * WEEK == items(spec).launch[item]
    changed = first | (np.diff(plan.list_price, axis=1, prepend=0.0)[at] != 0)
    return pd.DataFrame(
        {
            "item": item,
            "week": place,
            "start_day": place * WEEK,
            "end_day": np.minimum(place * WEEK + WEEK, spec.days) - 1,
            "list_price": plan.list_price[at],
            "price": plan.price[at],
            "price_changed": changed,
            "promotion": np.array(KINDS)[plan.kind[at]],
            "promoted": plan.kind[at] != NONE,
            "price_cut": np.round(plan.depth[at], 3),
            "display": plan.display[at],
            "mailer": plan.mailer[at],
            "known_day": plan.known[at],
            "rival_price": np.round(items(spec).price[item] * np.exp(plan.rivals[at]), 2),
        }
    )


def location_rows(spec: Spec) -> pd.DataFrame:
    """Stores, and the web warehouse last. Bound: locations."""
    ids = np.arange(spec.locations)
    city = [CITIES[place % len(CITIES)] for place in ids]
    web = ids == spec.web
    return pd.DataFrame(
        {
            "location": ids,
            "kind": np.where(web, "web", "store"),
            "country": "US",
            "city": [one.city for one in city],
            "latitude": np.where(web, WAREHOUSE[0], [one.latitude for one in city]),
            "longitude": np.where(web, WAREHOUSE[1], [one.longitude for one in city]),
        }
    )


def advertising_rows(spec: Spec) -> pd.DataFrame:
    """One row per channel and day."""
    money = spend(spec)
    channel, day = np.indices(money.shape)
    return pd.DataFrame({"channel": np.array(CHANNELS)[channel.ravel()], "day": day.ravel(), "spend": money.ravel()})
