"""What one look at one thing found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARN = "warn"  # runs, but worse than it could
    FAIL = "fail"  # does not run
    SKIPPED = "skipped"  # something else has to be mended first


@dataclass(frozen=True)
class Finding:
    state: State
    found: str
    remedy: str = ""


def ok(found: str) -> Finding:
    return Finding(State.OK, found)


def warn(found: str, remedy: str) -> Finding:
    return Finding(State.WARN, found, remedy)


def fail(found: str, remedy: str) -> Finding:
    return Finding(State.FAIL, found, remedy)
