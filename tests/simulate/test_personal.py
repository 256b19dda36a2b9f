"""Personal data: well formed, plausible, and impossible to be anyone's."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from shelfwise.simulate.deliveries import CITIES, home_coordinates
from shelfwise.simulate.personal import personal
from shelfwise.simulate.reviews import writes_chinese
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=364, customers=3000, items=400, suppliers=40, locations=4)
CUSTOMERS = np.arange(SPEC.customers)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return personal(SPEC, CUSTOMERS)


def test_any_split_and_order_of_the_customers_gives_the_same_rows(rows):
    shuffled = np.random.default_rng(1).permutation(CUSTOMERS)
    parts = pd.concat([personal(SPEC, part) for part in (shuffled[:1000], shuffled[1000:1001], shuffled[1001:])])
    pd.testing.assert_frame_equal(parts.sort_values("customer").reset_index(drop=True), rows)


def test_nobody_has_no_row(rows):
    nothing = personal(SPEC, CUSTOMERS[:0])
    assert nothing.empty
    assert list(nothing) == list(rows)


def test_every_customer_has_everything_once(rows):
    assert rows["customer"].tolist() == CUSTOMERS.tolist()
    assert not rows.isna().any(axis=None)
    assert rows["email"].is_unique


def test_mail_goes_to_domains_that_nobody_can_own(rows):
    assert rows["email"].str.fullmatch(r"[a-z]+\.[a-z]+\.\d+@example\.(com|org|net)").all()


def test_telephone_numbers_are_those_of_films(rows):
    """The area code is the city's: 212 in New York."""
    assert rows["phone"].str.fullmatch(r"\+1-\d{3}-555-01\d{2}").all()
    assert set(rows.loc[rows["city"] == "New York", "phone"].str[3:6]) == {"212"}


def test_the_city_is_where_the_parcels_go(rows):
    home = home_coordinates(SPEC, CUSTOMERS)
    assert rows["city"].tolist() == home["city"].tolist()
    assert rows["state"].tolist() == home["state"].tolist()


def test_a_postal_code_has_five_digits_that_begin_as_its_citys(rows):
    """Boston's begin with 0 and stay text: 021xx."""
    prefix = {one.city: one.zip_prefix for one in CITIES}
    assert rows["postal_code"].str.fullmatch(r"\d{5}").all()
    assert (rows["postal_code"].str[:3] == rows["city"].map(prefix)).all()
    assert rows.loc[rows["city"] == "Boston", "postal_code"].str.startswith("021").all()


def test_all_are_of_age_when_the_shop_opens():
    """6,575 days before 2 January 2023 is 1 January 2005; so many are asked that some are born on that very day."""
    born = personal(SPEC, np.arange(150_000))["born_on"]
    assert born.map(type).eq(date).all()
    assert born.max() == date(2005, 1, 1)
    assert born.min() > date(1935, 1, 1)


def test_who_writes_chinese_has_a_chinese_name_and_a_latin_address(rows):
    chinese = writes_chinese(SPEC, CUSTOMERS)
    assert (rows["name"].str.fullmatch(r"[\u4e00-\u9fff]{2,3}").to_numpy() == chinese).all()
    assert rows.loc[~chinese, "name"].str.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+").all()


def test_a_chinese_name_begins_with_the_surname(rows):
    """赵伟 is Wei Zhao in Latin letters."""
    assert rows.loc[rows["name"] == "赵伟", "email"].str.match(r"wei\.zhao\.").all()
    assert (rows["name"] == "赵伟").any()


def test_an_english_name_is_spelt_out_in_the_address(rows):
    """Thomas Adams, customer 0, writes as thomas.adams.0."""
    english = rows[~writes_chinese(SPEC, CUSTOMERS)]
    spelt = english["name"].str.lower().str.replace(" ", ".") + "." + english["customer"].astype(str)
    assert (english["email"].str.split("@").str[0] == spelt).all()


def test_streets_have_a_number_a_name_and_a_kind(rows):
    assert rows["street"].str.fullmatch(r"\d{3,4} [A-Z][a-z]+ (Street|Avenue|Road|Lane|Drive)").all()
