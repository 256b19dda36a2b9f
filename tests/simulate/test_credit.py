"""Invoices: defaults as often as the hazard says, delays as long as the share past due says, nothing paid before it is due."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from shelfwise.simulate import credit
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=364, customers=3000, items=400, suppliers=40, locations=4)
IDS = np.arange(4000)  # more than the shop has: laws need rows
KINDS = (credit.SUPPLIER, credit.BUSINESS)


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def party(kind: str) -> pd.DataFrame:
    return credit.parties(SPEC, kind, IDS)


@pytest.fixture(scope="module")
def billed(kind: str) -> pd.DataFrame:
    return credit.invoices(SPEC, kind, IDS)


def typical(**features: float) -> pd.DataFrame:
    middling = {"years_known": 6.0, "monthly_turnover": 12_000.0, "past_due_share": 0.1, "employees": 25}
    return pd.DataFrame([middling | features])


def test_all_suppliers_and_each_tenth_customer_are_parties():
    assert credit.party_ids(SPEC, credit.SUPPLIER).tolist() == list(range(40))
    assert credit.party_ids(SPEC, credit.BUSINESS).tolist() == list(range(0, 3000, 10))


def test_any_split_and_order_of_the_parties_gives_the_same_rows(kind, party, billed):
    shuffled = np.random.default_rng(1).permutation(IDS)
    split = shuffled[:1500], shuffled[1500:1501], shuffled[1501:]
    parties = pd.concat([credit.parties(SPEC, kind, part) for part in split])
    pd.testing.assert_frame_equal(parties.sort_values("party").reset_index(drop=True), party)
    invoices = pd.concat([credit.invoices(SPEC, kind, part) for part in split])
    pd.testing.assert_frame_equal(invoices.sort_values(["party", "number"]).reset_index(drop=True), billed.reset_index(drop=True))


def test_no_parties_have_no_invoices(kind, billed):
    nothing = credit.invoices(SPEC, kind, IDS[:0])
    assert nothing.empty
    assert list(nothing) == list(billed)


def test_a_supplier_and_a_customer_of_the_same_number_are_different_parties():
    of_kind = [credit.parties(SPEC, kind, IDS)["monthly_turnover"] for kind in KINDS]
    assert abs(np.corrcoef(*np.log(of_kind))[0, 1]) < 4 / np.sqrt(len(IDS))


def test_the_middling_party_stands_at_zero():
    """6 years, 12,000 a month, a tenth past due, 25 heads; half of that turnover lies ln 2 = .693 below."""
    assert credit.standardised(typical())[0] == pytest.approx([0, 0, 0, 0])
    assert credit.standardised(typical(monthly_turnover=6000.0))[0] == pytest.approx([0, -np.log(2), 0, 0])


def test_features_are_standard_normal_but_for_rounding(party):
    z = credit.standardised(party)
    assert np.abs(z.mean(axis=0)).max() < 4 / np.sqrt(len(z)) + 0.02
    assert z.std(axis=0) == pytest.approx(np.ones(4), abs=4 / np.sqrt(2 * len(z)) + 0.01)


def test_who_is_past_due_more_often_fails_more_often(party):
    """z = 1 for the share past due alone: log odds of ln(.04 / .96) + .9 = -2.278, so a PD of .093; the rows' own odds likewise."""
    z = credit.standardised(party)
    odds = np.log(party["annual_pd"] / (1 - party["annual_pd"]))
    assert odds.to_numpy() == pytest.approx(np.log(0.04 / 0.96) + z @ np.array([-0.5, -0.3, 0.9, -0.2]))
    assert party["lgd"].between(0.02, 0.98).all()
    assert 1 / (1 + np.exp(-(np.log(0.04 / 0.96) + 0.9))) == pytest.approx(0.093, abs=5e-4)


def test_twelve_months_of_hazard_make_the_annual_probability():
    """PD .12: hazard 1 - .88^(1/12) = .010596, and (1 - .010596)^12 = .88."""
    hazard = credit.monthly_hazard(np.array([0.12]))
    assert hazard[0] == pytest.approx(0.010596, abs=1e-6)
    assert (1 - hazard[0]) ** 12 == pytest.approx(0.88)


def test_parties_default_within_a_year_as_often_as_their_probability(kind, party):
    """Day 365 is the first of the thirteenth month (12 * 365.25 / 12 = 365.25)."""
    chance = party["annual_pd"].to_numpy()
    failed = credit.default_days(SPEC, kind, IDS) < 365
    for half in np.array_split(np.argsort(chance), 2):
        p = chance[half]
        assert failed[half].sum() == pytest.approx(p.sum(), abs=4 * np.sqrt((p * (1 - p)).sum()))


def test_defaults_go_on_until_the_last_invoice_is_due(kind, billed):
    """Some fail after the shop's last day, 363, and before the last due day, 391."""
    assert billed["due_day"].max() == 391
    day = credit.default_days(SPEC, kind, IDS)
    assert ((day > 363) & (day <= 391)).any()


def test_each_month_takes_its_share_of_those_still_standing(kind, party):
    """Defaults of a month against the summed hazards of who stands at its start; the variance is at most that sum."""
    hazard = credit.monthly_hazard(party["annual_pd"].to_numpy())
    day = credit.default_days(SPEC, kind, IDS)
    starts = np.floor(np.arange(13) * 365.25 / 12)
    for first, end in pairwise(starts):
        standing = hazard[day >= first]
        assert ((day >= first) & (day < end)).sum() == pytest.approx(standing.sum(), abs=4 * np.sqrt(standing.sum()))


def test_each_party_has_one_invoice_a_month_from_the_shops_days(billed):
    """364 days hold 12 beginnings of months, the last on day 334; with a billing day of 27 it is issued on day 361."""
    assert (billed.groupby("party")["number"].agg(["min", "max", "size"]).to_numpy() == [1, 12, 12]).all()
    assert billed["issued_day"].between(0, 361).all()
    assert (billed["due_day"] == billed["issued_day"] + 30).all()
    gaps = billed.groupby("party")["issued_day"].diff().dropna()
    assert set(gaps) == {30, 31}


def test_a_short_shop_ends_with_what_it_could_still_issue(kind):
    """35 days: a second month begins on day 30; only parties billed within its first five days have a second invoice."""
    few = credit.invoices(Spec(days=35, customers=3000, items=400, suppliers=40, locations=4), kind, IDS)
    assert few["issued_day"].max() == 34
    assert few["number"].max() == 2
    second = (few["number"] == 2).mean() / (few["number"] == 1).mean()
    assert second == pytest.approx(5 / 28, abs=4 * np.sqrt(5 / 28 * 23 / 28 / len(IDS)))


def test_what_is_paid_is_paid_when_due_or_later_and_within_the_shops_days(billed):
    paid = billed[billed["paid_day"].notna()]
    assert (paid["paid_day"] >= paid["due_day"]).all()
    assert paid["paid_day"].max() <= SPEC.days - 1
    assert billed["paid_day"].dtype == "Int64"


def test_a_party_that_failed_by_the_due_day_pays_nothing_more(kind, billed):
    day = credit.default_days(SPEC, kind, IDS)[billed["party"].to_numpy()]
    assert (billed["defaulted"] == (day <= billed["due_day"])).all()
    assert billed.loc[billed["defaulted"], "paid_day"].isna().all()
    early = billed[~billed["defaulted"] & (billed["due_day"] < 100)]
    assert early["paid_day"].isna().mean() < 0.001


def test_whole_days_late_have_the_mean_of_a_cut_exponential(party, billed):
    """Mean m before the cut: whole days average 1 / (e^(1/m) - 1), for m = 5: 4.517; variance e^(1/m) / (e^(1/m) - 1)^2."""
    rows = billed[(billed["due_day"] < 60) & ~billed["defaulted"]]
    m = credit.mean_delay(party["past_due_share"].to_numpy()[rows["party"]])
    late = (rows["paid_day"] - rows["due_day"]).to_numpy(dtype=float)
    expected, variance = 1 / np.expm1(1 / m), np.exp(1 / m) / np.expm1(1 / m) ** 2
    assert credit.mean_delay(np.array([0.1])) == pytest.approx([5.0])
    assert not np.isnan(late).any()
    assert late.sum() == pytest.approx(expected.sum(), abs=4 * np.sqrt(variance.sum()))


def test_amounts_average_the_partys_turnover(party, billed):
    """Lognormal of mean 1 and sd sqrt(e^.09 - 1) = .307 around each party's turnover."""
    share = billed["amount"].to_numpy() / party["monthly_turnover"].to_numpy()[billed["party"]]
    assert share.mean() == pytest.approx(1.0, abs=4 * 0.307 / np.sqrt(len(share)))


def test_of_a_defaulted_invoice_comes_what_the_party_does_not_lose(kind, billed):
    """All of a party's have lost the same share, but for cents; of others nothing is to be recovered."""
    got = billed[billed["recovered"].notna()]
    assert got["defaulted"].all()
    assert len(got) > 200
    lost = 1 - got["recovered"] / got["amount"]
    assert lost.to_numpy() == pytest.approx(credit.losses(SPEC, kind, IDS)[got["party"]], abs=0.005 / got["amount"].min())
    wait = (got["recovered_day"] - got["due_day"]).astype(int)
    assert wait.min() >= 30
    assert got["recovered_day"].max() <= SPEC.days - 1
    assert (billed["recovered_day"].notna() == billed["recovered"].notna()).all()
    assert wait.groupby(got["party"]).nunique().max() == 1


def test_losses_average_the_partys_lgd_and_scatter_as_a_beta_law_does(kind, party):
    """Variance of a beta number of mean m: m (1 - m) / (4 + 1)."""
    mean, lost = party["lgd"].to_numpy(), credit.losses(SPEC, kind, IDS)
    assert ((lost > 0) & (lost < 1)).all()
    assert lost.mean() == pytest.approx(mean.mean(), abs=4 * np.sqrt((mean * (1 - mean) / 5).mean() / len(IDS)))
    assert ((lost - mean) ** 2 / (mean * (1 - mean) / 5)).mean() == pytest.approx(1.0, abs=0.1)


def test_what_comes_after_the_last_day_has_not_come(kind, billed):
    """An exponential wait of mean 60 days beyond 30: of those due d days before the last one a share of 1 - exp(-(d - 29) / 60)."""
    failed = billed[billed["defaulted"]].drop_duplicates("party")
    left = np.maximum(SPEC.days - failed["due_day"].to_numpy() - 30, 0)
    chance = 1 - np.exp(-left / 60)
    assert failed["recovered"].notna().sum() == pytest.approx(chance.sum(), abs=4 * np.sqrt((chance * (1 - chance)).sum()) + 1)
