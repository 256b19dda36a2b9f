"""The attribute model on launches of known rates, without Spark."""

import numpy as np
import pandas as pd
import pytest

from shelfwise.demand.launches.attributes import FEATURES, OF_THE_MAKER
from shelfwise.demand.launches.sources import LAUNCH_TREES, attribute_means, fit

TREES = LAUNCH_TREES.model_copy(update={"trees": 60, "step": 0.2, "min_weight_per_leaf": 60.0})


def drawn(items: int = 2000) -> pd.DataFrame:
    """Eight weeks each of items that sell what their maker's and others' items on the shelf sell on average."""
    rng = np.random.default_rng(7)
    each = pd.DataFrame({name: rng.uniform(0, 1, items) for name in FEATURES})
    each["velocity_maker_on_shelf"], each["velocity_others_on_shelf"] = rng.uniform(1, 9, (2, items))
    each["item_id"] = [f"i{n}" for n in range(items)]
    rows = each.loc[each.index.repeat(8)].reset_index(drop=True)
    rows["launch_week"] = np.tile(np.arange(1, 9), items)
    rate = (rows["velocity_maker_on_shelf"] + rows["velocity_others_on_shelf"]) / 2
    return rows.assign(cut="c", rate=rate, units=rng.poisson(rate).astype(float), level=5.0, category_curve=5.0)


@pytest.fixture(scope="module")
def lessons():
    return drawn()


@pytest.fixture(scope="module")
def model(lessons):
    return fit(lessons, TREES)


def test_planted_rates_are_recovered(lessons, model):
    means = attribute_means(lessons, {"c": model})
    assert np.corrcoef(means, lessons["rate"])[0, 1] > 0.95
    assert means.sum() == pytest.approx(lessons["units"].sum(), rel=0.03)


def test_a_new_maker_is_forecast_by_the_others_and_without_a_bias(lessons, model):
    """The maker's items sell 5 on average: (5 + others') / 2."""
    unknown = lessons.assign(**dict.fromkeys(OF_THE_MAKER, -1.0))
    means = attribute_means(unknown, {"c": model})
    assert np.corrcoef(means, lessons["velocity_others_on_shelf"])[0, 1] > 0.85
    assert means.sum() == pytest.approx(lessons["units"].sum(), rel=0.06)


def test_the_order_of_the_lessons_moves_no_bit(lessons, model):
    assert fit(lessons.sample(frac=1, random_state=3), TREES) == model


def test_a_cut_without_a_model_is_told_by_its_category(lessons, model):
    other = lessons.head(3).assign(cut="other", category_curve=7.0)
    assert (
        attribute_means(pd.concat([lessons.head(1), other], ignore_index=True), {"c": model, "other": b""})[1:].tolist()
        == [7.0] * 3
    )
