"""How much memory do the processes hold that a Spark session has started? Read from /proc twice a second, Linux only."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

EVERY_SECONDS = 0.5
# what a process of each kind has in its command line; the driver's own JVM has neither
KINDS = {"executors": "CoarseGrainedExecutorBackend", "python": "core.daemon"}

MB = dict[str, float]


@contextmanager
def watched(peaks: MB) -> Iterator[None]:
    """Puts into `peaks` the largest sum of MB seen, by kind; pages that forked workers share count in each of them."""
    over = Event()

    def watch() -> None:
        while not over.wait(EVERY_SECONDS):
            for kind, size in resident().items():
                peaks[kind] = max(peaks.get(kind, 0.0), size)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def resident() -> MB:
    """Of this process's descendants, now."""
    sums = dict.fromkeys(KINDS, 0.0)
    for process in descendants(os.getpid()):
        try:
            words = (process / "cmdline").read_text()
            held = re.search(r"VmRSS:\s+(\d+) kB", (process / "status").read_text())
        except OSError:  # it has ended meanwhile
            continue
        for kind, word in KINDS.items():
            if held and word in words:
                sums[kind] += int(held[1]) / 1024
    return sums


def descendants(ancestor: int) -> list[Path]:
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # the second field, a name in brackets, may hold anything
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, asked = [], [ancestor]
    while asked:
        children = [child for child, parent in parents.items() if parent in asked]
        found += children
        asked = children
    return [Path(f"/proc/{child}") for child in found]
