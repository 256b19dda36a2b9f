"""A session that something else has started."""

import warnings
from types import SimpleNamespace
from typing import Any

import pytest
from py4j.java_gateway import JavaPackage
from pyspark.sql import SparkSession

from shelfwise.core import session
from shelfwise.core.errors import SettingsError
from shelfwise.core.session import QUERY_CONF, _warn_where_different, start_session, with_delta
from shelfwise.core.settings import Settings


def test_a_session_without_delta_is_refused_with_the_remedy(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_delta(spark) is spark
    # what py4j gives for a class that no jar holds
    monkeypatch.setattr(session, "java_class", lambda _, name: JavaPackage(name, None))
    with pytest.raises(SettingsError, match="without Delta Lake: give spark-submit --jars"):
        with_delta(SimpleNamespace())  # type: ignore[arg-type]


def test_an_active_session_is_used_as_it_is_with_a_word_on_what_differs(spark: SparkSession, settings: Settings) -> None:
    spark.conf.set("spark.sql.session.timeZone", "Europe/Berlin")
    try:
        with pytest.warns(UserWarning, match=r"expects spark\.sql\.session\.timeZone=UTC$"):
            assert start_session(settings) is spark
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert start_session(settings) is spark


def test_databricks_is_not_told_that_it_lacks_what_it_has_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sessions have the confs of queries that the bundle gives them, and neither of Delta's two."""
    databricks: Any = SimpleNamespace(conf=dict(QUERY_CONF))
    with pytest.warns(UserWarning, match=r"expects spark\.sql\.extensions"):
        _warn_where_different(databricks)
    monkeypatch.setenv("DATABRICKS_RUNTIME_VERSION", "18")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _warn_where_different(databricks)
