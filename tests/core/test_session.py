"""A session that something else has started."""

from types import SimpleNamespace

import pytest
from py4j.java_gateway import JavaPackage
from pyspark.sql import SparkSession

from shelfwise.core import session
from shelfwise.core.errors import SettingsError
from shelfwise.core.session import with_delta


def test_a_session_without_delta_is_refused_with_the_remedy(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_delta(spark) is spark
    # what py4j gives for a class that no jar holds
    monkeypatch.setattr(session, "java_class", lambda _, name: JavaPackage(name, None))
    with pytest.raises(SettingsError, match="without Delta Lake: give spark-submit --jars"):
        with_delta(SimpleNamespace())  # type: ignore[arg-type]
