"""Is a file that a user hands in what it should be? Each answer that says no names the file, some of its rows and the remedy."""

from collections.abc import Sequence
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.arrivals import UNREADABLE, why
from shelfwise.core.errors import SettingsError, SourceError

SHOWN = 3  # examples in an error
SEPARATORS = {".tsv": "\t"}


def read_own(spark: SparkSession, path: str) -> DataFrame:
    """A CSV (or TSV) with a header, all text, or a Parquet file or folder."""
    if not is_remote(path) and not Path(path).exists():
        raise SourceError(f"{path}: there is no such file.")
    try:
        if path.rstrip("/").endswith((".parquet", ".pq")) or _holds_parquet(path):
            return spark.read.parquet(path)
        separator = SEPARATORS.get(Path(path.rstrip("/")).suffix, ",")
        return spark.read.csv(path, header=True, sep=separator, mode="FAILFAST")
    except UNREADABLE as error:
        raise unreadable(path, error) from None


def unreadable(path: str, error: Exception) -> SourceError:
    return SourceError(f"{path} can't be read as CSV with a header, or as Parquet (*.parquet): {why(error)}")


def refuse_missing(path: str, raw: DataFrame, wanted: Sequence[str]) -> None:
    if lacking := [name for name in wanted if name not in raw.columns]:
        found = ", ".join(raw.columns) or "none"
        raise SourceError(f"{path}: column {' and '.join(lacking)} is missing; it has {found}. Rename them to {', '.join(wanted)}.")


def refuse(path: str, bad: DataFrame, text: Column, remedy: str) -> None:
    """Names how many and the first few; bound: SHOWN rows come to the driver."""
    told = bad.select(text.alias("text"))
    if examples := [row["text"] for row in told.orderBy("text").limit(SHOWN).collect()]:
        raise SourceError(f"{path}: {remedy}. {told.count():,} are wrong: {'; '.join(examples)}.")


def joined(*parts: Column | str) -> Column:
    texts = [F.lit(part) if isinstance(part, str) else F.coalesce(part.cast("string"), F.lit("nothing")) for part in parts]
    return F.concat(*texts)


def free_folder(out: str) -> str:
    """The folder of --out, if nothing is in it yet."""
    path = Path(out)
    if is_remote(out):
        return out.rstrip("/")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise SettingsError(f"--out {out}: there is something already; name a folder that is empty or not there yet.")
    return str(path.absolute())


def is_remote(path: str) -> bool:
    """With a scheme, such as s3a://…"""
    return ":" in path.partition("/")[0]


def _holds_parquet(path: str) -> bool:
    return Path(path).is_dir() and any(Path(path).glob("*.parquet"))
