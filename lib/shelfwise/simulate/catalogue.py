"""What the shop could sell: suppliers, brands, categories and items, listed, launched mid-way or never.

Computed from the spec alone, so each worker makes its own copy instead of being sent one. Bound: a few dozen numbers per item
and taste (60,000 items and 8 tastes: 30 MB).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from shelfwise.measures.streams import Draws, Floats, Ints
from shelfwise.simulate.spec import Spec

Bools = NDArray[np.bool_]

TASTES = 8
GROUP = 8  # items of one subcategory: substitutes for one another
NEVER = 1_000_000  # launch day of a candidate that is never listed
POPULARITY = 1.8  # sd of an item's log popularity: calibrated, see docs/planted-shop.md
TASTE_STRENGTH = 1.3  # sd of a taste's log preference for a category
BRAND_STRENGTH = 0.6  # and for a brand
LAUNCHED_BRANDS, CANDIDATE_BRANDS = 0.08, 0.06
LAUNCHED_ITEMS, CANDIDATE_ITEMS = 0.10, 0.06
SHELF_LIVES = np.array([10, 28, 180, 720])  # days
DEPARTMENTS = ("FRESH", "GROCERY", "DRINKS", "HOUSEHOLD", "BEAUTY", "HOME")


@dataclass(frozen=True)
class Categories:
    """One entry per category. The last one is new: all its items launch mid-way."""

    department: Ints
    price: Floats  # typical, in the shop's currency
    margin: Floats  # share of the price
    own_elasticity: Floats  # d log demand / d log own price
    cross_elasticity: Floats  # d log demand / d mean log price of the other items of the subcategory
    rival_elasticity: Floats  # d log demand / d log competitors' price
    crowding: Floats  # demand falls as (attraction of the subcategory)^-crowding: 0 nothing is cannibalised, 1 all
    substitution: Floats  # probability that a customer who finds an empty shelf takes the substitute
    season: Floats  # amplitude of log demand over the year
    phase: Floats  # share of the year at which it peaks
    holiday: Floats  # log demand in a holiday week
    drift: Floats  # log demand per year
    break_day: Ints  # day of a lasting shift; NEVER where there is none
    break_size: Floats  # log demand after it
    shelf_life: Ints  # days


@dataclass(frozen=True)
class Items:
    """One entry per item, candidates too."""

    category: Ints
    group: Ints  # subcategory: consecutive items
    brand: Ints
    supplier: Ints
    launch: Ints  # first day on sale; 0 from the start
    price: Floats
    cost: Floats
    quality: Floats  # about 0: what reviews tell
    pack: Ints  # units per case
    minimum: Ints  # smallest order, units
    substitute: Ints  # the other item of its subcategory that is nearest in price
    affinity: Floats  # tastes x items: share of a taste's purchases, at list prices, with everything listed
    main_taste: Ints  # the taste that likes it most

    @property
    def count(self) -> int:
        return len(self.category)

    @property
    def popularity(self) -> Floats:
        """Mean of its shares over tastes: the attraction that crowds its subcategory."""
        mean: Floats = self.affinity.mean(axis=0)
        return mean

    def listed(self, day: int) -> Bools:
        on_sale: Bools = self.launch <= day
        return on_sale


@cache
def categories(spec: Spec) -> Categories:
    count = category_count(spec)
    draws, each = Draws(spec.seed), np.arange(category_count(spec))
    breaks = draws.uniform("category breaks", each) < 0.25
    return Categories(
        department=each * len(DEPARTMENTS) // count,
        price=np.exp(1.1 + 0.5 * draws.normal("category price", each)),
        margin=0.22 + 0.2 * draws.uniform("category margin", each),
        own_elasticity=-1.2 - 1.4 * draws.uniform("own elasticity", each),
        cross_elasticity=0.2 + 0.5 * draws.uniform("cross elasticity", each),
        rival_elasticity=0.1 + 0.4 * draws.uniform("rival elasticity", each),
        crowding=0.2 + 0.5 * draws.uniform("crowding", each),
        substitution=0.2 + 0.5 * draws.uniform("substitution", each),
        season=0.3 * draws.uniform("season", each),
        phase=draws.uniform("phase", each),
        holiday=0.4 * draws.uniform("category holiday", each),
        drift=0.15 * draws.normal("drift", each),
        break_day=np.where(breaks, (spec.days * (0.3 + 0.5 * draws.uniform("break day", each))).astype(np.int64), NEVER),
        break_size=np.where(breaks, 0.4 * draws.normal("break size", each), 0.0),
        shelf_life=SHELF_LIVES[draws.below(len(SHELF_LIVES), "shelf life", each)],
    )


def category_count(spec: Spec) -> int:
    return max(3, spec.items // 40)


def brand_count(spec: Spec) -> int:
    """A supplier has one to three brands."""
    return int(supplier_brands(spec).sum())


def supplier_brands(spec: Spec) -> Ints:
    return 1 + Draws(spec.seed).below(3, "brands of a supplier", np.arange(spec.suppliers))


def brand_suppliers(spec: Spec) -> Ints:
    return np.repeat(np.arange(spec.suppliers), supplier_brands(spec))


@cache
def items(spec: Spec) -> Items:
    draws, each = Draws(spec.seed), np.arange(spec.items)
    kinds = categories(spec)
    category = each * category_count(spec) // spec.items
    group = _groups(category)
    brand = draws.pick(1.0 / np.sqrt(1.0 + np.arange(brand_count(spec))), "brand", each)
    price = _prices(kinds.price[category], draws, each)
    pack = np.array([4, 6, 6, 12, 24])[draws.below(5, "case pack", each)]
    affinity = _affinity(draws, category, brand, each)
    return Items(
        category=category,
        group=group,
        brand=brand,
        supplier=brand_suppliers(spec)[brand],
        launch=_launches(spec, draws, category, brand),
        price=price,
        cost=np.round(price * (1 - kinds.margin[category]), 2),
        quality=draws.normal("quality", each),
        pack=pack,
        minimum=pack * (1 + draws.below(2, "minimum", each)),
        substitute=_substitutes(group, price),
        affinity=affinity,
        main_taste=affinity.argmax(axis=0),
    )


def _groups(category: Ints) -> Ints:
    """Runs of GROUP items within a category, numbered through."""
    first = np.r_[True, np.diff(category) > 0]
    place_in_category = np.arange(len(category)) - np.maximum.accumulate(np.where(first, np.arange(len(category)), 0))
    return np.cumsum(place_in_category % GROUP == 0) - 1


def _prices(typical: Floats, draws: Draws, each: Ints) -> Floats:
    """Three price bands, ending in 9 cents."""
    band = np.array([0.7, 1.0, 1.5])[draws.pick([0.3, 0.5, 0.2], "price band", each)]
    dimes = np.maximum(np.round(10 * typical * band * np.exp(0.15 * draws.normal("price", each))), 5)
    price: Floats = np.round(dimes / 10 - 0.01, 2)
    return price


def _launches(spec: Spec, draws: Draws, category: Ints, brand: Ints) -> Ints:
    """An item waits for its own launch, its brand's and its category's."""
    own = _launch_days(spec, draws, "item", np.arange(len(category)), LAUNCHED_ITEMS, CANDIDATE_ITEMS)
    brands = _launch_days(spec, draws, "brand", np.arange(brand_count(spec)), LAUNCHED_BRANDS, CANDIDATE_BRANDS)
    brands[0] = 0  # the best known brand is there from the start
    of_category = np.where(np.arange(category_count(spec)) == category_count(spec) - 1, spec.days // 14 * 7, 0)
    return np.maximum(np.maximum(own, brands[brand]), of_category[category])


def _launch_days(spec: Spec, draws: Draws, what: str, each: Ints, launched: float, candidates: float) -> Ints:
    fate = draws.uniform(f"{what} fate", each)
    day = (spec.days * (0.2 + 0.55 * draws.uniform(f"{what} launch", each))).astype(np.int64)
    day -= day % 7  # shops list on Mondays
    return np.where(fate < candidates, NEVER, np.where(fate < candidates + launched, day, 0))


def _substitutes(group: Ints, price: Floats) -> Ints:
    """The item itself where it is alone."""
    order = np.lexsort((np.arange(len(group)), price, group))
    before, after = np.roll(order, 1), np.roll(order, -1)

    def distance(other: Ints) -> Floats:
        gap = np.abs(price[other] - price[order])
        return np.where((group[other] == group[order]) & (other != order), gap, np.inf)

    gaps = distance(before), distance(after)
    nearest = np.where(gaps[0] <= gaps[1], before, after)
    found = np.empty(len(group), dtype=np.int64)
    found[order] = np.where(np.isinf(np.minimum(*gaps)), order, nearest)
    return found


def _affinity(draws: Draws, category: Ints, brand: Ints, each: Ints) -> Floats:
    taste = np.arange(TASTES)[:, None]
    likes = TASTE_STRENGTH * draws.normal("taste for category", taste, category[None, :])
    likes = likes + BRAND_STRENGTH * draws.normal("taste for brand", taste, brand[None, :])
    weight = np.exp(POPULARITY * draws.normal("popularity", each)[None, :] + likes)
    shares: Floats = weight / weight.sum(axis=1, keepdims=True)
    return shares
