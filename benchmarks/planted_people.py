"""Textbook estimates of who customers are, when they come, what a trip takes home, how long a page is read, and what is written."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from planted_demand import Interval, Z, constants, day_traffic, multiplied
from planted_supply import exact_share, mean_interval
from scipy import optimize, stats

from shelfwise.simulate import reviews, truths
from shelfwise.simulate.catalogue import TASTES, Bools, items
from shelfwise.simulate.draws import Floats, Ints
from shelfwise.simulate.experiments import appetite
from shelfwise.simulate.people import BASKET_SPREAD, BASKETS, SEGMENT_SHARES, SEGMENTS, TASTE_SHAPE, people
from shelfwise.simulate.plans import shelf_lives
from shelfwise.simulate.shopping import FROM_SLOT
from shelfwise.simulate.spec import WEEK, Spec


def customers(spec: Spec) -> Iterator[Interval]:
    """Shares of segments (exact), mean and spread of log baskets (Student, chi-square), and how single-minded tastes are."""
    who = people(spec, np.arange(spec.customers))
    for number, share in enumerate(SEGMENT_SHARES):
        mine = who.segment == number
        yield Interval("segment", float(share), *exact_share(int(mine.sum()), spec.customers))
        log = np.log(who.basket[mine])
        yield Interval("usual basket", float(np.log(BASKETS[number]) - BASKET_SPREAD**2 / 2), *mean_interval(log))
        yield Interval("spread of baskets", BASKET_SPREAD, *spread_interval(log))
    # of a Dirichlet law the squares of the shares add up to (shape + 1) / (kinds * shape + 1) on average
    yield Interval("tastes", (TASTE_SHAPE + 1) / (TASTES * TASTE_SHAPE + 1), *mean_interval((who.tastes**2).sum(axis=1)))


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
        ratio, half = came[mine].sum() / expected, Z * np.sqrt(varies) / expected
        yield Interval("visit rate", 1.0, ratio - half, ratio + half)


def web_shares(spec: Spec, organic: pd.DataFrame) -> Iterator[Interval]:
    """By segment: baskets of the web shop among all (exact); where a visit goes does not move what it wants."""
    known = truths.customer_truth(spec, np.arange(spec.customers))
    baskets = organic.drop_duplicates(["customer", "day"])
    segment, web = known["segment"].to_numpy()[baskets["customer"]], (baskets["location"] == spec.web).to_numpy()
    for name, truth in known.groupby("segment")["web_share"].first().items():
        yield Interval("web share", float(truth), *exact_share(int(web[segment == name].sum()), int((segment == name).sum())))


def units(spec: Spec, organic: pd.DataFrame, slots: pd.DataFrame) -> Iterator[Interval]:
    """Of visits to the web shop, also those without a want: by segment the mean over the truth's; the shape of trips."""
    seen = slots.loc[slots["position"] == 1, ["customer", "day"]]
    counts = organic[organic["location"] == spec.web].groupby(["customer", "day"]).size().rename("units").reset_index()
    of = seen.merge(counts, on=["customer", "day"], how="left").fillna({"units": 0})
    known = truths.customer_truth(spec, np.arange(spec.customers))
    customer, day = of["customer"].to_numpy(), of["day"].to_numpy()
    liked = items(spec).affinity @ multiplied(spec)  # tastes x weeks
    by_taste = (np.stack(known["tastes"].to_list())[customer] * liked[:, day // WEEK].T).sum(axis=1)
    mean = known["basket"].to_numpy()[customer] * appetite(spec, customer, day) * by_taste
    wanted = of["units"].to_numpy(float)
    for segment in SEGMENTS:
        mine = (known["segment"] == segment).to_numpy()[customer]
        ratio = wanted[mine].sum() / mean[mine].sum()
        half = Z * np.sqrt(((wanted - ratio * mean)[mine] ** 2).sum()) / mean[mine].sum()
        yield Interval("units of a visit", 1.0, ratio - half, ratio + half)
    yield Interval("trip shape", float(constants(spec)["trip_shape"]), *gamma_shape(wanted, mean))


def gamma_shape(y: Floats, mean: Floats) -> tuple[float, float]:
    """95 % interval of the shape in y ~ Poisson(mean * gamma of mean 1), by maximum likelihood in its log."""

    def loss(log: float) -> float:
        shape = np.exp(log)
        return float(-stats.nbinom.logpmf(y, shape, shape / (shape + mean)).sum())

    best, step = float(optimize.minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded", options={"xatol": 1e-6}).x), 1e-2
    information = (loss(best + step) - 2 * loss(best) + loss(best - step)) / step**2
    return float(np.exp(best - Z / np.sqrt(information))), float(np.exp(best + Z / np.sqrt(information)))


def dwell(spec: Spec, slots: pd.DataFrame) -> Iterator[Interval]:
    """Median and spread of the seconds that a slot is looked at."""
    log, constant = np.log(slots["dwell"].to_numpy()), constants(spec)
    yield Interval("dwell", float(np.log(constant["dwell_median"])), *mean_interval(log))
    yield Interval("spread of dwell", float(constant["dwell_spread"]), *spread_interval(log))


def spread_interval(normal: Floats) -> tuple[float, float]:
    """95 % interval of the standard deviation of a normal sample (chi-square)."""
    n, total = len(normal) - 1, float(((normal - normal.mean()) ** 2).sum())
    return float(np.sqrt(total / stats.chi2.ppf(0.975, n))), float(np.sqrt(total / stats.chi2.ppf(0.025, n)))


def opinions(spec: Spec, wants: pd.DataFrame) -> Iterator[Interval]:
    """Who reviews a purchase, in which language, how it was found for the item's quality, and what it is about."""
    bought = wants.loc[wants["number"] < FROM_SLOT, ["customer", "item", "day"]].drop_duplicates()
    told = reviews.reviews(spec, bought)
    could = -np.expm1(-np.maximum(spec.days - 1 - bought["day"].to_numpy(), 0) / reviews.MEAN_DAYS)
    share = len(told) / could.sum()
    half = Z * np.sqrt((share * could * (1 - share * could)).sum()) / could.sum()
    yield Interval("reviewed", reviews.REVIEWED, share - half, share + half)
    writers = told.drop_duplicates("customer")
    yield Interval("review in Chinese", reviews.CHINESE, *exact_share(int((writers["language"] == "zh").sum()), len(writers)))
    clear = told[told["sentiment"] != 0]
    yield Interval("usual stars", reviews.USUAL, *exact_share(int(clear["rating"].isin((1, 5)).sum()), len(clear)))
    yield from sentiments(spec, told)
    yield from aspects(spec, told)


def sentiments(spec: Spec, told: pd.DataFrame) -> Iterator[Interval]:
    """Thresholds and slope of cumulative logits on quality; a customer's reviews go together (Liang & Zeger 1986)."""
    quality = truths.item_truth(spec, np.arange(spec.items))["quality"].to_numpy()[told["item"]]
    design, customer = np.column_stack([np.ones(len(told)), -quality]), told["customer"].to_numpy()
    for sentiment, threshold in zip((-1, 0), reviews.THRESHOLDS, strict=True):
        estimate, covariance = clustered_logistic(design, (told["sentiment"] <= sentiment).to_numpy(float), customer)
        for name, truth, middle, spread in zip(
            ("sentiment at quality 0", "sentiment by quality"),
            (threshold, reviews.SLOPE),
            estimate,
            np.sqrt(np.diag(covariance)),
            strict=True,
        ):
            yield Interval(name, float(truth), middle - Z * spread, middle + Z * spread)


def aspects(spec: Spec, told: pd.DataFrame) -> Iterator[Interval]:
    """Of what keeps and of what does not: the share of each aspect (exact)."""
    spoils: Bools = shelf_lives(spec)[told["item"]] <= reviews.PERISHABLE
    for mine, shares in zip((~spoils, spoils), reviews.ASPECT_SHARES, strict=True):
        for aspect, share in zip(reviews.ASPECTS, shares, strict=True):
            if share:
                yield Interval("aspect", share, *exact_share(int((told["aspect"] == aspect)[mine].sum()), int(mine.sum())))


def logistic(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood by Newton's steps: estimates and their covariance."""
    b = np.zeros(design.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-design @ b))
        information = (design * (p * (1 - p))[:, None]).T @ design
        b = b + np.linalg.solve(information, design.T @ (y - p))
    return b, np.asarray(np.linalg.inv(information))


def clustered_logistic(design: Floats, y: Floats, cluster: Ints) -> tuple[Floats, Floats]:
    """The same, with a covariance that lets the rows of a cluster go together."""
    b, inverse = logistic(design, y)
    scores = np.zeros((int(cluster.max()) + 1, design.shape[1]))
    np.add.at(scores, cluster, design * (y - 1 / (1 + np.exp(-design @ b)))[:, None])
    return b, np.asarray(inverse @ (scores.T @ scores) @ inverse)
