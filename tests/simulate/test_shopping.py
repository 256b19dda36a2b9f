"""Shopping: wants as often as the truth says, visits as their probabilities say, and the same rows in any batch."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from shelfwise.simulate import means
from shelfwise.simulate.catalogue import NEVER, items
from shelfwise.simulate.effects import multipliers, traffic
from shelfwise.simulate.experiments import appetite
from shelfwise.simulate.people import TRIP_SHAPE
from shelfwise.simulate.shopping import FROM_SLOT, shop
from tests.simulate.conftest import IDS, SPEC, WHO, within

DAYS = np.arange(SPEC.days)
TRIPS = 1 + 1 / TRIP_SHAPE  # E T^2 of a gamma number T of mean 1


@pytest.fixture(scope="module")
def weighed() -> dict[str, np.ndarray]:
    """W over all locations and V, days x tastes."""
    rows = means.weights(SPEC, IDS)
    chain = rows[rows["location"] >= 0].groupby(["day", "taste"], as_index=False)["weight"].sum()
    return {"whole": means.as_array(chain, SPEC.days), "page": means.as_array(rows[rows["location"] == means.PAGE], SPEC.days)}


def of_visits() -> tuple[np.ndarray, np.ndarray]:
    """Customers x days: the probability of a visit, and what multiplies the units wanted on it."""
    return WHO.member(DAYS) * WHO.rate[:, None] * traffic(SPEC), WHO.basket[:, None] * appetite(SPEC, IDS[:, None], DAYS[None, :])


@pytest.fixture(scope="module")
def moments() -> tuple[np.ndarray, np.ndarray]:
    """Of units wanted at the shelf by item: mean p m, covariance p m (own) and p (E T^2 - p) m m' over customers and days.

    A visit comes with probability p and then wants Poisson(T m_i) of each item: items of one visit come together.
    """
    chance, size = of_visits()
    mean, covariance = np.zeros(SPEC.items), np.zeros((SPEC.items, SPEC.items))
    for week in range(SPEC.weeks):
        days = slice(week * 7, week * 7 + 7)
        liked = WHO.tastes @ (items(SPEC).affinity * multipliers(SPEC)[:, week])
        p, s = chance[:, days], size[:, days]
        mean += (p * s).sum(axis=1) @ liked
        covariance += liked.T @ (liked * (p * (TRIPS - p) * s**2).sum(axis=1)[:, None])
    return mean, covariance + np.diag(mean)


def sort(rows: pd.DataFrame) -> pd.DataFrame:
    key = [name for name in ("customer", "day", "number", "position") if name in rows]
    return rows.sort_values(key, ignore_index=True)


def test_the_true_mean_is_that_of_the_equation(weighed, moments):
    """By customer, day and item, added up; W is rounded to 1e-9 units per customer, day and taste."""
    truth = means.wanted(SPEC, weighed["whole"], 0 * weighed["page"], np.arange(SPEC.items))
    assert truth.groupby("item")["wanted"].sum().to_numpy() == pytest.approx(moments[0], rel=1e-6, abs=1e-4)


def test_all_units_wanted_are_as_many_as_the_truth_says(wants, moments):
    organic, (mean, covariance) = wants[wants["number"] < FROM_SLOT], moments
    assert within(len(organic), mean.sum(), covariance.sum())
    assert np.sqrt(covariance.sum()) < 0.02 * mean.sum()


def test_each_items_units_are_as_many_as_the_truth_says(wants, moments):
    """Chi-square in the metric of the exact covariance, with a degree of freedom per item wanted ten times or more."""
    (mean, covariance), organic = moments, wants[wants["number"] < FROM_SLOT]
    counted = np.bincount(organic["item"], minlength=SPEC.items)
    often = mean >= 10
    away = (counted - mean)[often]
    distance = away @ np.linalg.solve(covariance[np.ix_(often, often)], away)
    assert often.sum() > 50
    assert 1e-4 < stats.chi2(often.sum()).sf(distance) < 1 - 1e-4


def test_each_days_units_are_as_many_as_the_truth_says(wants):
    """Visits of different days are independent, so chi-square over days has as many degrees of freedom."""
    chance, size = of_visits()
    liked = np.stack([WHO.tastes @ (items(SPEC).affinity @ multipliers(SPEC)[:, day // 7]) for day in DAYS], axis=1)
    mean = (chance * size * liked).sum(axis=0)
    variance = mean + (chance * (TRIPS - chance) * (size * liked) ** 2).sum(axis=0)
    counted = np.bincount(wants.loc[wants["number"] < FROM_SLOT, "day"], minlength=SPEC.days)
    assert 1e-4 < stats.chi2(SPEC.days).sf(((counted - mean) ** 2 / variance).sum()) < 1 - 1e-4


def test_what_a_customer_wants_goes_by_taste(wants):
    """Units of items whose main taste is the customer's own: their probabilities, unit by unit."""
    organic = wants[wants["number"] < FROM_SLOT]
    row, week = organic["customer"].to_numpy(), organic["day"].to_numpy() // 7
    favourite = WHO.tastes.argmax(axis=1)
    of_taste = np.eye(8)[items(SPEC).main_taste]
    own = np.stack([items(SPEC).affinity * multipliers(SPEC)[:, one] @ of_taste for one in range(SPEC.weeks)])
    likes = np.einsum("rk,rkj->rj", WHO.tastes[row], own[week])
    p = (likes / likes.sum(axis=1, keepdims=True))[np.arange(len(row)), favourite[row]]
    assert within((items(SPEC).main_taste[organic["item"]] == favourite[row]).sum(), p.sum(), (p * (1 - p)).sum())


def test_only_items_on_sale_are_wanted(wants):
    launch = items(SPEC).launch[wants["item"]]
    assert (launch <= wants["day"]).all()
    assert (launch > 0).any()
    assert (items(SPEC).launch == NEVER).any()


def test_only_members_come_once_a_day_in_opening_hours(wants):
    who = wants["customer"].to_numpy()
    assert (WHO.joined[who] <= wants["day"]).all()
    assert (wants["day"] < WHO.left[who]).all()
    assert wants["second"].between(8 * 3600, 22 * 3600 - 1).all()
    visit = wants.groupby(["customer", "day"])
    assert (visit["second"].nunique() == 1).all()
    assert (visit["location"].nunique() == 1).all()
    hours = wants.groupby(["customer", "day"])["second"].first()
    assert stats.kstest((hours - 8 * 3600) / (14 * 3600), "uniform").pvalue > 1e-4


def test_who_is_not_on_the_web_is_in_the_home_store(wants):
    at_home = wants["location"] != SPEC.web
    assert (wants["location"] == WHO.home[wants["customer"]])[at_home].all()
    assert 0 < at_home.mean() < 1


def test_units_of_a_visit_are_numbered_through(wants):
    organic = wants[wants["number"] < FROM_SLOT]
    numbers = organic.groupby(["customer", "day"])["number"].agg(["min", "max", "size"])
    assert (numbers["min"] == 0).all()
    assert (numbers["max"] + 1 == numbers["size"]).all()
    assert not wants.duplicated(["customer", "day", "number"]).any()


def test_any_split_of_the_customers_gives_the_same_rows(wants, slots):
    parts = [shop(SPEC, IDS[chosen]) for chosen in (slice(0, 1, None), slice(1, 700), slice(700, None))]
    for place, together in enumerate((wants, slots)):
        apart = pd.concat([part[place] for part in parts])
        pd.testing.assert_frame_equal(sort(apart), sort(together))


def test_a_customer_wants_the_same_whoever_else_is_asked_for(wants, slots):
    few = np.array([900, 3, 77])
    for found, together in zip(shop(SPEC, few), (wants, slots), strict=True):
        pd.testing.assert_frame_equal(sort(found), sort(together[together["customer"].isin(few)]))


def test_nobody_wants_nothing(wants, slots):
    for found, together in zip(shop(SPEC, IDS[:0]), (wants, slots), strict=True):
        assert found.empty
        assert list(found) == list(together)


def test_another_seed_gives_other_wants(wants):
    other = shop(replace(SPEC, seed=8), IDS[:50])[0]
    assert not sort(other).equals(sort(wants[wants["customer"] < 50]))
