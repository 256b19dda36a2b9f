"""Parcels: the laws that the docs promise hold, and no parcel arrives before it left."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from shelfwise.simulate import deliveries as parcels
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=364, customers=3000, items=400, suppliers=40, locations=4)
CUSTOMERS = np.arange(SPEC.customers)


@pytest.fixture(scope="module")
def baskets() -> pd.DataFrame:
    """Four per customer, spread over days and opening hours."""
    number = np.arange(4 * SPEC.customers)
    return pd.DataFrame({"customer": number // 4, "day": number * 37 % SPEC.days, "second": 8 * 3600 + number * 7919 % (14 * 3600)})


@pytest.fixture(scope="module")
def sent(baskets: pd.DataFrame) -> pd.DataFrame:
    return parcels.deliveries(SPEC, baskets)


def ordered_second(rows: pd.DataFrame) -> pd.Series:
    return rows["day"] * parcels.DAY + rows["second"]


def test_each_basket_has_one_parcel_with_its_key(baskets, sent):
    pd.testing.assert_frame_equal(sent[["customer", "day", "second"]], baskets)
    assert not sent.isna().any(axis=None)


def test_any_split_and_order_of_the_baskets_gives_the_same_parcels(baskets, sent):
    shuffled = baskets.sample(frac=1, random_state=1)
    parts = pd.concat([parcels.deliveries(SPEC, part) for part in (shuffled[:5000], shuffled[5000:5001], shuffled[5001:])])
    together = parts.sort_values(["customer", "day"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(together, sent.sort_values(["customer", "day"]).reset_index(drop=True))


def test_no_baskets_give_no_parcels(baskets, sent):
    nothing = parcels.deliveries(SPEC, baskets[:0])
    assert nothing.empty
    assert list(nothing) == list(sent)
    assert parcels.true_on_time(SPEC, nothing).shape == (0,)


def test_another_seed_gives_other_parcels(baskets, sent):
    assert (parcels.deliveries(replace(SPEC, seed=8), baskets)["shipped_second"] != sent["shipped_second"]).mean() > 0.99


def test_parcels_are_handled_for_four_to_28_hours_and_delivered_later_still(sent):
    """Evenly: 16 hours on average, with a standard deviation of 24 / sqrt(12) = 6.93."""
    handled = sent["shipped_second"] - ordered_second(sent)
    assert handled.between(4 * 3600, 28 * 3600).all()
    assert handled.mean() / 3600 == pytest.approx(16, abs=4 * 6.93 / np.sqrt(len(sent)))
    assert (sent["delivered_second"] > sent["shipped_second"]).all()


def test_a_degree_of_latitude_is_111_kilometres():
    """2 pi * 6371.0088 / 360 = 111.195; half-way round the equator it is 180 times that."""
    degree = parcels.haversine(np.array(40.0), np.array(-80.0), np.array([41.0]), np.array([-80.0]))
    half = parcels.haversine(np.array(0.0), np.array(0.0), np.array([0.0]), np.array([180.0]))
    assert degree[0] == pytest.approx(111.195, abs=1e-3)
    assert half[0] == pytest.approx(180 * degree[0])


def test_homes_lie_within_fifteen_kilometres_of_their_city_and_fill_the_disc():
    """Evenly in a disc: a quarter of the homes lie within half of the radius."""
    home = parcels.home_coordinates(SPEC, CUSTOMERS)
    city = parcels.PLACES.iloc[parcels.home_city(SPEC, CUSTOMERS)]
    assert (home["city"].to_numpy() == city["city"].to_numpy()).all()
    away = parcels.haversine(*(place[axis].to_numpy() for place in (city, home) for axis in ("latitude", "longitude")))
    assert away.max() < 15.01
    assert (away < 7.5).mean() == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / len(away)))
    assert home["city"].nunique() == 40


def test_a_customer_has_one_home_whoever_else_is_asked_for(sent):
    alone = parcels.home_coordinates(SPEC, np.array([17]))
    of_17 = sent[sent["customer"] == 17]
    assert set(of_17["to_latitude"]) == set(alone["latitude"])
    assert set(of_17["to_longitude"]) == set(alone["longitude"])


def test_the_promise_is_the_end_of_a_day_two_and_one_per_700_kilometres_later():
    """Ordered on day 10: 699 km end day 12, 700 km end day 13, 1,400 km end day 14; day 12 ends with second 13 * 86,400 - 1."""
    promised = parcels.promised(np.array([10, 10, 10]), np.array([699.0, 700.0, 1400.0]))
    assert promised.tolist() == [13 * 86_400 - 1, 14 * 86_400 - 1, 15 * 86_400 - 1]


def test_the_rows_keep_to_the_promise_and_the_tariff(sent):
    """Union Post: 3.20 + .0012 per km + .30 per kg."""
    assert (sent["promised_second"] == parcels.promised(sent["day"].to_numpy(), sent["distance_km"].to_numpy())).all()
    post = sent[sent["carrier"] == "Union Post"]
    tariff = 3.20 + 0.0012 * post["distance_km"] + 0.30 * post["weight_kg"]
    assert (post["cost"] - tariff).abs().max() < 0.00501


def test_carriers_have_their_shares(sent):
    for carrier in parcels.CARRIERS:
        error = np.sqrt(carrier.share * (1 - carrier.share) / len(sent))
        assert (sent["carrier"] == carrier.name).mean() == pytest.approx(carrier.share, abs=4 * error)


def test_without_delay_transit_is_lognormal_around_sorting_and_distance(sent):
    """Half of the 95 % that are not delayed, and next to none of the others, take less than 6 h + km / speed."""
    express = parcels.CARRIERS[0]
    rows = sent[sent["carrier"] == express.name]
    hours = (rows["delivered_second"] - rows["shipped_second"]) / 3600
    log = np.log(hours / (6 + rows["distance_km"] / express.speed)) / express.spread
    share_below = (log < 0).mean()
    assert share_below == pytest.approx(0.5 * (1 - express.late), abs=4 * np.sqrt(0.25 / len(rows)) + 0.001)


def test_parcels_are_on_time_as_often_as_the_closed_form_says(sent):
    """By carrier, and within tenths of the probability: mean of (on time - p) within 4 standard errors of 0."""
    chance = parcels.true_on_time(SPEC, sent)
    on_time = (sent["delivered_second"] <= sent["promised_second"]).to_numpy()
    assert ((chance > 0) & (chance < 1)).all()
    for group in [*sent.groupby("carrier").indices.values(), *np.array_split(np.argsort(chance), 10)]:
        error = np.sqrt((chance[group] * (1 - chance[group])).sum()) / len(group)
        assert on_time[group].mean() == pytest.approx(chance[group].mean(), abs=4 * error)


def test_the_closed_form_agrees_with_averages_over_quantiles(sent):
    """Each carrier's least punctual row: 1,000 quantiles of transit, 500 of the delay; P(H <= x) = (x - 4) / 24 within 0 and 1."""
    chance = parcels.true_on_time(SPEC, sent)
    z = ndtri((np.arange(1000) + 0.5) / 1000)[:, None]
    waits = -np.log((np.arange(500) + 0.5) / 500)[None, :]
    for carrier in parcels.CARRIERS:
        of = np.flatnonzero(sent["carrier"] == carrier.name)
        row = sent.iloc[of[chance[of].argmin()]]
        left = (row["promised_second"] - row["day"] * 86_400 - row["second"]) / 3600
        spare = left - (6 + row["distance_km"] / carrier.speed) * np.exp(carrier.spread * z)
        punctual, delayed = (np.clip((x - 4) / 24, 0, 1).mean() for x in (spare, spare - carrier.delay * waits))
        assert chance[of].min() == pytest.approx((1 - carrier.late) * punctual + carrier.late * delayed, abs=5e-4)


def test_an_unknown_carrier_is_no_parcel_of_this_shop(sent):
    with pytest.raises(ValueError, match="non-finite"):
        parcels.true_on_time(SPEC, sent[:2].assign(carrier=["Union Post", "Nobody"]))
