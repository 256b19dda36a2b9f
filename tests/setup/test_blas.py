"""A machine without a native BLAS is told so, once."""

import warnings

import pytest

from shelfwise.core import session


def test_a_missing_blas_is_said_once_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BLAS", "libthere-is-none.so.3")
    session._warn_without_blas.cache_clear()
    with pytest.warns(UserWarning, match=r"apt-get install libopenblas0-pthread"):
        session._warn_without_blas()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session._warn_without_blas()


def test_a_blas_that_is_there_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any library that loads stands for it."""
    monkeypatch.setattr(session, "BLAS", "libc.so.6")
    session._warn_without_blas.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session._warn_without_blas()
