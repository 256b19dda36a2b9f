"""Which rows of a batch enter a table: good ones once, bad ones into quarantine, and the counts reconcile.

A frame offered for admission has the contract's columns, the batch columns, `raw` (the row as it came, JSON) and
`broken` (names of the rules that the adapter saw broken, such as `quantity_is_no_number`).
"""

from functools import reduce

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from shelfwise.core.table import Table, optional, required

LEDGER = Table(
    name="silver.ingest_ledger",
    doc="What became of every row read: read = accepted + quarantined + duplicates. One row per table and batch.",
    key=("table", "batch"),
    schema={
        "table": required("string", "the silver table"),
        "batch": required("long", "number of the landing"),
        "read": required("long", "rows offered"),
        "accepted": required("long", "rows that entered the table"),
        "quarantined": required("long", "rows that broke a rule"),
        "duplicates": required("long", "rows whose key had been accepted before"),
        "admitted_at": required("timestamp", "UTC"),
        "files": optional("long", "files that the batch came from"),
        "added_columns": optional("array<string>", "columns that the files had and the contract does not know"),
    },
    checks={"counts_reconcile": "read = accepted + quarantined + duplicates"},
)

FILES = Table(
    name="bronze.files",
    doc="Every file seen, and what became of it. One row per kind, path and state of the file.",
    key=("kind", "path", "size", "modified_at"),
    schema={
        "kind": required("string", "sales, items, …"),
        "path": required("string", "where the file lies"),
        "size": required("long", "bytes"),
        "modified_at": required("timestamp", "the file's own time, UTC"),
        "content": optional("string", "SHA-256 of a file that came with a package, which is known by it; null elsewhere"),
        "batch": optional("long", "number of the landing; null where the file was rejected"),
        "status": required("string", "landed or rejected"),
        "reason": optional("string", "why it was rejected and what to do"),
        "added_columns": optional("array<string>", "columns that the source's contract does not know"),
    },
    checks={"status_is_known": "status IN ('landed', 'rejected')"},
    personal=True,
)


def broken_rules(table: Table) -> Column:
    """Names of the contract's rules that a row breaks; a NULL verdict counts as broken."""
    verdicts = [F.when(~F.coalesce(F.expr(predicate), F.lit(False)), F.lit(name)) for name, predicate in table.rules().items()]
    return F.array_compact(F.array_union(F.coalesce(F.col("broken"), F.array().cast("array<string>")), F.array(*verdicts)))


def judge(offered: DataFrame, table: Table) -> DataFrame:
    """Adds the contract's own rules to `broken`, and `good`: no rule is broken."""
    return offered.withColumn("broken", broken_rules(table)).withColumn("good", F.size("broken") == 0)


def classify(judged: DataFrame, table: Table, *, last_wins: bool) -> DataFrame:
    """Adds `fate`: accepted, quarantined or duplicate. Among good rows of one key the first landed wins, or the last."""
    ranked = _ranked(judged, table, last_wins=True) if last_wins else _mostly_alone(judged, table)
    fate = F.when(~F.col("good"), "quarantined").when(F.col("turn") == 1, "accepted").otherwise("duplicate")
    return ranked.withColumn("fate", fate).drop("turn", "good")


def _mostly_alone(judged: DataFrame, table: Table) -> DataFrame:
    """Of facts few keys come twice: only their rows are sorted, and the rest passes without a shuffle."""
    keyed = judged.withColumn("key_hash", F.xxhash64(*table.key))
    # a window over one number per row: grouping instead would first build a table of nearly as many groups as rows
    rows = F.count(F.lit(1)).over(Window.partitionBy("key_hash"))
    twice = keyed.where("good").select("key_hash", rows.alias("rows")).where("rows > 1").select("key_hash").distinct()
    twice = F.broadcast(twice)  # bound: keys that one batch brings twice, eight bytes each
    alone = keyed.join(twice, "key_hash", "left_anti").withColumn("turn", F.lit(1))
    met = _ranked(keyed.join(twice, "key_hash", "left_semi"), table, last_wins=False)
    return alone.unionByName(met).drop("key_hash")


def _ranked(judged: DataFrame, table: Table, *, last_wins: bool) -> DataFrame:
    # content breaks ties, so that the order of reading decides nothing: true wins over false, any value over NULL
    content = F.struct(*[F.col(name) for name in table.columns if _comparable(table, name)]).desc()
    age = [F.col("_batch"), F.col("_file")]
    order = [*(column.desc() if last_wins else column.asc() for column in age), content]
    return judged.withColumn("turn", F.row_number().over(Window.partitionBy(*table.key, "good").orderBy(*order)))


def without_earlier(classified: DataFrame, table: Table, stored: DataFrame) -> DataFrame:
    """Rows whose key an earlier batch brought become duplicates; the batch's own rows of an interrupted run do not count."""
    earlier = stored.select(*table.key, F.col("_batch").alias("earlier_batch"))
    same = reduce(lambda a, b: a & b, [classified[name].eqNullSafe(earlier[name]) for name in table.key])
    joined = classified.join(earlier, same & (F.col("earlier_batch") != F.col("_batch")), "left")
    seen = F.col("earlier_batch").isNotNull() & (F.col("fate") == "accepted")
    return joined.select(
        *[classified[name] for name in classified.columns if name != "fate"],
        F.when(seen, "duplicate").otherwise(F.col("fate")).alias("fate"),
    )


def quarantined(judged: DataFrame) -> DataFrame:
    """One row per refused row, with the rules it broke. Only these rows' `raw` is ever computed."""
    refused = judged.where(~F.col("good"))
    return refused.select("_batch", "_file", "_ingested_at", F.col("broken").alias("rules"), "raw")


def counts() -> list[Column]:
    """The ledger's four counts over classified rows."""
    fates = {"accepted": "accepted", "quarantined": "quarantined", "duplicates": "duplicate"}
    return [F.count(F.lit(1)).alias("read"), *(F.count_if(F.col("fate") == fate).alias(name) for name, fate in fates.items())]


def _comparable(table: Table, name: str) -> bool:
    return not table.schema[name].type.startswith("map")
