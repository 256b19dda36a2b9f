"""Which job runs when: each as soon as all that it reads is there, several at once, the longest chain first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from shelfwise.core.dag import dependencies
from shelfwise.core.job import Job

E = TypeVar("E")


def in_turn(
    jobs: Sequence[Job], at_once: int, run: Callable[[Job], E], *, tell: Callable[[Job, str], None], failed: Callable[[E], bool]
) -> Iterator[E]:
    """What `run` made of each job, in the order of their ending; once one has failed, those that run end and no other starts.

    One at a time they run in the caller's thread. What `run` raises is raised here at once: the threads of the other jobs
    do not keep the process alive.
    """
    at_once = min(at_once, len(jobs))
    waiting = TopologicalSorter(depends := dependencies({job.name: job for job in jobs}))
    waiting.prepare()
    behind, by_name = _jobs_behind(depends), {job.name: job for job in jobs}
    order = {job.name: turn for turn, job in enumerate(jobs)}
    ended: SimpleQueue[tuple[str, E | BaseException]] = SimpleQueue()
    ready: list[str] = []
    running, stop = 0, False

    def one(name: str) -> None:
        try:
            ended.put((name, run(by_name[name])))
        except BaseException as error:
            ended.put((name, error))

    while True:
        ready = sorted([*ready, *waiting.get_ready()], key=lambda name: (-behind[name], order[name]))
        while ready and running < at_once and not stop:
            name = ready.pop(0)
            tell(by_name[name], "running")
            running += 1
            one(name) if at_once == 1 else Thread(target=one, args=(name,), name=name, daemon=True).start()
        if not running:
            return
        name, outcome = ended.get()
        running -= 1
        if isinstance(outcome, BaseException):
            raise outcome
        stop = stop or failed(outcome)
        waiting.done(name)
        yield outcome


def _jobs_behind(depends: Mapping[str, set[str]]) -> dict[str, int]:
    """For each job the length of the longest chain of jobs that waits for it (Hu 1961: the highest level goes first)."""
    behind = dict.fromkeys(depends, 0)
    for name in reversed(list(TopologicalSorter(depends).static_order())):
        for need in depends[name]:
            behind[need] = max(behind[need], behind[name] + 1)
    return behind
