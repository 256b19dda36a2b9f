"""Weights of a mixture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfwise.measures.mixing import RIDGE, weights


def test_the_better_of_two_independent_models_weighs_more():
    """Variances 1 and 4: size 2.5, so .4 and 1.6, each plus .05; weights go by the inverse: 1.65 / 2.1 and .45 / 2.1."""
    assert weights(np.diag([1.0, 4.0])) == pytest.approx([1.65 / 2.1, 0.45 / 2.1], abs=1e-5)


def test_a_model_that_only_adds_to_anothers_errors_gets_nothing():
    """The second errs twice as much in the same places: a negative weight would be best, none is allowed."""
    assert weights(np.array([[1.0, 2.0], [2.0, 4.0]])) == pytest.approx([1.0, 0.0], abs=1e-5)


def test_equal_models_share_alike():
    assert weights(np.ones((4, 4))) == pytest.approx([0.25] * 4, abs=1e-5)


def test_models_that_never_err_share_alike():
    assert weights(np.zeros((4, 4))).tolist() == [0.25] * 4


@given(st.integers(2, 6), st.integers(0, 10_000))
def test_weights_are_shares_and_no_model_alone_is_better(count, seed):
    errors = np.random.default_rng(seed).normal(size=(40, count)) * np.arange(1, count + 1)
    products = errors.T @ errors
    found = weights(products)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1.0)
    leaning = products / (np.trace(products) / count) + RIDGE * np.eye(count)
    assert found @ leaning @ found <= leaning.diagonal().min() * (1 + 1e-4)
