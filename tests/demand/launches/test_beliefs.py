"""What the backtest teaches, on launches drawn from known curves."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from shelfwise.contracts.gold.demand import LEVELS
from shelfwise.demand.launches.beliefs import UNTAUGHT, Launches, expected, learn
from shelfwise.demand.launches.forecast import QUANTILES, TOTALS, coming_weeks
from shelfwise.demand.launches.judge import accuracy
from shelfwise.demand.launches.laws import taught as known_of
from shelfwise.demand.launches.sources import SOURCES

SHAPE, ITEMS = 1.5, 3000
MEDIAN = QUANTILES[LEVELS.index(0.50)]


def drawn(seed: int = 7, items: int = ITEMS) -> tuple[Launches, np.ndarray]:
    """Each item's own curve is known to the first source; the second errs by chance, the third is the mean."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0.5, 0.8, items))
    fading = 0.9 ** np.arange(8)
    curve = size[:, None] * fading
    noisy = curve * np.exp(rng.normal(0, 1, items))[:, None]
    actual = rng.poisson(curve * rng.gamma(SHAPE, 1 / SHAPE, items)[:, None]).astype(float)
    return Launches(np.stack([curve, noisy, np.tile(curve.mean(axis=0), (items, 1))]), actual), curve


@pytest.fixture(scope="module")
def taught():
    return learn(drawn()[0])


def test_the_source_that_knows_the_curves_gets_nearly_all_of_the_weight(taught):
    assert taught.shares.sum() == pytest.approx(1)
    assert taught.shares[0] > 0.8


def test_planted_curves_and_their_shape_are_recovered(taught):
    launched, curve = drawn()
    prior = taught.prior(launched.sources)
    np.testing.assert_allclose(prior.sum(), curve.sum(), rtol=0.05)
    assert np.corrcoef(prior[:, 0], curve[:, 0])[0, 1] > 0.97
    assert taught.shapes[1:] == pytest.approx([SHAPE] * 2, rel=0.2)


def test_after_some_weeks_forecasts_are_nearer_than_the_prior(taught):
    """Other launches of the same kind; the item's own lambda is not in the prior."""
    launched, _ = drawn(seed=8)
    prior = taught.prior(launched.sources)[:, 4:]
    mean, _, _ = expected(taught, launched, 4)
    errors = [np.abs(forecast - launched.actual[:, 4:]).sum() for forecast in (mean, prior)]
    assert errors[0] < 0.85 * errors[1]


def test_intervals_hold_what_they_say_on_launches_that_taught_nothing(taught):
    """At or below the 95, 50 and 5 % quantile lie at least so many, since counts can't be split; strictly below at most so many."""
    launched, _ = drawn(seed=9)
    for known in (0, 2):
        mean, sold, shape = expected(taught, launched, known)
        weeks = mean.shape[1]
        grid = taught.quantiles(mean.ravel(), np.repeat(sold, weeks), np.repeat(shape, weeks), known)
        for level in (0.05, 0.50, 0.95):
            reached = grid[:, LEVELS.index(level)]
            actual = launched.actual[:, known:].ravel()
            assert (actual < reached).mean() < level + 0.02
            assert (actual <= reached).mean() > level - 0.02


def test_with_less_evidence_the_interval_is_wider():
    """Equal means of 10 a week, equal shape; one item has sold 40 units, the other none."""
    grid = UNTAUGHT.quantiles(np.array([10.0, 10.0]), np.array([0.0, 40.0]), np.array([1.0, 1.0]), 4)
    width = grid[:, LEVELS.index(0.95)] - grid[:, LEVELS.index(0.05)]
    assert width[0] > 1.2 * width[1]


def known_by(beliefs):
    return replace(known_of(None), beliefs=beliefs)


def item(name: str, prior: float, sold: float, known_weeks: int) -> dict[str, object]:
    monday = date(2017, 10, 2)
    weeks = [monday + timedelta(weeks=k) for k in range(13)]
    curves = {source: [prior] * 13 for source in SOURCES}
    return curves | {
        "item_id": name,
        "launch": monday,
        "segment": "new",
        "price": 2.5,
        "nearest": [],
        "known_weeks": known_weeks,
        "sold": sold,
        "launch_week": list(range(1, 14)),
        "week": weeks,
        "prior_level": ["category"] * 13,
    }


def test_the_coming_weeks_of_an_item_rest_on_its_prior_and_its_own_sales():
    """Shape 1; 2 a week expected, 9 sold in 4 weeks: 2 (1 + 9) / (1 + 8) = 2.222; share of evidence 8 / 9; weeks 5 to 13 come."""
    told = coming_weeks(pd.DataFrame([item("a", 2.0, 9.0, 4), item("b", 2.0, 0.0, 0)]), known_by(UNTAUGHT))
    seen, unseen = (told[told["item_id"] == name] for name in ("a", "b"))
    assert seen["launch_week"].tolist() == list(range(5, 14))
    assert seen["mean"].tolist() == pytest.approx([20 / 9] * 9)
    assert seen["evidence_weight"].tolist() == pytest.approx([8 / 9] * 9)
    assert (len(unseen), set(unseen["evidence_weight"]), set(unseen["mean"])) == (13, {0.0}, {2.0})
    assert seen["week"].iloc[0] == date(2017, 10, 30)


def test_totals_are_told_of_what_has_never_sold_alone():
    """2 a week are expected: 2, 4, ... 26 up to each week. After four weeks without a sale fewer, and from the fifth week on."""
    rows = [item("a", 2.0, 9.0, 4), item("b", 2.0, 0.0, 0), item("c", 2.0, 0.0, 4)]
    told = coming_weeks(pd.DataFrame(rows), known_by(UNTAUGHT))
    seen, coming, waiting = (told[told["item_id"] == name] for name in ("a", "b", "c"))
    assert seen[TOTALS].isna().all(axis=None)
    assert coming["cum_mean"].tolist() == pytest.approx([2.0 * week for week in range(1, 14)], rel=0.01)
    assert (coming["cum_q01"] <= coming["cum_q50"]).all() and coming["cum_q99"].is_monotonic_increasing
    assert len(waiting) == 9 and 0 < waiting["cum_mean"].iloc[-1] < 9.0


def test_an_item_without_sales_of_its_own_has_the_wider_interval():
    """Both are expected to sell 2 a week: one has sold 8 in four weeks, the other is on its eve."""
    taught = replace(UNTAUGHT, spreads={0: UNTAUGHT.spreads[0], 4: replace(UNTAUGHT.spreads[0], scatter=np.full(3, 0.1))})
    told = coming_weeks(pd.DataFrame([item("a", 2.0, 8.0, 4), item("b", 2.0, 0.0, 0)]), known_by(taught))
    top = told[told["launch_week"] == 5].set_index("item_id")["q95"]
    assert top["b"] > top["a"]


def judged(origin: date, *launches: tuple[str, list[float], float]) -> pd.DataFrame:
    """Rows of the backtest: an item's units in eight weeks, and what every source said of each of them."""
    return pd.DataFrame(
        [
            {
                "holdout": "item",
                "item_id": name,
                "origin": origin,
                "launch_week": k + 1,
                "actual": units[k],
                "department_curve": said,
            }
            | dict.fromkeys(SOURCES, said)
            for name, units, said in launches
            for k in range(8)
        ]
    )


@pytest.fixture(scope="module")
def figures():
    """Sources say 2 of a and 1 of b. a sells 2, 2, 2, 2, 0, 0, 4, 4; b one a week, but 9 in week 8."""
    first = judged(date(2017, 6, 4), ("a", [2, 2, 2, 2, 0, 0, 4, 4], 2.0))
    second = judged(date(2017, 7, 2), ("b", [1, 1, 1, 1, 1, 1, 1, 9], 1.0))
    return pd.DataFrame(accuracy(pd.concat([second, first]))).set_index(["model", "known_weeks", "launch_week"])


def test_wape_of_totals_and_of_weeks_are_told_apart(figures):
    """Totals: a 16 for 16, b 8 for 16: 8 of 32. Weeks: a errs 2 + 2 + 2 + 2, b 8: 16 of 32. Bias -8 of 32."""
    row = figures.loc[("analogues", 0, 0)]
    assert (row["launches"], row["wape"], row["wape_weekly"], row["bias"]) == (2, 0.25, 0.5, -0.25)


def test_rmsse_is_scaled_by_the_items_own_weekly_change(figures):
    """a: sqrt(16/8) / sqrt((4 + 16)/7) = .8367; b: sqrt(64/8) / sqrt(64/7) = .9354; mean .8860."""
    assert figures.loc[("analogues", 0, 0)]["rmsse"] == pytest.approx((np.sqrt(2 * 7 / 20) + np.sqrt(7 / 8)) / 2)


def test_a_week_alone_and_the_weeks_after_the_known_ones(figures):
    """Week 8: a 2 for 4, b 1 for 9: 10 of 13. After four known weeks: a 8 for 8, b 4 for 12: 8 of 20."""
    assert figures.loc[("analogues", 0, 8)]["wape"] == pytest.approx(10 / 13)
    assert figures.loc[("analogues", 4, 0)]["wape"] == pytest.approx(0.4)


def test_an_origin_alone_has_no_blend():
    """Nobody else has taught anything."""
    rows = pd.DataFrame(accuracy(judged(date(2017, 6, 4), ("a", [2.0] * 8, 2.0))))
    assert set(rows["model"]) == {*SOURCES, "department_curve"}


def test_the_blend_of_an_origin_is_what_the_others_taught(figures):
    """All sources say the same, so that the blend's mean on the eve is theirs; what it had seen of b moved it afterwards."""
    assert figures.loc[("blend", 0, 0)]["wape"] == pytest.approx(0.25)
    for coverage in ("coverage_90", "coverage_90_total"):
        assert 0 <= figures.loc[("blend", 0, 0)][coverage] <= 1
        assert pd.isna(figures.loc[("analogues", 0, 0)][coverage])
    assert pd.isna(figures.loc[("blend", 4, 0)]["coverage_90_total"])
