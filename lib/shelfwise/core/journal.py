"""The log: one JSON object per line, in the form of Spark's own structured log (`pyspark.logger.SPARK_LOG_SCHEMA`).

`context` says which job, as_of and batch a line is about, be it Python's or the JVM's (`log_layout.json`). The JVM's own threads
work for no job and say none.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType

from pyspark.logger.logger import JSONFormatter
from pyspark.sql import SparkSession

from shelfwise.core.session import java_class

LOG = logging.getLogger("shelfwise")
LOG.addHandler(logging.NullHandler())  # in a notebook, where nobody has asked for a file, errors are raised and not printed too
ABOUT = ("job", "as_of", "batch")  # what the context of each line says, '' where there is none
_ABOUT: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType(dict.fromkeys(ABOUT, "")))


def log_to(path: Path) -> None:
    """From now on: what Shelfwise does, and what libraries warn of."""
    path.parent.mkdir(parents=True, exist_ok=True)
    root = logging.getLogger()
    for earlier in [handler for handler in root.handlers if handler.get_name() == LOG.name]:
        root.removeHandler(earlier)
        earlier.close()
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.set_name(LOG.name)
    handler.setFormatter(_formatter())
    handler.addFilter(_add_context)
    root.addHandler(handler)
    LOG.setLevel(logging.INFO)


def note(level: int, what: str, *, trace: bool = False, **figures: object) -> None:
    """A line of our own; `trace`: with the stack of the error that is being handled."""
    LOG.log(level, what, exc_info=trace, extra={"context": {name: str(value) for name, value in figures.items()}})


@contextmanager
def about(spark: SparkSession, **names: object) -> Iterator[None]:
    """What is logged inside, by this thread, by the JVM's that works for it, and by the tasks that it starts, says so."""
    told = {name: str(value) for name, value in names.items()}
    before = _ABOUT.set({**_ABOUT.get(), **told})
    here = java_class(spark, "org.apache.logging.log4j.ThreadContext")
    try:
        for name, value in told.items():
            here.put(name, value)
            spark.sparkContext.setLocalProperty(f"mdc.{name}", value)
        yield
    finally:
        _ABOUT.reset(before)
        with suppress(Exception):  # a JVM that is gone has forgotten it
            for name in told:
                here.remove(name)
                spark.sparkContext.setLocalProperty(f"mdc.{name}", None)  # type: ignore[arg-type]  # removes it


def _formatter() -> logging.Formatter:
    """Moments as Spark writes them: UTC, to the millisecond."""
    formatter = JSONFormatter()
    formatter.converter = time.gmtime
    formatter.default_time_format, formatter.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
    return formatter


def _add_context(record: logging.LogRecord) -> bool:
    record.context = {**_ABOUT.get(), **getattr(record, "context", {})}
    return True
