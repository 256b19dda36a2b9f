"""What would sets of candidates have earned in a planted shop? From the truth beside the data, by the cost model of the jobs.

Demand of a candidate on sale from its launch: `if_listed` of truth/demand with the buzz that every launch of the shop has, less
the crowding that the shop's own equation gives to all who then are on its shelf, newcomers of the set among them
(docs/planted-shop.md). The items beside it lose by the same equation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from shelfwise.contracts.gold.launches import CURVE_WEEKS
from shelfwise.introductions.chosen import Pool
from shelfwise.introductions.money import Rule, Terms, outcome
from shelfwise.introductions.scenarios import Demand
from shelfwise.measures.streams import Draws
from shelfwise.simulate.catalogue import POPULARITY

DRAWS = 200
COSTS = {
    "listing_cost": 10.0,
    "shelf_cost_per_week": 0.2,
    "order_line_cost": 0.5,
    "clearing_loss_share": 0.5,
    "holding_cost_share_per_year": 0.25,
}


@dataclass(frozen=True)
class Shop:
    """Arrays by item (in the order of `index`) and week."""

    index: dict[str, int]
    raw: np.ndarray  # units, were nothing crowded
    plain: np.ndarray  # and without an item's own launch's buzz
    on_sale: np.ndarray
    popularity: np.ndarray  # share of its subcategory's
    group: np.ndarray
    crowding: np.ndarray
    margin: np.ndarray
    constants: dict[str, float]

    def wanted(self, joins: dict[int, int]) -> np.ndarray:
        """Items x weeks with the newcomers `joins` (item -> first week) on sale too."""
        there, raw = self.on_sale.copy(), self.raw.copy()
        for item, week in joins.items():
            there[item, week:] = 1.0
            raw[item, week:] = self.plain[item, week:] * buzz(np.arange(there.shape[1] - week), self.constants)
        share = np.zeros((int(self.group.max()) + 1, there.shape[1]))
        np.add.at(share, self.group, self.popularity[:, None] * there)
        return there * raw * np.maximum(share[self.group], 1e-12) ** -self.crowding[:, None]


def shop_of(folder: Path, worth: pd.DataFrame) -> Shop:
    """`worth`: gold.candidate_worth; margins of listed items are those of their terms and first prices."""
    items = pd.read_parquet(folder / "truth" / "items").sort_values("item_id", ignore_index=True)
    kinds = pd.read_parquet(folder / "truth" / "categories").sort_values("category_number")
    demand = (
        pd.read_parquet(folder / "truth" / "demand")
        .pivot(index="item_id", columns="week", values="if_listed")
        .loc[items["item_id"]]
    )
    start = pd.Timestamp(_start(folder))
    weeks = np.arange(demand.shape[1])
    launch = ((pd.to_datetime(items["launch_on"], errors="coerce") - start).dt.days / 7).fillna(1e6).to_numpy()
    on_sale = (launch[:, None] <= weeks[None, :]).astype(float)
    affinity = np.stack(items["affinity"].to_list()).mean(axis=1)
    group = items["group_number"].to_numpy(int)
    popularity = affinity / np.bincount(group, weights=affinity)[group]
    crowding = kinds["crowding"].to_numpy()[items["category_number"].to_numpy(int)]
    share = np.zeros((group.max() + 1, len(weeks)))
    np.add.at(share, group, popularity[:, None] * on_sale)
    with_me = share[group] + popularity[:, None] * (1 - on_sale)
    raw = demand.to_numpy() / np.maximum(with_me, 1e-12) ** -crowding[:, None]
    constants = pd.read_parquet(folder / "truth" / "constants").set_index("name")["value"].astype(float).to_dict()
    is_new = (launch > 0) & (launch < 1e6)
    age = weeks[None, :] - np.where(is_new, launch, 1e6)[:, None]
    plain = np.where(age >= 0, raw / buzz(np.maximum(age, 0), constants), raw)
    index = {str(item): place for place, item in enumerate(items["item_id"])}
    return Shop(index, raw, plain, on_sale, popularity, group, crowding, _margins(folder, items, worth), constants)


def redrawn(shop: Shop, seed: int, items: np.ndarray, own: np.ndarray) -> Shop:
    """The shop of simulate's `seed`, were the log popularities of `items`, to their sd, `own` and not those that were drawn."""
    factor = np.exp(POPULARITY * (own - Draws(seed).normal("popularity", items)))
    raw, plain, popularity = shop.raw.copy(), shop.plain.copy(), shop.popularity.copy()
    raw[items], plain[items] = raw[items] * factor[:, None], plain[items] * factor[:, None]
    popularity[items] *= factor
    return replace(shop, raw=raw, plain=plain, popularity=popularity / np.bincount(shop.group, weights=popularity)[shop.group])


def buzz(age_weeks: np.ndarray, constants: dict[str, float]) -> np.ndarray:
    """What a launch draws beyond an established item, by weeks since."""
    return np.exp(constants["launch_buzz"] * np.exp(-7 * age_weeks / constants["buzz_days"]))


def sold_beside(shop: Shop, wanted: np.ndarray, item: int) -> tuple[float, float]:
    """Units of the others on the item's shelf, `wanted` (items x weeks) given, and their mean margin."""
    mates = np.flatnonzero((shop.group == shop.group[item]) & (np.arange(len(shop.group)) != item))
    there = wanted[mates].sum(axis=1)
    return float(there.sum()), float((there * shop.margin[mates]).sum() / max(there.sum(), 1e-9))


def _start(folder: Path) -> str:
    return str(pd.read_json(folder / "shop.json", typ="series")["start"])


def _margins(folder: Path, items: pd.DataFrame, worth: pd.DataFrame) -> np.ndarray:
    prices = pd.read_parquet(folder / "prices").sort_values("start_on").groupby("item_id")["list_price"].first().astype(float)
    costs = pd.read_parquet(folder / "terms").set_index("item_id")["unit_cost"].astype(float)
    margin = (prices - costs).reindex(items["item_id"]).fillna(0.0)
    proposed = (worth["price"].astype(float) - worth["unit_cost"].astype(float)).set_axis(worth["item_id"])
    return margin.where(margin != 0, proposed.reindex(items["item_id"]).fillna(0.0)).to_numpy()


@dataclass(frozen=True)
class Proposal:
    """What the jobs would do with a candidate, were it in the set."""

    item: int
    week: int  # of the shop, first on sale
    opening: float
    rule: Rule
    terms: Terms


def proposals(shop: Shop, worth: pd.DataFrame, start: pd.Timestamp, costs: dict[str, float]) -> list[Proposal]:
    found = []
    for row in worth.to_dict("records"):
        week = (pd.Timestamp(row["launch"]) - start).days // 7
        stop = float("inf") if pd.isna(row["stop_units"]) else float(row["stop_units"])
        terms = Terms(
            price=float(row["price"]), cost=float(row["unit_cost"]), pack=float(row["case_pack"]), minimum=0.0,
            holding_share=costs["holding_cost_share_per_year"], clearing_share=costs["clearing_loss_share"],
            order_line=costs["order_line_cost"], place_week=costs["shelf_cost_per_week"], listing=costs["listing_cost"],
            fill_rate=0.97, halo=0.0, elsewhere_margin=0.0, won_worth=0.0, beside=0.0, beside_margin=0.0, crowding=0.0,
        )  # fmt: skip
        found.append(
            Proposal(shop.index[row["item_id"]], week, float(row["opening_units"]), Rule(int(row["stop_week"]), stop), terms)
        )
    return found


def profits(shop: Shop, chosen: Sequence[Proposal], seed: int) -> dict[int, np.ndarray]:
    """By item: profit over 13 weeks since its launch by draw, less what the items beside it lose to the whole set together (split
    among the shelf's newcomers by what they sell)."""
    before, after = shop.wanted({}), shop.wanted({one.item: one.week for one in chosen})
    rng, money = np.random.default_rng(seed), {}
    lost: dict[int, float] = {}
    sold: dict[int, float] = {}
    for one in chosen:
        span = slice(one.week, one.week + CURVE_WEEKS)
        mean = after[one.item, span]
        draws = rng.poisson(mean, (DRAWS, len(mean))).astype(float)
        early, late = draws[:, : one.rule.week].sum(axis=1), draws[:, one.rule.week :].sum(axis=1)
        wanted = Demand(early, late, np.zeros(DRAWS), np.ones(DRAWS))
        money[one.item] = outcome(replace(one.terms, fill_rate=0.97), wanted, one.opening, one.rule, CURVE_WEEKS)
        group = int(shop.group[one.item])
        sold[group] = sold.get(group, 0.0) + mean.sum()
        if group not in lost:
            mates = np.flatnonzero(shop.group == group)
            mates = mates[[mate not in {p.item for p in chosen} for mate in mates]]
            fewer = (before[mates, span] - after[mates, span]).sum(axis=1)
            lost[group] = float((fewer * shop.margin[mates]).sum())
    share = {
        one.item: after[one.item, one.week : one.week + CURVE_WEEKS].sum() / max(sold[int(shop.group[one.item])], 1e-9)
        for one in chosen
    }
    stopped_at = {one.item: one.rule.week / CURVE_WEEKS for one in chosen}
    # a newcomer that is stopped takes nothing from the others any more
    return {
        item: found.profit - lost[int(shop.group[item])] * share[item] * np.where(found.stopped > 0, stopped_at[item], 1.0)
        for item, found in money.items()
    }


def true_pool(shop: Shop, plans: Sequence[Proposal], pool: Pool, seed: int) -> Pool:
    """The same candidates to one who knows the truth: outcomes by Poisson draws, true crowding, what is truly sold beside them."""
    scenarios, before = pool.outcome.shape[1], shop.wanted({})
    rng = np.random.default_rng(seed + 1)
    demand, outcomes = np.zeros_like(pool.demand), np.zeros_like(pool.outcome)
    beside, margin, crowding = (np.array(values) for values in (pool.beside, pool.beside_margin, pool.crowding))
    for place, one in enumerate(plans):
        span = slice(one.week, one.week + CURVE_WEEKS)
        shelf = int(pool.shelf[place])
        beside[shelf], margin[shelf] = sold_beside(shop, before[:, span], one.item)
        crowding[shelf] = shop.crowding[one.item]
        mean = shop.wanted({one.item: one.week})[one.item, span]
        draws = rng.poisson(mean, (scenarios, len(mean))).astype(float)
        wanted = Demand(
            draws[:, : one.rule.week].sum(axis=1), draws[:, one.rule.week :].sum(axis=1), np.zeros(scenarios), np.ones(scenarios)
        )
        found = outcome(
            replace(one.terms, beside=beside[shelf], beside_margin=margin[shelf], crowding=crowding[shelf]),
            wanted,
            one.opening,
            one.rule,
            CURVE_WEEKS,
        )
        demand[place], outcomes[place] = found.sold, found.profit
    return replace(pool, outcome=outcomes, demand=demand, beside=beside, beside_margin=margin, crowding=crowding)
