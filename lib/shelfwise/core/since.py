"""What else decides about rows from files than files: options, and what is read beside them. Has it changed since?

Files land once and batches are admitted once, so that a new file costs what it holds. Where the user has changed what the rows mean
(a mapping, an assumption, a parameter), what had been admitted is admitted again. Newer code alone asks for `--force`.
"""

import hashlib
from typing import Any

from pyspark.sql import functions as F

from shelfwise.core.conf_rows import conf_file
from shelfwise.core.errors import SettingsError
from shelfwise.core.job import Files, Job, Write
from shelfwise.core.lake import Lake
from shelfwise.core.runs import Fingerprint
from shelfwise.core.settings import Settings
from shelfwise.core.shop import Shop
from shelfwise.core.table import Table

NEVER_MATTERS = ("as_of", "path")  # options that say when and where, and not what


def of_source(lake: Lake, settings: Settings, shop: Shop, job: Job) -> dict[str, Any]:
    """For the fingerprint of a job that lands or admits."""
    told: dict[str, Any] = {"options": {name: _content(value) for name, value in settings.sources.get(settings.source, {}).items()}}
    if job.how is Write.LAND:
        (files,) = (source for source in job.reads.values() if isinstance(source, Files))
        of_kind = shop.files.get(files.kind)
        return told | {"kept": of_kind.kept if of_kind else None}
    beside = [source for source in job.reads.values() if isinstance(source, Table) and not source.personal]
    return told | {"beside": {table.name: _digest(lake, table) for table in beside if lake.exists(table)}}


def means_otherwise(before: Fingerprint | None, now: Fingerprint) -> bool:
    """Would rows admitted `before` be others now? Not for newer batches or code."""
    return before is not None and _meaning(before) != _meaning(now)


def refuse_redrawn(job: Job, before: Fingerprint | None, now: Fingerprint) -> None:
    held, asked = (one.means("kept")["kept"] if one else None for one in (before, now))
    if held and asked and held != asked:
        raise SettingsError(
            f"{job.writes.name} holds {held} of what came; the settings ask for {asked}. Files land once: "
            "give these settings a lake of their own (lake.root and lake.personal_root), or move this one away."
        )


def _meaning(fingerprint: Fingerprint) -> dict[str, Any]:
    means = fingerprint.means("params", "options", "beside")
    options = {name: value for name, value in (means["options"] or {}).items() if name not in NEVER_MATTERS}
    return means | {"options": options}


def _content(value: Any) -> Any:
    """An option that names a file stands for what the file says."""
    if not isinstance(value, str) or not (file := conf_file(value)).is_file():
        return value
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _digest(lake: Lake, table: Table) -> str:
    """Of a table that a shop's size does not move (assumptions), in whatever order and version its rows are."""
    total = F.sum(F.xxhash64(*table.columns).cast("decimal(38,0)")).alias("total")
    return str(lake.read(table).agg(total).collect()[0]["total"])
