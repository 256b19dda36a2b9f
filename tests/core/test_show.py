"""What a person sees while jobs run."""

import time
from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from shelfwise.core.runner import Report
from shelfwise.core.show import Progress, follow
from tests.core.tiny import ADD_UP, MULTIPLY

STAGES = {7: SimpleNamespace(numCompletedTasks=3, numTasks=8), 8: SimpleNamespace(numCompletedTasks=1, numTasks=4), 9: None}


class Busy:
    """A session with two stages under way and one that has just ended."""

    class sparkContext:
        @staticmethod
        def statusTracker() -> Any:
            return SimpleNamespace(getActiveStageIds=lambda: list(STAGES), getStageInfo=STAGES.get)


def run(tell: Any) -> Iterator[Report]:
    for job, rows in ((MULTIPLY, 1200), (ADD_UP, 1)):
        tell(job, "running")
        time.sleep(0.6)  # the line is drawn twice a second
        yield Report(job.name, "ran", job.writes.name, rows, 0.6)


def test_a_line_says_which_job_how_far_rows_and_seconds() -> None:
    progress = Progress(3, began=time.monotonic() - 75)
    assert progress.line("") == "[1/3] starting    0 rows so far  75 s"
    progress.running, progress.ended, progress.rows = ["multiply", "add_up"], 1, 1200
    assert progress.line("task 4 of 12") == "[2/3] multiply, add_up  task 4 of 12  1,200 rows so far  75 s"
    progress.running, progress.ended = [], 3
    assert progress.line("").startswith("[3/3]")


def test_on_a_terminal_the_last_line_moves_with_the_tasks() -> None:
    seen = StringIO()
    reports, _ = follow(run, 2, Console(file=seen, force_terminal=True, width=120, color_system=None), Busy())  # type: ignore[arg-type]
    assert [report.job for report in reports] == ["multiply", "add_up"]
    assert "[1/2] multiply  task 4 of 12  0 rows so far" in seen.getvalue()
    assert "[2/2] add_up  task 4 of 12  1,200 rows so far" in seen.getvalue()
    assert "[2/2] add_up ran  1 rows" in seen.getvalue()


def test_in_a_file_each_start_and_end_is_a_line_of_its_own() -> None:
    seen = StringIO()
    follow(run, 2, Console(file=seen, width=120), Busy())  # type: ignore[arg-type]
    assert seen.getvalue().splitlines() == [
        "[1/2] multiply running",
        "[1/2] multiply ran  1,200 rows  0.6 s",
        "[2/2] add_up running",
        "[2/2] add_up ran  1 rows  0.6 s",
    ]
