"""The wheel that a platform with its own Spark installs: the whole package, and nothing that would be put over the platform's."""

import json
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from setup.guest import guest_wheel

COMMAND = "from importlib.metadata import entry_points; print(entry_points(group='console_scripts')['shelfwise'].load().__module__)"


@pytest.fixture(scope="module")
def guest(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return guest_wheel(wheel, tmp_path_factory.mktemp("databricks"))


def test_it_asks_for_all_but_python_spark_and_delta(wheel: Path, guest: Path) -> None:
    whole, rest = (asked_for(each) for each in (wheel, guest))
    assert [name for name in whole if name not in rest] == ["Python", "delta-spark", "pyspark"]
    assert [name for name in rest if name not in whole] == []
    assert {"mlflow", "statsforecast"} < set(rest)


def asked_for(wheel: Path) -> list[str]:
    """Names of the packages, and 'Python' where a range of it is asked for; sorted."""
    with ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith("/METADATA"))
        lines = opened.read(name).decode().splitlines()
    return sorted(re.sub(r"Requires-(Dist: )?([\w-]+).*", r"\2", line) for line in lines if line.startswith("Requires-"))


def test_its_files_are_the_wheels(wheel: Path, guest: Path) -> None:
    with ZipFile(wheel) as whole, ZipFile(guest) as rest:
        assert whole.namelist() == rest.namelist()
        differing = [name for name in whole.namelist() if whole.read(name) != rest.read(name)]
    assert [name.rpartition("/")[2] for name in differing] == ["METADATA", "RECORD"]


def test_pip_installs_it_and_the_command_that_the_tasks_call_is_there(guest: Path, tmp_path: Path) -> None:
    """pip holds every file against RECORD; the entry point's module comes from the installed copy."""
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(tmp_path), str(guest)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code = f"import json, shelfwise.core.cli as cli; print(json.dumps(cli.__file__)); {COMMAND}"
    asked = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    file, module = asked.stdout.split()
    assert Path(json.loads(file)).is_relative_to(tmp_path)
    assert module == "shelfwise.core.cli"
