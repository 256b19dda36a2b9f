"""Textbook estimates of who customers are, when they come, what a trip takes home, and what they write."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from planted_demand import multiplied
from planted_intervals import Interval, about, clustered_logistic, constants, mean, most_likely, quantile, share, spread
from planted_traffic import day_traffic
from scipy import stats

from shelfwise.measures.streams import Floats
from shelfwise.simulate import reviews, truths
from shelfwise.simulate.catalogue import TASTES, Bools, items
from shelfwise.simulate.experiments import appetite
from shelfwise.simulate.people import (
    BASKET_SPREAD,
    BASKETS,
    JOIN_LATER,
    SEGMENT_SHARES,
    SEGMENTS,
    TASTE_SHAPE,
    VISIT_SPREAD,
    VISITS,
    people,
)
from shelfwise.simulate.plans import shelf_lives
from shelfwise.simulate.shopping import FROM_SLOT
from shelfwise.simulate.spec import WEEK, Spec

SETTLED = 120  # days: all but one in a hundred million reviews are written by then


def customers(spec: Spec) -> Iterator[Interval]:
    """Shares of segments and of late comers, mean and spread of log baskets, quantiles of visits, how single-minded tastes are."""
    who = people(spec, np.arange(spec.customers))
    yield Interval("joined later", JOIN_LATER * (1 - 1 / spec.days), *share((who.joined > 0).sum(), spec.customers))
    for number, part in enumerate(SEGMENT_SHARES):
        mine = who.segment == number
        yield Interval("segment", float(part), *share(mine.sum(), spec.customers))
        log = np.log(who.basket[mine])
        yield Interval("usual basket", float(np.log(BASKETS[number]) - BASKET_SPREAD**2 / 2), *mean(log))
        yield Interval("spread of baskets", BASKET_SPREAD, *spread(log))
        for level in (0.1, 0.5):  # below what caps the largest
            truth = VISITS[number] * np.exp(VISIT_SPREAD * stats.norm.ppf(level) - VISIT_SPREAD**2 / 2)
            yield Interval("spread of visit rates", float(truth), *quantile(who.rate[mine], level))
    # of a Dirichlet law the squares of the shares add up to (shape + 1) / (kinds * shape + 1) on average
    yield Interval("tastes", (TASTE_SHAPE + 1) / (TASTES * TASTE_SHAPE + 1), *mean((who.tastes**2).sum(axis=1)))


def trips(spec: Spec, wants: pd.DataFrame, slots: pd.DataFrame) -> Iterator[Interval]:
    """Visits over those that the truth expects, the web's share of them, and the units of a visit (negative binomial)."""
    yield from visits(spec, slots)
    organic = wants[wants["number"] < FROM_SLOT]
    yield from web_shares(spec, organic)
    yield from units(spec, organic, slots)


def visits(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """By segment, of the web shop, whose pages tell of every visit: those that came over the sum of their probabilities."""
    known, days = truths.customer_truth(spec, np.arange(spec.customers)), np.arange(spec.days)
    member = (known["joined_day"].to_numpy()[:, None] <= days) & (days < known["left_day"].to_numpy()[:, None])
    chance = member * (known["visit_rate"] * known["web_share"]).to_numpy()[:, None] * day_traffic(spec)
    came = np.bincount(slots.loc[slots["position"] == 1, "customer"], minlength=spec.customers)
    for segment in SEGMENTS:
        mine = (known["segment"] == segment).to_numpy()
        expected, varies = chance[mine].sum(), (chance[mine] * (1 - chance[mine])).sum()
        yield Interval("visit rate", 1.0, *about(came[mine].sum() / expected, np.sqrt(varies) / expected))


def web_shares(spec: Spec, organic: pd.DataFrame) -> Iterator[Interval]:
    """By segment: baskets of the web shop among all (exact); where a visit goes does not move what it wants."""
    known = truths.customer_truth(spec, np.arange(spec.customers))
    baskets = organic.drop_duplicates(["customer", "day"])
    segment, web = known["segment"].to_numpy()[baskets["customer"]], (baskets["location"] == spec.web).to_numpy()
    for name, truth in known.groupby("segment")["web_share"].first().items():
        yield Interval("web share", float(truth), *share(web[segment == name].sum(), (segment == name).sum()))


def units(spec: Spec, organic: pd.DataFrame, slots: pd.DataFrame) -> Iterator[Interval]:
    """Of visits to the web shop, also those without a want: by segment the mean over the truth's; the shape of trips."""
    seen = slots.loc[slots["position"] == 1, ["customer", "day"]]
    counts = organic[organic["location"] == spec.web].groupby(["customer", "day"]).size().rename("units").reset_index()
    of = seen.merge(counts, on=["customer", "day"], how="left").fillna({"units": 0})
    known = truths.customer_truth(spec, np.arange(spec.customers))
    customer, day = of["customer"].to_numpy(), of["day"].to_numpy()
    liked = items(spec).affinity @ multiplied(spec)  # tastes x weeks
    by_taste = (np.stack(known["tastes"].to_list())[customer] * liked[:, day // WEEK].T).sum(axis=1)
    expected = known["basket"].to_numpy()[customer] * appetite(spec, customer, day) * by_taste
    wanted = of["units"].to_numpy(float)
    for segment in SEGMENTS:
        mine = (known["segment"] == segment).to_numpy()[customer]
        ratio, whole = wanted[mine].sum() / expected[mine].sum(), expected[mine].sum()
        error = np.sqrt(((wanted - ratio * expected)[mine] ** 2).sum()) / whole
        yield Interval("units of a visit", 1.0, *about(ratio, error))

    def loss(log: Floats) -> float:
        shape = float(np.exp(log[0]))
        return -float(stats.nbinom.logpmf(wanted, shape, shape / (shape + expected)).sum())

    yield Interval("trip shape", float(constants(spec)["trip_shape"]), *np.exp(most_likely(loss, np.zeros(1))[0]))


def opinions(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Who reviews a purchase, when, in which language, how it was found for the item's quality, and what it is about."""
    bought = wants.loc[wants["number"] < FROM_SLOT, ["customer", "item", "day"]].drop_duplicates()
    told = reviews.reviews(spec, bought)
    could = -np.expm1(-np.maximum(spec.days - 1 - bought["day"].to_numpy(), 0) / reviews.MEAN_DAYS)
    part = len(told) / could.sum()
    error = np.sqrt((part * could * (1 - part * could)).sum()) / could.sum()
    yield Interval("reviewed", reviews.REVIEWED, *about(part, error))
    # whole days of an exponential: written each day with the same probability; purchases whose reviews are cut off are left out
    early = told[told["bought_day"] < spec.days - SETTLED]
    days = int((early["day"] - early["bought_day"]).sum())
    yield Interval("days until a review", float(-np.expm1(-1 / reviews.MEAN_DAYS)), *share(len(early), days))
    writers = told.drop_duplicates("customer")
    yield Interval("review in Chinese", reviews.CHINESE, *share((writers["language"] == "zh").sum(), len(writers)))
    clear = told[told["sentiment"] != 0]
    yield Interval("usual stars", reviews.USUAL, *share(clear["rating"].isin((1, 5)).sum(), len(clear)))
    yield from sentiments(spec, told)
    yield from aspects(spec, told)


def sentiments(spec: Spec, told: pd.DataFrame) -> Iterator[Interval]:
    """Thresholds and slope of cumulative logits on quality; a customer's reviews go together."""
    quality = truths.item_truth(spec, np.arange(spec.items))["quality"].to_numpy()[told["item"]]
    design, customer = np.column_stack([np.ones(len(told)), -quality]), told["customer"].to_numpy()
    for sentiment, threshold in zip((-1, 0), reviews.THRESHOLDS, strict=True):
        estimate, covariance = clustered_logistic(design, (told["sentiment"] <= sentiment).to_numpy(float), customer)
        for name, truth, middle, error in zip(
            ("sentiment at quality 0", "sentiment by quality"),
            (threshold, reviews.SLOPE),
            estimate,
            np.sqrt(np.diag(covariance)),
            strict=True,
        ):
            yield Interval(name, float(truth), *about(middle, error))


def aspects(spec: Spec, told: pd.DataFrame) -> Iterator[Interval]:
    """Of what keeps and of what does not: the share of each aspect (exact)."""
    spoils: Bools = shelf_lives(spec)[told["item"]] <= reviews.PERISHABLE
    for mine, shares in zip((~spoils, spoils), reviews.ASPECT_SHARES, strict=True):
        for aspect, part in zip(reviews.ASPECTS, shares, strict=True):
            if part:
                yield Interval("aspect", part, *share((told["aspect"] == aspect)[mine].sum(), mine.sum()))
