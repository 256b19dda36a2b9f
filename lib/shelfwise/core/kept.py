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


def cut(frame: DataFrame) -> DataFrame:
    """The frame, computed once and without the plan that made it; executors hold it until nothing refers to it.

    For frames that are joined with what was made of them: there Spark renames the columns of one side, and no longer recognises a
    cached plan that has a Python function or an explosion in it. An executor that is lost takes its part along, and the job has to
    run again: for small frames.
    """
    return frame.localCheckpoint(eager=False)


def release() -> None:
    """Lets go of all that this thread's job has kept; the runner calls it after each job."""
    while _KEPT.frames:
        _KEPT.frames.pop().unpersist()
