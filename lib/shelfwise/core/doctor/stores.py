"""Do the stores answer: the tables, as far as that can be told without Spark, MLflow, and at last Spark itself?"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

from shelfwise.core.doctor.finding import Finding, State, fail, ok, warn
from shelfwise.core.lease import local_folder
from shelfwise.core.settings import Settings

COMMIT = re.compile(r"\d{20}\.json")
SECONDS = 3.0  # that a store may take to answer
REBUILD = "bring the folder back from a backup, or move it away and let 'shelfwise run' make it anew"


def lake(settings: Settings) -> Finding:
    """Every table under the roots has a log whose newest commit can be read."""
    if settings.lake.catalog:
        return Finding(State.SKIPPED, f"catalog {settings.lake.catalog}: only Spark can tell")
    roots = [settings.at(root) for root in (settings.lake.root, settings.lake.personal_root)]
    folders = [folder for root in roots if (folder := local_folder(root))]
    if len(folders) < len(roots):
        return Finding(State.SKIPPED, f"{', '.join(roots)}: only Spark can tell")
    tables = [table for folder in folders for table in _tables(folder)]
    for table in tables:
        if broken := _broken(table):
            return fail(f"{table}: {broken}", REBUILD)
    where = ", ".join(str(folder) for folder in folders)
    return ok(f"{len(tables)} tables in {where}" if tables else f"no tables yet in {where}: 'shelfwise run' makes them")


def _tables(root: Path) -> Iterator[Path]:
    """layer/table; what begins with an underscore is no layer."""
    for layer in sorted(root.iterdir()) if root.is_dir() else []:
        if layer.is_dir() and not layer.name.startswith("_"):
            yield from sorted(path for path in layer.iterdir() if path.is_dir())


def _broken(table: Path) -> str:
    """Why its log can't be read; '' where it can."""
    log = table / "_delta_log"
    if not log.is_dir():
        return "there is no _delta_log in it, so that it is no Delta table"
    commits = sorted(path for path in log.iterdir() if COMMIT.fullmatch(path.name))
    if not commits and not any(log.glob("*.checkpoint*.parquet")):
        return "its _delta_log is empty"
    try:
        for line in commits[-1].read_text(encoding="utf-8").splitlines() if commits else []:
            json.loads(line)
    except (OSError, ValueError) as error:
        return f"{commits[-1].name} in its _delta_log can't be read: {error}"
    return ""


def mlflow(settings: Settings) -> Finding:
    """Within seconds; nothing is made where there is none yet."""
    uri = settings.mlflow.tracking_uri
    if uri.startswith("sqlite:///"):
        return _sqlite(Path(uri.removeprefix("sqlite:///")).resolve())
    if uri.startswith(("http://", "https://")):
        return _server(uri)
    folder = local_folder(uri)
    if not folder:
        return Finding(State.SKIPPED, f"{uri}: only the platform can tell")
    return ok(str(folder)) if folder.is_dir() else warn(f"{folder} is not there", "correct mlflow.tracking_uri")


def _sqlite(path: Path) -> Finding:
    if not path.exists():
        return ok(f"no store yet at {path}: the first model makes it")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=SECONDS)) as store:
            (versions,) = store.execute("SELECT count(*) FROM model_versions").fetchone()
    except sqlite3.Error as error:
        return fail(
            f"{path} is no store of MLflow: {error}", "move it away (models are then trained anew), or correct mlflow.tracking_uri"
        )
    return ok(f"{versions} versions of models in {path}")


def _server(uri: str) -> Finding:
    try:
        with urlopen(f"{uri.rstrip('/')}/health", timeout=SECONDS) as answer:  # a setting's own address
            return ok(f"{uri} answers {answer.status}")
    except OSError as error:
        return fail(f"{uri} does not answer: {error}", "start the server, open the way to it, or correct mlflow.tracking_uri")


def spark(settings: Settings) -> Finding:
    """A session starts with Delta, and the record of runs can be read where there is one."""
    from shelfwise.core.lake import Lake
    from shelfwise.core.runs import RUNS
    from shelfwise.core.session import start_session

    session = start_session(settings)
    tables = Lake(session, settings)
    runs = f"{tables.read(RUNS).count():,} runs" if tables.exists(RUNS) else "no runs yet"
    return ok(f"Spark {session.version} starts, with Delta; {runs} in {RUNS.name}")
