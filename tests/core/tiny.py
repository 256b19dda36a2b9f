"""The smallest shop and graph: numbers are doubled, then added up."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from shelfwise.core.job import Job, Page, Params, Write
from shelfwise.core.table import Table, required

DAY = date(2017, 10, 29)

NUMBERS = Table(
    "silver.numbers",
    "Numbers. One row per number.",
    ("number",),
    {"number": required("long", "number"), "seen_on": required("date", "day")},
    happened="seen_on",
)
DOUBLES = Table(
    "features.doubles",
    "Doubles. One row per as_of and number.",
    ("as_of", "number"),
    {"as_of": required("date", "day"), "number": required("long", "number"), "double": required("long", "its multiple")},
    slice="as_of",
)
TOTALS = Table("gold.totals", "Totals. One row per total.", ("total",), {"total": required("long", "sum")})
PAGE = Page("page", "Says the total.")


class Times(Params):
    times: int = 2


def multiply(numbers: DataFrame, params: Times, as_of: date) -> DataFrame:
    return numbers.select(F.lit(as_of).alias("as_of"), "number", (F.col("number") * params.times).alias("double"))


def add_up(doubles: DataFrame) -> DataFrame:
    return doubles.agg(F.sum("double").alias("total"))


def write_page(totals: DataFrame) -> str:
    return f"<p>{totals.collect()[0]['total']}</p>"


def divide_by_zero(totals: DataFrame) -> DataFrame:
    raise ZeroDivisionError("no total can be divided by nothing\nsecond line")


def sleep_a_minute() -> DataFrame:
    """Keeps an executor busy, so that the driver waits inside a call of the JVM."""
    nap = F.length(F.expr("java_method('java.lang.Thread', 'sleep', 60000L)"))
    return SparkSession.active().range(1).select(nap.cast("long").alias("total"))


def stop_without_a_jvm() -> DataFrame:
    """As Ctrl-C in the middle of a call: the connection is broken when the job tidies up."""
    try:
        raise KeyboardInterrupt
    finally:
        raise ConnectionError("Answer from Java side is empty")


MULTIPLY = Job("multiply", {"numbers": NUMBERS}, DOUBLES, multiply, Write.SLICE, params=Times, needs=("numbers",))
ADD_UP = Job("add_up", {"doubles": DOUBLES}, TOTALS, add_up, Write.REPLACE)
WRITE_PAGE = Job("write_page", {"totals": TOTALS}, PAGE, write_page, Write.FILE)
SLEEP = Job("sleep", {}, TOTALS, sleep_a_minute, Write.REPLACE)
NAP = Job("nap", {}, dataclasses.replace(TOTALS, name="gold.naps"), sleep_a_minute, Write.REPLACE)
STOP = Job("stop", {}, TOTALS, stop_without_a_jvm, Write.REPLACE)
FAIL = Job("fail", {"totals": TOTALS}, Table("gold.never", "Never. One row per x.", (), {}), divide_by_zero, Write.REPLACE)


@dataclass(frozen=True)
class TinyShop:
    """Delivers no files: the numbers are written by the tests."""

    name: str = "tiny"
    as_of: date | None = DAY
    files: Mapping[str, Any] = field(default_factory=dict)
    key_file: str = ""
    offers: Mapping[str, Any] = field(default_factory=dict)
