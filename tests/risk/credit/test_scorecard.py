"""Scorecards on planted parties, whose true chances are known: found again, told in bins, and used as they were told."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F
from scipy.special import logit

from shelfwise.contracts.credit import INVOICES, PARTIES
from shelfwise.contracts.gold.credit_risk import BOTH, CREDIT_ACCURACY, CREDIT_RISK, CREDIT_SCORECARD
from shelfwise.measures.scored import separation
from shelfwise.risk.credit.card import cards_of, fit_scorecards, kinds_to_fit, logit_of, told
from shelfwise.risk.credit.judge import judge_scorecards
from shelfwise.risk.credit.panel import PanelParams, payment_panel
from shelfwise.risk.credit.score import ScoreParams, score_parties
from shelfwise.risk.credit.standing import features
from shelfwise.simulate.spec import Spec
from tests.introductions.builders import kept_rows, rows_of
from tests.risk.credit.builders import assumptions_of, planted

SPEC = Spec(days=1096, customers=10, items=24, suppliers=1_500, locations=2, seed=3)
DAY = SPEC.start + timedelta(days=1_000)
PARAMS = PanelParams()


@pytest.fixture(scope="module")
def shop(spark):
    parties, invoices, truth = planted(spark, SPEC)
    kept = [rows_of_kept(frame) for frame in (parties, invoices)]
    card = fit_scorecards(*kept, params=PARAMS, as_of=DAY)
    rows = kept_rows(card, CREDIT_SCORECARD)
    return {"parties": kept[0], "invoices": kept[1], "truth": truth, "card": rows}


def rows_of_kept(frame):
    return frame.localCheckpoint()


def scored(spark, shop, **changed):
    card = rows_of(spark, CREDIT_SCORECARD, *[{k: v for k, v in row.items() if k != "as_of"} for row in shop["card"]])
    frames = {"parties": shop["parties"], "invoices": shop["invoices"], "scorecard": card} | changed
    rows = score_parties(**frames, assumptions=assumptions_of(spark), params=ScoreParams(), as_of=DAY)
    return pd.DataFrame(kept_rows(rows, CREDIT_RISK)).set_index("party_id")


@pytest.fixture(scope="module")
def risk(spark, shop):
    return scored(spark, shop)


def test_the_true_chances_are_found(shop, risk):
    """Of parties with nothing past due: about the truth's level, steepness on the logit's scale, and order. 197 defaults tell the
    level within 7 % and the steepness within .07 (one standard error each): three of them."""
    both = risk.join(shop["truth"].set_index("party_id")[["annual_pd"]])
    calm = both[both["days_past_due"] == 0]
    assert set(calm["basis"]) == {"scorecard"}
    assert len(calm) > 1_000
    slope, _ = np.polyfit(logit(calm["pd_12m"]), logit(calm["annual_pd"]), 1)
    assert slope == pytest.approx(1, abs=0.21)
    assert calm["pd_12m"].mean() == pytest.approx(calm["annual_pd"].mean(), rel=0.21)
    assert np.corrcoef(logit(calm["pd_12m"]), logit(calm["annual_pd"]))[0, 1] > 0.85


def test_what_is_riskier_counts_against_a_party(shop):
    """Larger shares past due, fewer years, whatever the data say of the rest; weights of evidence in order, and no coefficient
    above 0."""
    card = pd.DataFrame(shop["card"])
    assert set(card["kind"]) == {"supplier"}
    assert set(card["feature"]) == set(features())
    for name, direction in features().items():
        of = card[(card["feature"] == name) & (card["bin"] > 0)].sort_values("bin")
        steps = np.diff(of["woe"])
        assert (direction * steps <= 0).all() and ((steps <= 0).all() or (steps >= 0).all())
        assert of["lower"].isna().tolist() == [True] + [False] * (len(of) - 1)
        assert of["upper"].tolist()[:-1] == of["lower"].tolist()[1:]
    assert (card["coefficient"] <= 0).all()
    strong = card.groupby("feature")["iv"].first()
    assert strong.idxmax() in ("past_due_share", "mean_days_late", "late_share")
    assert card[card["feature"] == "years_known"]["coefficient"].iloc[0] < 0


def test_each_month_is_counted_once_in_each_feature(shop):
    card = pd.DataFrame(shop["card"]).groupby("feature")[["observations", "defaults"]].sum()
    assert card["observations"].nunique() == card["defaults"].nunique() == 1
    assert card["defaults"].iloc[0] > 100


def test_a_scorecard_that_was_told_is_the_one_that_was_fitted(spark, shop):
    """From the table and back, to the last bit."""
    again = rows_of(spark, CREDIT_SCORECARD, *[{k: v for k, v in row.items() if k != "as_of"} for row in shop["card"]])
    (card,) = cards_of(again).values()
    by_place = {(row["feature"], row["bin"]): row for row in told(card)}
    for row in shop["card"]:
        assert {k: v for k, v in row.items() if k != "as_of"} == by_place[row["feature"], row["bin"]]


def test_points_add_up_to_the_score_and_tell_the_chance(risk):
    """600 points are odds of 600 to 1 within a month: h = 1 / 601, a year's 1 - (600 / 601)^12 = 1.98 %; each rounded by half a
    point in some ten features, 20 points to a doubling: 12 % at most."""
    calm = risk[(risk["days_past_due"] == 0) & (risk["score"].notna())]
    odds = 600 * 2 ** ((calm["score"].astype(float) - 600) / 20)
    told_by_score = 1 - (odds / (1 + odds)) ** 12
    assert (told_by_score / calm["pd_12m"]).between(0.88, 1.14).all()


def test_who_is_past_due_has_been_judged_by_it(risk):
    """In default: 1. Of those further past due a larger share has stopped already."""
    gone = risk[risk["days_past_due"] > 90]
    assert len(gone) > 50
    assert set(gone["basis"]) == {"default"} and set(gone["bucket"]) == {"over 90"}
    assert (gone["pd_12m"] == 1).all() and gone["score"].isna().all()
    due = risk[risk["days_past_due"].between(1, 90)].groupby("days_past_due")["stopped_chance"].agg(["min", "max"])
    assert (due["min"] == due["max"]).all()
    assert (np.diff(due["min"]) > 0).all()
    assert due["min"].iloc[0] < 0.05 < 0.5 < due["max"].iloc[-1]


def test_losses_are_drawn_to_what_was_settled(spark, shop, risk):
    """n settled defaults of mean loss m: (n m + 20 x .45) / (n + 20)."""
    sent = shop["invoices"].where((F.col("recovered_on") <= F.lit(DAY)) & (F.col("due_on") <= F.lit(DAY))).toPandas()
    sums = sent.groupby("party_id")[["amount", "recovered"]].sum().astype(float)
    lost = (1 - sums["recovered"] / sums["amount"]).clip(0, 1)
    known = len(lost)
    assert known > 50
    assert risk["lgd"].nunique() == 1
    assert risk["lgd"].iloc[0] == pytest.approx((known * lost.mean() + 20 * 0.45) / (known + 20), abs=0.01)
    assert "lgd" not in risk["assumed"].iloc[0]


def test_a_scorecard_is_judged_by_parties_that_it_has_not_seen(spark, shop):
    """Parties that others' scorecard judges: about as well as the truth would; and better than one chance for all."""
    found = judge_scorecards(shop["parties"], shop["invoices"], assumptions_of(spark), params=PARAMS, as_of=DAY)
    rows = {row["split"]: row for row in kept_rows(found, CREDIT_ACCURACY)}
    assert set(rows) == {"parties", "months"}
    panel = payment_panel(shop["parties"], shop["invoices"], PARAMS, DAY).select("party_id", "stopped").toPandas()
    true = panel.join(shop["truth"].set_index("party_id"), "party_id")
    ordered = true.groupby("annual_pd")["stopped"].agg(["size", "sum"]).astype(float)
    auc, _ = separation(ordered.index.to_numpy(), ordered["size"].to_numpy(), ordered["sum"].to_numpy())
    by_parties = rows["parties"]
    assert by_parties["auc"] > auc - 0.03
    assert by_parties["calibration_slope"] == pytest.approx(1, abs=0.2)
    assert by_parties["mean_chance"] == pytest.approx(by_parties["observed_share"], rel=0.05)
    assert by_parties["brier"] < by_parties["prior_brier"]
    assert by_parties["observations"] == len(panel)
    assert rows["months"]["observations"] < 0.45 * len(panel)
    assert rows["months"]["auc"] > 0.6


def test_few_defaults_make_no_scorecard_and_both_kinds_one_together(spark, shop):
    """Among 40 parties two or three stop: none. The same parties as customers beside the others: a scorecard for suppliers, and one
    of both kinds for the customers."""
    few = [frame.where("cast(party_id AS int) < 40") for frame in (shop["parties"], shop["invoices"])]
    assert kept_rows(fit_scorecards(*few, params=PARAMS, as_of=DAY), CREDIT_SCORECARD) == []
    panel = payment_panel(shop["parties"], shop["invoices"], PARAMS, DAY)
    customers = panel.where("cast(party_id AS int) < 40").withColumn("kind", F.lit("customer"))
    assert kinds_to_fit(panel.unionByName(customers), PARAMS) == ["supplier", BOTH]
    assert kinds_to_fit(customers, PARAMS) == []


def test_the_same_scorecard_however_rows_are_spread(spark, shop):
    turned = [frame.repartition(5).orderBy(F.rand(1)) for frame in (shop["parties"], shop["invoices"])]
    again = kept_rows(fit_scorecards(*turned, params=PARAMS, as_of=DAY), CREDIT_SCORECARD)
    key = ("feature", "bin")
    assert sorted(again, key=lambda row: [row[k] for k in key]) == sorted(shop["card"], key=lambda row: [row[k] for k in key])


def test_who_pays_later_never_scores_safer(spark, shop, risk):
    """Every payment of 200 parties three days later, and then six: whoever is past due the same days has no smaller chance."""
    names = [str(n) for n in range(200)]
    before = risk.loc[[name for name in names if name in risk.index]]
    mine = F.col("party_id").isin(names)
    for days in (3, 6):
        shifted = shop["invoices"].where(mine).withColumn("paid_on", F.date_add("paid_on", days))
        after = scored(spark, shop, parties=shop["parties"].where(mine), invoices=shifted)
        carded = risk_by_card(spark, shop, after)
        assert (carded >= risk_by_card(spark, shop, before).reindex(carded.index) - 1e-12).all()
        before = after


def risk_by_card(spark, shop, rows):
    """PD without what days past due add, which other parties' rolls decide."""
    h = (rows["pd_12m"] - rows["stopped_chance"]) / (1 - rows["stopped_chance"])
    return h[rows["basis"] == "scorecard"].sort_index()


def test_the_chance_of_a_month_is_the_logit_of_the_scorecard(spark, shop):
    """By hand for each month of the panel: intercept + sum of coefficient x woe of the bin that holds the value."""
    panel = payment_panel(shop["parties"], shop["invoices"], PARAMS, DAY).where("cast(party_id AS int) < 20")
    again = rows_of(spark, CREDIT_SCORECARD, *[{k: v for k, v in row.items() if k != "as_of"} for row in shop["card"]])
    (card,) = cards_of(again).values()
    rows = panel.withColumn("logit", logit_of(card)).toPandas()
    table = pd.DataFrame(shop["card"])
    expected = np.full(len(rows), table["intercept"].iloc[0])
    for _, line in table[table["coefficient"] < 0].iterrows():
        value = rows[line["feature"]]
        low = -np.inf if pd.isna(line["lower"]) else line["lower"]
        high = np.inf if pd.isna(line["upper"]) else line["upper"]
        inside = value.isna() if line["bin"] == 0 else (value > low) & (value <= high)
        expected += np.where(inside, line["coefficient"] * line["woe"], 0.0)
    assert rows["logit"].to_numpy() == pytest.approx(expected)


def test_contracts_hold_for_planted_parties(spark, shop):
    for frame, table in ((shop["parties"], PARTIES), (shop["invoices"], INVOICES)):
        for name, predicate in table.checks.items():
            assert frame.where(f"NOT ({predicate})").isEmpty(), name
