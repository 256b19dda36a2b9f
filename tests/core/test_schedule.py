"""When jobs run: after what they read, side by side, the longest chain first; without Spark."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from shelfwise.core.admission import FILES, LEDGER
from shelfwise.core.dag import dependencies
from shelfwise.core.job import Files, Job, Write
from shelfwise.core.schedule import in_turn
from tests.core.test_dag import job, table


def ended(jobs: Sequence[Job], at_once: int, run: Callable[[Job], str]) -> list[str]:
    return list(in_turn(jobs, at_once, run, tell=lambda *_: None, failed=lambda outcome: outcome.endswith("failed")))


def test_one_at_a_time_the_longest_chain_goes_first_in_the_callers_thread() -> None:
    """a <- b <- c and x <- y: two jobs wait for a, one for x or b, none for alone; ties keep the order given."""
    jobs = [job("alone"), job("x"), job("a"), job("y", reads="x"), job("b", reads="a"), job("c", reads="b")]
    threads = set()

    def run(each: Job) -> str:
        threads.add(threading.current_thread())
        return each.name

    assert ended(jobs, 1, run) == ["a", "x", "b", "alone", "y", "c"]
    assert threads == {threading.main_thread()}


def test_two_jobs_run_side_by_side_where_neither_waits_for_the_other() -> None:
    """left and right each wait until the other has started: one after the other they would never end."""
    meet = threading.Barrier(2, timeout=20)
    running: list[str] = []
    most = 0

    def run(each: Job) -> str:
        nonlocal most
        running.append(each.name)
        most = max(most, len(running))
        if each.name in ("left", "right"):
            meet.wait()
        time.sleep(0.01)
        running.remove(each.name)
        return each.name

    jobs = [job("left"), job("right"), job("third"), job("after", reads="left")]
    assert sorted(ended(jobs, 2, run)) == ["after", "left", "right", "third"]
    assert most == 2


def test_a_job_waits_for_all_that_it_reads() -> None:
    begun: list[str] = []
    done: list[str] = []

    def run(each: Job) -> str:
        begun.append(each.name)
        if each.name == "b":
            assert "a" in done, "b began before a had ended"
        time.sleep(0.05 if each.name == "a" else 0)
        done.append(each.name)
        return each.name

    assert ended([job("a"), job("b", reads="a"), job("c")], 3, run) == ["c", "a", "b"]
    assert begun.index("b") > begun.index("a")


def test_after_a_failure_what_runs_ends_and_nothing_else_starts() -> None:
    """slow runs beside bad and is still reported; next, which waits for nothing, does not start."""
    may_end = threading.Event()

    def run(each: Job) -> str:
        if each.name == "bad":
            may_end.set()
            return "bad failed"
        assert may_end.wait(20)
        time.sleep(0.05)
        return each.name

    jobs = [job("bad"), job("slow"), job("next"), job("reader", reads="slow")]
    assert ended(jobs, 2, run) == ["bad failed", "slow"]


@pytest.mark.parametrize("at_once", [1, 2])
def test_an_exception_is_raised_at_once_although_another_job_still_runs(at_once: int) -> None:
    never = threading.Event()

    def run(each: Job) -> str:
        if each.name == "stopped":
            raise KeyboardInterrupt
        never.wait()
        return each.name

    with pytest.raises(KeyboardInterrupt):
        ended([job("stopped"), job("endless")], at_once, run)


def test_a_job_that_reads_the_ledger_or_the_files_waits_for_every_job_that_notes_something_there() -> None:
    def land(source): ...  # type: ignore[no-untyped-def]
    def read_both(ledger, files): ...  # type: ignore[no-untyped-def]

    landing = Job("landing", {"source": Files("sales")}, table("landed"), land, Write.LAND)
    admission = Job("admission", {"source": table("elsewhere")}, table("admitted"), land, Write.ADMIT)
    upsert = Job("upsert", {"source": table("elsewhere")}, table("updated"), land, Write.UPSERT)
    reader = Job("reader", {"ledger": LEDGER, "files": FILES}, table("read"), read_both, Write.REPLACE)
    jobs = {each.name: each for each in (reader, landing, admission, upsert, job("other"))}
    assert dependencies(jobs)["reader"] == {"landing", "admission", "upsert"}
