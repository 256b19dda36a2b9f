"""The graph of jobs, read from their declarations."""

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from shelfwise.core.admission import FILES, LEDGER
from shelfwise.core.errors import JobError, SettingsError, ShelfwiseError
from shelfwise.core.job import Job, Write
from shelfwise.core.packaged import PACKAGE, packaged
from shelfwise.core.settings import suggest

MODULE_PREFIX = "shelfwise_job_"
BESIDE = {Write.LAND: FILES, Write.ADMIT: LEDGER, Write.UPSERT: LEDGER}  # where many jobs note what they did: one row each


def load_jobs(folder: Path | None = None) -> dict[str, Job]:
    """Every job by name; a file in the folder that declares no JOB is refused by name."""
    found = {}
    for path in sorted((folder or jobs_folder()).glob("*.py")):
        if path.stem.startswith("_"):
            continue
        job = _load(path)
        if job.name != path.stem:
            raise JobError(f"{path}: the job calls itself '{job.name}'; a job has its file's name.")
        found[job.name] = job
    return found


def jobs_folder() -> Path:
    """The copy inside the package, else the checkout's."""
    for folder in (packaged("jobs"), PACKAGE.parents[1] / "jobs"):
        if folder.is_dir():
            return folder
    raise JobError(f"No jobs folder in {PACKAGE}: install the package again.")


def in_order(jobs: Mapping[str, Job], wanted: Iterable[str], *, upstream: bool) -> list[Job]:
    """The wanted jobs (with all they depend on, where asked), each after what it reads from."""
    depends = dependencies(jobs)
    chosen = set(wanted)
    for name in chosen:
        if name not in jobs:
            raise SettingsError(f"There is no job '{name}'.{suggest(name, list(jobs))}")
    while upstream and (more := {need for name in chosen for need in depends[name]} - chosen):
        chosen |= more
    return [jobs[name] for name in _levels(depends) if name in chosen]


def dependencies(jobs: Mapping[str, Job]) -> dict[str, set[str]]:
    """For each job the jobs that write what it reads."""
    writers: dict[str, set[str]] = {table.name: set() for table in BESIDE.values()}
    for job in jobs.values():
        if others := writers.get(job.writes.name):
            raise JobError(f"Jobs {min(others)} and {job.name} both write {job.writes.name}: one table has one writer.")
        writers[job.writes.name] = {job.name}
        if beside := BESIDE.get(job.how):
            writers[beside.name].add(job.name)
    return {
        job.name: {writer for read in job.reads.values() for writer in writers.get(read.name, ())} - {job.name}
        for job in jobs.values()
    }


def _levels(depends: Mapping[str, set[str]]) -> Iterator[str]:
    """Jobs that wait for none, then those that wait for these only, …; by name within a level."""
    sorter = TopologicalSorter(depends)
    try:
        sorter.prepare()
    except CycleError as error:
        raise JobError(f"The jobs depend on one another in a circle: {' -> '.join(error.args[1])}.") from None
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from ready
        sorter.done(*ready)


def question(job: Job) -> str:
    """The job's own sentence: the first line of its file, without the command that follows it."""
    module = sys.modules.get(f"{MODULE_PREFIX}{job.name}")
    first = ((module and module.__doc__) or job.run.__doc__ or "").strip().partition("\n")[0]
    return first.partition("spark-submit")[0].strip().rstrip(":")


def lineage(jobs: Mapping[str, Job]) -> list[tuple[str, str, str]]:
    """Edges (input, job, output), sorted."""
    return sorted((read.name, job.name, job.writes.name) for job in jobs.values() for read in job.reads.values())


def as_mermaid(jobs: Mapping[str, Job]) -> str:
    """A Mermaid flow chart: tables as boxes, jobs on the arrows."""
    edges = [f"    {_node(source)} -->|{job}| {_node(target)}" for source, job, target in lineage(jobs)]
    return "\n".join(["flowchart LR", *edges])


def _node(name: str) -> str:
    return f'{name.replace(".", "_")}["{name}"]'


def _load(path: Path) -> Job:
    name = f"{MODULE_PREFIX}{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except ShelfwiseError:
        raise
    except Exception as error:
        raise JobError(f"{path} can't be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(getattr(module, "JOB", None), Job):
        raise JobError(f"{path} declares no JOB.")
    job: Job = module.JOB
    return job
