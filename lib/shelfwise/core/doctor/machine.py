"""Has the machine room: memory for the driver, space on the disks that are written to?"""

import os
import re
import shutil
import tempfile
from pathlib import Path

from shelfwise.core.doctor.finding import Finding, fail, ok, warn
from shelfwise.core.lease import local_folder
from shelfwise.core.settings import Settings

GB = 1 << 30
UNITS = {"": 1 << 20, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}  # as Spark reads them: a bare number is MB
CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # a container's limit, version 2 and 1
MOST = 0.75  # of memory for the driver's heap: Python workers and what the JVM keeps beside its heap need the rest
# tables, models and page of a retailer's year take half a gigabyte; what Spark writes aside while it sorts takes a few
LEAST, ENOUGH = 1 * GB, 5 * GB


def memory(settings: Settings) -> Finding:
    """The driver's heap against what the machine, or its container, has."""
    asked, total, free = settings.spark.driver_memory, _total(), _available()
    if not asked:
        return ok("spark.driver_memory is not set: the platform decides")
    heap = _bytes(asked)
    if heap is None:
        return fail(f"spark.driver_memory = {asked} is no size", "write it as 4g or 4096m")
    found = f"the driver takes up to {_gb(heap)} of {_gb(total)}, of which {_gb(free)} are free"
    smaller = f"--set spark.driver_memory={max(1, int(total * MOST / GB))}g"
    if heap > total:
        return fail(found, smaller)
    if heap > MOST * total:
        return warn(f"{found}; Python workers need some beside it", smaller)
    return warn(found, "end other programs first") if heap > free else ok(found)


def disk(settings: Settings) -> Finding:
    """Each disk that something is written to, by what lies there."""
    disks: dict[int, tuple[int, list[str]]] = {}
    for name, folder in _written(settings).items():
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not os.access(there, os.W_OK):
            return fail(f"{name}: {there} can't be written to", "give the right to, or set another folder")
        disks.setdefault(there.stat().st_dev, (shutil.disk_usage(there).free, []))[1].append(name)
    found = "; ".join(f"{_gb(free)} free for {', '.join(names)}" for free, names in disks.values())
    least = min(free for free, _ in disks.values())
    remedy = "delete something, or set lake.root, lake.personal_root or TMPDIR to a larger disk"
    return fail(found, remedy) if least < LEAST else warn(found, remedy) if least < ENOUGH else ok(found)


def _written(settings: Settings) -> dict[str, Path]:
    """Folders of this machine only."""
    places = {
        "tables": settings.lake.root,
        "personal tables": settings.lake.personal_root,
        "MLflow": settings.mlflow.artifacts,
        "log": settings.spark.log,
        "temporary files": str(settings.spark.conf.get("spark.local.dir", tempfile.gettempdir())),
    }
    local = {name: local_folder(settings.at(place)) for name, place in places.items() if place}
    return {name: folder.resolve() for name, folder in local.items() if folder}


def _total() -> int:
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [Path(name).read_text(encoding="utf-8").strip() for name in CGROUPS if Path(name).is_file()]
    return min([physical, *(int(limit) for limit in limits if limit.isdigit())])


def _available() -> int:
    told = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"))
    return min(int(told[1]) << 10, _total()) if told else _total()


def _bytes(text: str) -> int | None:
    size = re.fullmatch(r"(\d+)([kmgt]?)b?", text.strip().lower())
    return int(size[1]) * UNITS[size[2]] if size else None


def _gb(size: int) -> str:
    return f"{size / GB:.1f} GB"
