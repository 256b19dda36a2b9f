"""Frames that a job's plan uses several times and that should be computed once: held until the job's output is written."""

from pyspark.sql import DataFrame

_KEPT: list[DataFrame] = []


def keep(frame: DataFrame) -> DataFrame:
    """The frame, cached (memory, then disk) until the job that asked for it is over."""
    _KEPT.append(frame.persist())
    return frame


def release() -> None:
    """Lets go of all kept frames; the runner calls it after each job."""
    while _KEPT:
        _KEPT.pop().unpersist()
