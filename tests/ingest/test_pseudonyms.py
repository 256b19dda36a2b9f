"""Who a customer is stays with bronze: keyed pseudonyms, and a key that no plan carries."""

import hashlib
import hmac
import stat
import threading
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from shelfwise.core.errors import SettingsError
from shelfwise.core.frames import local_frame
from shelfwise.core.lake import Lake
from shelfwise.core.pseudonyms import KEY_VARIABLE, fingerprint, pseudonym, pseudonyms_of, refuse_other_key
from tests.conftest import settings_under


@pytest.fixture(autouse=True)
def no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)


def test_a_pseudonym_is_the_hmac_of_the_id_and_a_missing_id_stays_missing() -> None:
    expected = hmac.new(b"key", b"42", hashlib.sha256).hexdigest()
    assert pseudonyms_of(pd.Series(["42", None, "42"]), b"key").tolist() == [expected, None, expected]


def test_the_key_file_is_made_once_for_its_owner_alone(spark: SparkSession, tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "pseudonym.key"
    pseudonym(F.lit("42"), str(file))
    first = file.read_text()
    pseudonym(F.lit("42"), str(file))
    assert file.read_text() == first
    assert len(first) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["pseudonym.key"]


def test_of_many_that_start_together_all_read_one_key(spark: SparkSession, tmp_path: Path) -> None:
    """Eight makers at once: one key file remains, and no maker fails."""
    file = tmp_path / "secrets" / "pseudonym.key"
    failures: list[Exception] = []

    def make() -> None:
        try:
            pseudonym(F.lit("42"), str(file))
        except Exception as error:
            failures.append(error)

    makers = [threading.Thread(target=make) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert failures == []
    assert len(file.read_text()) == 64


def test_workers_read_the_key_themselves_and_the_plan_does_not_hold_it(spark: SparkSession, tmp_path: Path) -> None:
    file = tmp_path / "pseudonym.key"
    named = local_frame(spark, [("42",), (None,)], "id string").select(pseudonym(F.col("id"), str(file)).alias("id"))
    key = file.read_bytes()
    plan = named._jdf.queryExecution().toString()
    assert key.decode() not in plan
    assert [row["id"] for row in named.collect()] == [hmac.new(key, b"42", hashlib.sha256).hexdigest(), None]


def test_a_changed_key_is_refused(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_under(tmp_path)
    lake, file = Lake(spark, settings), settings.pseudonyms.key_file
    refuse_other_key(lake, file)
    refuse_other_key(lake, file)
    monkeypatch.setenv(KEY_VARIABLE, "another key of some length")
    with pytest.raises(SettingsError, match="The pseudonym key has changed"):
        refuse_other_key(lake, file)


def test_a_short_key_is_refused(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "short")
    with pytest.raises(SettingsError, match="at least 16 characters"):
        pseudonym(F.lit("42"), str(tmp_path / "key"))


def test_a_fingerprint_tells_keys_apart() -> None:
    assert fingerprint(b"one key") != fingerprint(b"other key")
