"""Who a customer is, without saying so: HMAC-SHA-256 of the shop's own id under a key that only the workers read.

The key comes from SHELFWISE_PSEUDONYM_KEY, else from a file that is made once, readable by its owner alone. A plan
carries the file's path and the key's fingerprint, never the key: plans end up in event logs.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Any

import pandas as pd
from pyspark.sql import Column
from pyspark.sql.pandas.functions import pandas_udf

from shelfwise.core.errors import SettingsError
from shelfwise.core.frames import local_frame
from shelfwise.core.lake import Lake
from shelfwise.core.settings import KEY_VARIABLE, refuse_short_key
from shelfwise.core.table import Table, required

PSEUDONYM_KEYS = Table(
    name="ops.pseudonym_keys",
    doc="Which key the lake's pseudonyms were made with, told by its fingerprint. One row per fingerprint.",
    key=("fingerprint",),
    schema={"fingerprint": required("string", "start of HMAC-SHA-256(key, 'fingerprint')")},
)


def pseudonym(raw: Column, key_file: str) -> Column:
    """The pseudonym of each id, 64 hexadecimal digits; NULL stays NULL. Makes the key file where there is no key yet."""
    expected = fingerprint(_key(key_file, make=True))

    def keyed(ids: pd.Series) -> pd.Series:
        key = _key(key_file, make=False)
        if fingerprint(key) != expected:
            raise SettingsError(f"An executor has another pseudonym key than the driver: give both one {KEY_VARIABLE} or one file.")
        return pseudonyms_of(ids, key)

    udf: Any = pandas_udf  # the stubs know no function from a Series to a Series
    named: Column = udf(keyed, "string")(raw.cast("string"))
    return named


def pseudonyms_of(ids: pd.Series, key: bytes) -> pd.Series:
    """Each different id is hashed once."""
    made = {one: hmac.new(key, one.encode(), hashlib.sha256).hexdigest() for one in ids.dropna().unique()}
    return pd.Series([made.get(one) for one in ids], index=ids.index, dtype=object)


def fingerprint(key: bytes) -> str:
    return hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16]


def refuse_other_key(lake: Lake, key_file: str) -> None:
    """Pseudonyms of two keys never meet: one customer would become two. Notes the key's fingerprint at its first use."""
    mine = fingerprint(_key(key_file, make=True))
    known = [row["fingerprint"] for row in lake.read(PSEUDONYM_KEYS).collect()] if lake.exists(PSEUDONYM_KEYS) else []
    if not known:
        lake.merge(PSEUDONYM_KEYS, local_frame(lake.spark, [(mine,)], PSEUDONYM_KEYS.struct))
    elif mine not in known:
        raise SettingsError(
            f"The pseudonym key has changed: this lake's customers were named with key {known[0]}, the key at hand is {mine}. "
            f"Restore the key ({KEY_VARIABLE} or {key_file}), or move the lake away and ingest everything again."
        )


def _key(key_file: str, *, make: bool) -> bytes:
    if key := os.environ.get(KEY_VARIABLE):
        refuse_short_key()
        return key.encode()
    path = Path(key_file).absolute()
    if make and not path.exists():
        _make_key(path)
    try:
        return path.read_bytes().strip()
    except OSError as error:
        raise SettingsError(f"pseudonyms.key_file {path}: {error.strerror}. Set {KEY_VARIABLE} there, or mount the file.") from None


def _make_key(path: Path) -> None:
    """Whole or not at all: of two processes that start together, the first link wins and both read that key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, secrets.token_hex(32).encode())
        os.fsync(handle)
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        os.close(handle)
        part.unlink()
