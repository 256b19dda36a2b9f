"""Frames that a job's plan uses several times and that should be computed once: held until the job's output is written."""

from threading import local

from pyspark.sql import DataFrame


class _Kept(local):
    """Each job has a thread to itself while it runs."""

    def __init__(self) -> None:
        self.frames: list[DataFrame] = []


_KEPT = _Kept()


def keep(frame: DataFrame) -> DataFrame:
    """The frame, cached (memory, then disk) until the job that asked for it is over."""
    _KEPT.frames.append(frame.persist())
    return frame


def release() -> None:
    """Lets go of all that this thread's job has kept; the runner calls it after each job."""
    while _KEPT.frames:
        _KEPT.frames.pop().unpersist()
