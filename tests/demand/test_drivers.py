"""What made a forecast, worked by hand, and TreeSHAP's own identity on a small booster."""

import numpy as np
import pandas as pd
import pytest
import xgboost

from shelfwise.demand.drivers import COLUMNS, DRIVERS, by_driver, drivers_of, wholes
from shelfwise.demand.explain import contributions
from shelfwise.demand.inputs import FEATURES, OLD, UNKNOWN
from shelfwise.demand.phrases import PHRASES, as_effect

NAMES = list(DRIVERS)
NOTHING = np.zeros(len(DRIVERS))
LOG2 = float(np.log(2.0))


def asked(**more):
    """One row of an item that sells two a week, steadily, without a plan."""
    facts = {"level": 2.0, "units": 3.0, "mean_4": 2.5, "mean_promoted": 6.0, "mean_unpromoted": 1.5, "mean": 2.0}
    row = dict.fromkeys(FEATURES, 1.0) | {"weeks_since_sale": 0, "age_weeks": 60, "known_age": OLD, "horizon": 4}
    plan = {"plan_known": 1.0, "planned_display": 0.0, "planned_mailer": 0.0, "planned_cut": 0.0, "planned_coupon": 0.0}
    return row | facts | plan | {"segment": "smooth", "model": "xgboost"} | more


def rows_of(*rows):
    return pd.DataFrame(list(rows))


def shares(**of):
    return np.array([[of.get(name.replace(" ", "_"), 0.0) for name in NAMES]])


def test_every_feature_belongs_to_one_driver_and_every_driver_has_words():
    assert sorted(name for own in DRIVERS.values() for name in own) == sorted(FEATURES)
    assert set(PHRASES) == set(DRIVERS)


def test_a_drivers_share_is_the_sum_of_its_features():
    """Category's trend .2, maker's .3, the horizon 1: in any order of columns; the baseline at the end is no feature's."""
    found = by_driver(np.array([[0.3, 1.0, 0.2, 9.0]]), ["maker_trend", "horizon", "category_trend"])
    assert dict(zip(NAMES, found[0], strict=True)) == dict.fromkeys(NAMES, 0.0) | {"category and maker": 0.5, "weeks ahead": 1.0}


def test_a_driver_that_was_not_learnt_from_has_no_share():
    found = by_driver(np.array([[0.3, 9.0]]), ["maker_trend"])
    assert dict(zip(NAMES, found[0], strict=True)) == dict.fromkeys(NAMES, 0.0) | {"category and maker": 0.3}


def test_factors_and_what_is_not_shown_multiply_to_the_forecast():
    """Level 2, baseline log .5: 1 unit. Plan x 3, price x .5, age x 1.1, season x 1: the first two shown, others 1.1: 1.65."""
    told = shares(planned_promotion=np.log(3.0), price=np.log(0.5), age=np.log(1.1))
    found = drivers_of(rows_of(asked()), told, np.log([0.5]), NOTHING, multiplies=True, most=2)
    assert list(found.columns) == list(COLUMNS)
    assert list(found["driver"]) == ["planned promotion", "price"]
    assert list(found["rank"]) == [1, 2]
    assert list(found["effect"]) == pytest.approx([3.0, 0.5])
    assert set(found["effect_in"]) == {"factor"}
    assert list(found["baseline"]) == pytest.approx([1.0, 1.0])
    assert list(found["others"]) == pytest.approx([1.1, 1.1])


def test_what_is_usual_moves_into_the_baseline():
    """All items are old and gain x 1.2 by it: no driver of any. An item that gains x 1.5 by its price keeps that."""
    usual = shares(age=np.log(1.2))[0]
    found = drivers_of(rows_of(asked()), shares(age=np.log(1.2), price=np.log(1.5)), np.log([0.5]), usual, multiplies=True, most=9)
    effects = dict(zip(found["driver"], found["effect"], strict=True))
    assert (effects["age"], effects["price"]) == (pytest.approx(1.0), pytest.approx(1.5))
    assert found["baseline"].iloc[0] == pytest.approx(1.2)
    assert found["baseline"].iloc[0] * found["effect"].prod() * found["others"].iloc[0] == pytest.approx(2 * 0.5 * 1.2 * 1.5)


def test_under_the_squared_loss_shares_add_in_units():
    """Level 2: a baseline of 1 is 2 units, a share of -.25 takes half a unit, .1 adds .2 to the rest."""
    told = shares(season=-0.25, price=0.1)
    found = drivers_of(rows_of(asked()), told, np.array([1.0]), NOTHING, multiplies=False, most=1)
    (only,) = found.to_dict("records")
    assert (only["driver"], only["effect_in"]) == ("season", "units")
    assert (only["baseline"], only["effect"], only["others"]) == pytest.approx((2.0, -0.5, 0.2))
    assert only["sentence"].endswith(": \u22120.50 units")


@pytest.mark.parametrize(
    ("multiplies", "start", "age", "mean", "others"), [(True, -LOG2, LOG2, 6.6, 3.3), (False, 1.0, 0.5, 5.3, 2.3)]
)
def test_the_other_models_of_a_mixture_are_among_the_others(multiplies, start, age, mean, others):
    """Its trees say 2 x .5 x 2 = 2 units, or 2 + 1 = 3: of a mixture's 6.6 others are 3.3 times, of 5.3 they are 2.3 units."""
    row = rows_of(asked(model="mixture", mean=mean))
    (only,) = drivers_of(row, shares(age=age), np.array([start]), NOTHING, multiplies=multiplies, most=1).to_dict("records")
    whole = only["baseline"] * only["effect"] * only["others"] if multiplies else only["baseline"] + only["effect"] + only["others"]
    assert (whole, only["others"]) == pytest.approx((mean, others))


def test_equal_shares_come_in_the_declared_order():
    found = drivers_of(rows_of(asked()), shares(price=-0.1, season=0.1), np.zeros(1), NOTHING, multiplies=True, most=2)
    assert list(found["driver"]) == ["price", "season"]


@pytest.mark.parametrize(
    ("effect", "said"),
    [(1.62, "+62 %"), (0.8, "\u221220 %"), (2.44, "\u00d7 2.4"), (1.004, "no difference"), (0.996, "no difference")],
)
def test_effects_are_said_as_people_say_them(effect, said):
    assert as_effect(effect, multiplies=True) == said


@pytest.mark.parametrize(
    ("driver", "more", "said"),
    [
        (
            "planned promotion",
            {"planned_mailer": 0.85, "planned_display": 0.1},
            "Planned display in 10 % of stores and mailer in 85 % of stores (sold 6 a week when promoted)",
        ),
        (
            "planned promotion",
            {"planned_mailer": 0.85, "planned_coupon": 1.0, "mean_promoted": np.nan},
            "of stores, no display, with a coupon",
        ),
        (
            "planned promotion",
            {"planned_cut": 0.3},
            "Planned 30 % off on the average, no display, no mailer (sold 6 a week when promoted)",
        ),
        ("planned promotion", {}, "No promotion planned (sold 1.5 a week without one)"),
        ("planned promotion", {"planned_coupon": 1.0}, "Only a coupon planned, no display or mailer (sold 1.5 a week without one)"),
        (
            "planned promotion",
            {"plan_known": 0.0, "planned_mailer": UNKNOWN, "planned_display": UNKNOWN},
            "Promotions of that week are not known yet",
        ),
        ("recent sales", {}, "Sold 3 last week, 2.5 a week in the last 4; its level is 2"),
        (
            "recent sales",
            {"units": 0.0, "mean_4": 0.25, "level": 351.2},
            "Sold 0 last week, 0.25 a week in the last 4; its level is 351",
        ),
        (
            "how often it sells",
            {"selling_share_13": 0.385, "weeks_since_sale": 2},
            "Sold in 38 % of the last 13 weeks, most recently 2 weeks",
        ),
        ("how often it sells", {}, "Sold in each of the last 13 weeks"),
        ("how often it sells", {"age_weeks": 3}, "Sold every week since its first sale"),
        (
            "promotions so far",
            {"promoted_now": 0.5, "promoted_share_26": 0.25},
            "Promoted in 50 % of stores last week, and in 25 %",
        ),
        ("promotions so far", {"promoted_now": 0.0, "promoted_share_26": 0.0}, "Not promoted in the last 26 weeks"),
        (
            "price",
            {"price_to_own": 1.04, "price_to_category": 0.5, "discount_share": 0.0},
            "Shelf price 104 % of its own mean, 50 % of its",
        ),
        ("price", {"discount_share": 0.2}, "20 % off last week"),
        (
            "category and maker",
            {"category_trend": 1.08, "maker_trend": 0.95},
            "Category sells 108 % and maker 95 % of their 13-week means",
        ),
        ("season", {"month_start_at_origin": 0.0}, "A month begins and a holiday falls in that week"),
        (
            "season",
            {"month_start": 0.0, "holidays": 0.0},
            "No month begins and no holiday falls in that week, and a month began last week",
        ),
        ("age", {}, "On sale since the records begin, or for a year"),
        ("age", {"known_age": 5, "age_weeks": 5}, "On sale for 6 weeks"),
        ("weeks ahead", {}, "4 weeks ahead"),
        ("weeks ahead", {"horizon": 1}, "The next week"),
        (
            "beside the plan",
            {"planned_after": 0.0, "weeks_since_promotion": 3},
            "Promoted in the week before it; most recently promoted 3 weeks before the last",
        ),
        (
            "beside the plan",
            {"planned_before": UNKNOWN, "planned_after": 0.0, "weeks_since_promotion": OLD},
            "No promotion known in the weeks before and after it; never promoted so far, or long ago",
        ),
        ("others' plans", {"mates_planned": 0.25}, "25 % of the category's other items are promoted in that week"),
        ("others' plans", {"mates_planned": UNKNOWN}, "Promotions of the category's other items are not known yet"),
        ("market", {"department_trend": 0.9}, "Department sells 90 % and the shop 100 % of their 13-week means"),
        (
            "around holidays",
            {"days_to_holiday": 8.0, "holidays_before": 0.0},
            "The next holiday is 8 days after its Monday",
        ),
        ("around holidays", {"days_to_holiday": 60.0}, "No holiday is near; one fell in the week before"),
        (
            "last year's season",
            {"category_season": 1.8, "own_season": 2.4},
            "A year before, its category sold 180 % of its level around that week, and it itself, as far as it can be told, 240 %",
        ),
        ("last year's season", {"category_season": UNKNOWN, "own_season": UNKNOWN}, "No year before to tell of its season"),
    ],
)
def test_a_driver_is_said_with_the_figures_behind_it(driver, more, said):
    (row,) = rows_of(asked(**more)).itertuples()
    assert said in PHRASES[driver](row)


def test_the_features_behind_a_driver_come_as_the_trees_saw_them():
    (only,) = drivers_of(
        rows_of(asked(category_trend=0.9)), shares(category_and_maker=1.0), np.zeros(1), NOTHING, multiplies=True, most=1
    )["features"]
    assert only == {"category_trend": 0.9, "maker_trend": 1.0}


def test_what_no_shares_explain_is_said_as_a_whole():
    rows = rows_of(
        asked(model="mean_4"),
        asked(model="mean_13", mean=1.25),
        asked(model="gbt"),
        asked(segment="dormant", weeks_since_sale=23, mean=0.0),
    )
    found = wholes(rows)
    assert list(found["sentence"]) == [
        "Mean of the last 4 weeks: 2 a week",
        "Mean of the last 13 weeks: 1.2 a week",
        "MLlib's trees, which give no reasons, expect 2, where 2 a week is its level",
        "No sale for 23 weeks: nothing is expected until it sells again",
    ]
    assert list(found["effect"]) == [2.0, 1.25, 2.0, 0.0]
    assert (found["baseline"] + found["effect"] + found["others"]).tolist() == rows["mean"].tolist()


@pytest.fixture(scope="module", params=["reg:tweedie", "reg:squarederror"])
def booster(request):
    """Demand of 1, tripled by a display, halved by a high price; other features are noise."""
    rng = np.random.default_rng(3)
    features = pd.DataFrame(rng.uniform(size=(2000, len(FEATURES))), columns=list(FEATURES))
    display, price = features["planned_display"] > 0.7, features["price_to_own"] > 0.5
    target = rng.poisson(3.0 * np.where(display, 3.0, 1.0) * np.where(price, 0.5, 1.0)) / 3.0
    lessons = xgboost.DMatrix(features, label=target)
    fitted = xgboost.train({"objective": request.param, "max_depth": 4, "eta": 0.2, "nthread": 1}, lessons, 30)
    return (
        fitted,
        features.assign(model="xgboost", mean=1.0, level=1.0, units=1.0, mean_4=1.0, mean_promoted=1.0, mean_unpromoted=1.0),
        request.param == "reg:tweedie",
    )


def test_all_drivers_together_give_the_models_own_prediction(booster):
    """TreeSHAP's identity, to 1e-4 of each prediction, whatever is taken as usual."""
    fitted, rows, multiplies = booster
    told, names = contributions(bytes(fitted.save_raw("ubj")))(rows)
    own = by_driver(told, names)
    found = drivers_of(rows, own, told[:, -1], own.mean(axis=0), multiplies=multiplies, most=3)
    effects = found.groupby(level=0)["effect"].agg("prod" if multiplies else "sum")
    ends = found[found["rank"] == 1]
    predicted = fitted.predict(xgboost.DMatrix(rows[names]))
    whole = ends["baseline"] * effects * ends["others"] if multiplies else ends["baseline"] + effects + ends["others"]
    assert whole.to_numpy() == pytest.approx(predicted, rel=1e-4)


def test_planted_causes_are_the_first_drivers(booster):
    """A display triples demand, so it drives every row that has one; trees shrink the factor a little."""
    fitted, rows, multiplies = booster
    told, names = contributions(bytes(fitted.save_raw("ubj")))(rows)
    found = drivers_of(rows, by_driver(told, names), told[:, -1], NOTHING, multiplies=multiplies, most=1)
    shown = rows["planned_display"] > 0.75
    assert (found.loc[shown, "driver"] == "planned promotion").mean() > 0.95
    if multiplies:
        factor = np.exp(by_driver(told, names)[:, NAMES.index("planned promotion")])
        assert 2.4 < factor[shown].mean() / factor[rows["planned_display"] < 0.65].mean() < 3.4
