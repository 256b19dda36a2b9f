"""The edge of admission: takes a table's pending batches from bronze through its rules into silver, once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from shelfwise.core.admission import FILES, LEDGER, classify, counts, judge, quarantined, without_earlier
from shelfwise.core.lake import Lake, Written
from shelfwise.core.table import Table, admitted, quarantine_of


def pending_batches(lake: Lake, table: Table, kinds: list[str]) -> list[tuple[str, int]]:
    """Batches of these kinds that bronze holds and the ledger does not know for `table`, oldest first. Bound: landings."""
    if not kinds or not lake.exists(FILES):
        return []
    landed = lake.read(FILES).where(F.col("kind").isin(kinds) & (F.col("status") == "landed"))
    batches = landed.select("kind", "batch").distinct()
    if lake.exists(LEDGER):
        done = lake.read(LEDGER).where(F.col("table") == table.name).select("batch")
        batches = batches.join(done, "batch", "left_anti")
    return [(str(row["kind"]), int(row["batch"])) for row in batches.sort("batch").collect()]


def admit(lake: Lake, table: Table, batch: int, offered: DataFrame, *, last_wins: bool) -> Written:
    """One batch: good rows into the table, bad ones into quarantine, the counts into the ledger, in that order.

    The ledger comes last: a run killed before it repeats the batch and replaces what it had written.
    """
    stored = admitted(table)
    lake.create(stored)
    judged = judge(offered, table)
    classified = classify(judged, table, last_wins=last_wins)
    if not last_wins:
        classified = _less_earlier(lake, stored, classified, batch)
    seen = Observation("admission")
    accepted = classified.observe(seen, *counts()).where(F.col("fate") == "accepted").select(*stored.columns)
    written = lake.merge(stored, accepted) if last_wins else lake.replace_slice(stored, accepted, batch)
    tally: dict[str, Any] = seen.get
    if tally["quarantined"]:
        lake.replace_slice(quarantine_of(table), quarantined(judged), batch)
    lake.replace_where(LEDGER, _ledger_row(lake, table, batch, tally), f"table = '{table.name}' AND batch = {batch}")
    return Written(written.version, int(tally["accepted"]))


def admit_pending(
    lake: Lake, table: Table, kinds: list[str], offer: Callable[[str, int], DataFrame], *, last_wins: bool
) -> Written:
    """Every pending batch in turn; `offer(kind, batch)` gives its rows. The table exists afterwards even where nothing came."""
    stored = admitted(table)
    lake.create(stored)
    pending = pending_batches(lake, table, kinds)
    done = [admit(lake, table, batch, offer(kind, batch), last_wins=last_wins) for kind, batch in pending]
    return Written(done[-1].version if done else lake.version(stored) or 0, sum(written.rows for written in done))


def _less_earlier(lake: Lake, stored: Table, classified: DataFrame, batch: int) -> DataFrame:
    earlier = lake.read(stored).where(F.col("_batch") < batch)
    return without_earlier(classified, stored, earlier) if earlier.take(1) else classified


def _ledger_row(lake: Lake, table: Table, batch: int, tally: dict[str, Any]) -> DataFrame:
    files = lake.read(FILES).where(F.col("batch") == batch)
    added = F.array_sort(F.array_distinct(F.flatten(F.collect_list("added_columns"))))
    about = files.agg(F.count(F.lit(1)).alias("files"), added.alias("added_columns"))
    row = {"table": table.name, "batch": batch, "admitted_at": datetime.now(UTC)} | {
        name: int(tally[name]) for name in ("read", "accepted", "quarantined", "duplicates")
    }
    return about.select(*[F.lit(value).alias(name) for name, value in row.items()], "files", "added_columns").select(
        *LEDGER.columns
    )
