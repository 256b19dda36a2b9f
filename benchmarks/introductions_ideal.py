"""What would be chosen by one who knows everything of a planted shop but each candidate's own popularity, which nobody can?

Category, brand, price, season, crowding and the law of popularities (lognormal) are as the shop's equations have them; of an item's
own draw only the law is known. Opening orders, stop rules and the choice are the jobs' own. What such a set earns is as far as a
forecast from attributes can go; the rest to full knowledge is luck.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from introductions_truth import COSTS, Proposal, Shop, proposals, sold_beside

from shelfwise.contracts.gold.introductions import PLANNED
from shelfwise.contracts.gold.launches import CURVE_WEEKS
from shelfwise.introductions.chosen import Pool
from shelfwise.introductions.pool import pool_of
from shelfwise.introductions.worth import WorthParams, worth
from shelfwise.measures.levels import smooth_law
from shelfwise.measures.streams import Draws
from shelfwise.simulate.catalogue import POPULARITY
from shelfwise.simulate.spec import Spec

CALM = {"market_sd": 0.0, "department_sd": 0.0, "price_war": 0.0, "rival_sd": 0.0, "most_wait": 0, "customer_worth": 0.0}

# what the jobs estimate of switches, tastes, season and customers won: nothing of it is in the truth's money
NOTHING = dict.fromkeys(("season", "mates", "quartiles", "of_shop", "of_category", "of_maker"))
NEUTRAL = NOTHING | dict.fromkeys(("learnt", "same_maker", "near_price"), 1.0) | dict.fromkeys(("halo", "won", "scatter"), 0.0)


def ideal(shop: Shop, termed: pd.DataFrame, usual: pd.DataFrame, spec: Spec, as_of: date) -> tuple[Pool, list[Proposal]]:
    """`termed`: introductions.terms.candidate_terms, one row per candidate; `usual`: its row of the shortlist."""
    draws, params, start = Draws(spec.seed), WorthParams(**CALM), pd.Timestamp(spec.start)
    of_item, known, before = usual.set_index("item_id"), [], shop.wanted({})
    for row in termed.to_dict("records"):
        name = str(row["item_id"])
        item, first = shop.index[name], (pd.Timestamp(of_item["launch"][name]) - start).days // 7 - int(of_item["waits"][name])
        own = POPULARITY * float(draws.normal("popularity", np.array([item]))[0])
        terms = {str(key): value for key, value in row.items()} | NEUTRAL
        told = worth(terms | _true(shop, before, item, first, own), params, as_of)
        for plan_no, plan in enumerate([told, *told["smaller"]]):
            planned = {key: plan[key] for key in PLANNED}
            known.append(told | planned | {"plan_no": plan_no, "is_known": of_item["is_known"][name]})
    rows = pd.DataFrame(known)
    return pool_of(rows), proposals(shop, rows, start, COSTS)


def _true(shop: Shop, before: np.ndarray, item: int, week: int, own: float) -> dict[str, Any]:
    """What `worth` reads of demand and shelf, from the truth; the item's own log popularity taken out and its mean put in.

    `before`: what is wanted without newcomers.
    """
    span = slice(week, week + CURVE_WEEKS)
    mean = shop.wanted({item: week})[item, span] * np.exp(POPULARITY**2 / 2 - own)
    units, margin = sold_beside(shop, before[:, span], item)
    demand = {"mean": mean, "levels": list(smooth_law(POPULARITY))}
    return demand | {"beside": units, "beside_margin": margin, "crowding": float(shop.crowding[item])}
