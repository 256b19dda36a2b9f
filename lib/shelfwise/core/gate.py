"""The edge of admission: takes a table's pending batches from bronze through its rules into silver, once."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from shelfwise.core.admission import FILES, LEDGER, classify, counts, judge, quarantined, without_earlier
from shelfwise.core.journal import about, note
from shelfwise.core.lake import Lake, Written
from shelfwise.core.table import Table, admitted, quarantine_of


def batches_of(lake: Lake, table: Table, kinds: list[str], *, pending: bool) -> list[tuple[str, int]]:
    """Batches of these kinds that bronze holds, oldest first; `pending`: unknown to the ledger for `table`. Bound: landings."""
    if not kinds or not lake.exists(FILES):
        return []
    landed = lake.read(FILES).where(F.col("kind").isin(kinds) & (F.col("status") == "landed"))
    batches = landed.select("kind", "batch").distinct()
    if pending and lake.exists(LEDGER):
        done = lake.read(LEDGER).where(F.col("table") == table.name).select("batch")
        batches = batches.join(done, "batch", "left_anti")
    return [(str(row["kind"]), int(row["batch"])) for row in batches.sort("batch").collect()]


def admit(lake: Lake, table: Table, batch: int, offered: DataFrame, *, last_wins: bool, again: bool = False) -> Written:
    """One batch: good rows into the table, bad ones into quarantine, the counts into the ledger, in that order.

    The ledger comes last: a run killed before it repeats the batch and replaces what it had written.
    """
    with about(lake.spark, batch=batch):
        return _admit(lake, table, batch, offered, last_wins=last_wins, again=again)


def _admit(lake: Lake, table: Table, batch: int, offered: DataFrame, *, last_wins: bool, again: bool) -> Written:
    stored = admitted(table)
    lake.create(stored)
    judged = judge(offered, table)
    classified = classify(judged, table, last_wins=last_wins)
    if not last_wins:
        classified = _less_earlier(lake, table, classified, batch, again=again)
    seen = Observation("admission")
    accepted = classified.observe(seen, *counts()).where(F.col("fate") == "accepted").select(*stored.columns)
    written = lake.merge(stored, accepted) if last_wins else lake.replace_slice(stored, accepted, batch)
    tally: dict[str, Any] = seen.get
    _note(lake, table, batch, quarantined(judged), tally, again=again)
    return Written(written.version, int(tally["accepted"]))


def admit_pending(
    lake: Lake, table: Table, kinds: list[str], offer: Callable[[str, int], DataFrame], *, last_wins: bool, again: bool = False
) -> Written:
    """Every pending batch in turn; `offer(kind, batch)` gives its rows. The table exists afterwards even where nothing came.

    `again`: every batch that has ever landed, as if none had been admitted.
    """
    stored = admitted(table)
    lake.create(stored)
    batches = batches_of(lake, table, kinds, pending=not again)
    if again and last_wins and batches:
        return _admit_anew(lake, table, [(batch, offer(kind, batch)) for kind, batch in batches])
    done = [admit(lake, table, batch, offer(kind, batch), last_wins=last_wins, again=again) for kind, batch in batches]
    return Written(done[-1].version if done else lake.version(stored) or 0, sum(written.rows for written in done))


def _admit_anew(lake: Lake, table: Table, offered: list[tuple[int, DataFrame]]) -> Written:
    """All batches at once, where the last wins: batch after batch would show readers what had long been replaced."""
    judged = [judge(rows, table) for _, rows in offered]
    every = reduce(DataFrame.unionByName, judged)
    # of one batch each: the counts are those that its own admission gave
    within = reduce(DataFrame.unionByName, [classify(rows, table, last_wins=True) for rows in judged])
    tallies = {row["_batch"]: row.asDict() for row in within.groupBy("_batch").agg(*counts()).collect()}  # bound: landings
    accepted = classify(every, table, last_wins=True).where(F.col("fate") == "accepted")
    written = lake.replace(admitted(table), accepted.select(*admitted(table).columns))
    refused = quarantined(every)
    nothing = dict.fromkeys(("read", "accepted", "quarantined", "duplicates"), 0)
    for batch, _ in offered:
        _note(lake, table, batch, refused.where(F.col("_batch") == batch), tallies.get(batch, nothing), again=True)
    return written


def _note(lake: Lake, table: Table, batch: int, refused: DataFrame, tally: dict[str, Any], *, again: bool) -> None:
    """A batch's bad rows into quarantine, its counts into the ledger, in that order."""
    if tally["quarantined"] or (again and lake.exists(quarantine_of(table))):
        lake.replace_slice(quarantine_of(table), refused, batch)
    lake.replace_where(LEDGER, _ledger_row(lake, table, batch, tally), f"table = '{table.name}' AND batch = {batch}")
    note(logging.INFO, "admitted", batch=batch, output=table.name, **tally)


def _less_earlier(lake: Lake, table: Table, classified: DataFrame, batch: int, *, again: bool) -> DataFrame:
    """Earlier is what was admitted before, which of another kind may have a higher number; `again` goes by the numbers alone."""
    stored = lake.read(admitted(table))
    before = F.col("_batch") < batch
    if not again and lake.exists(LEDGER):
        done = lake.read(LEDGER).where((F.col("table") == table.name) & (F.col("batch") != batch))
        before |= F.col("_batch").isin([row["batch"] for row in done.select("batch").collect()])  # bound: landings
    earlier = stored.where(before)
    return without_earlier(classified, table, earlier) if earlier.take(1) else classified


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
