"""A session that something else has started."""

import warnings
from types import SimpleNamespace

import pytest
from py4j.java_gateway import JavaPackage
from pyspark.sql import SparkSession

from shelfwise.core import session
from shelfwise.core.errors import SettingsError
from shelfwise.core.session import start_session, with_delta
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
