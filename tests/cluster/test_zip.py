"""What the zip for --py-files carries, and that the package works from inside it."""

import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]


def ask(code: str, python: Path, zipped: Path, cwd: Path) -> str:
    """Runs code far from the checkout, where the package can come from the zip only."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHELFWISE_", "SPARK_", "PYSPARK_"))}
    env = kept | {"PYTHONPATH": str(zipped)}
    done = subprocess.run([python, "-c", code], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_zip_holds_the_package_with_its_jobs_and_settings(zipped: Path) -> None:
    names = set(ZipFile(zipped).namelist())
    shipped = {path.relative_to(ROOT / "lib").as_posix() for path in (ROOT / "lib").rglob("*.py")}
    shipped |= {f"shelfwise/jobs/{path.name}" for path in (ROOT / "jobs").glob("*.py")}
    shipped |= {f"shelfwise/conf/{path.name}" for path in (ROOT / "conf").glob("*.yaml")}
    assert sorted(shipped - names) == []
    assert not [name for name in names if ".dist-info/" in name or not name.startswith("shelfwise/")]


def test_without_the_zip_there_is_no_package(bare_python: Path, tmp_path: Path) -> None:
    """The other tests of this room would prove nothing if the checkout were seen."""
    done = subprocess.run(
        [bare_python, "-c", "import pyspark, shelfwise"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'shelfwise'"


def test_jobs_settings_and_log_settings_are_found_inside_the_zip(bare_python: Path, zipped: Path, tmp_path: Path) -> None:
    code = """
from shelfwise.core.dag import load_jobs
from shelfwise.core.packaged import packaged
from shelfwise.core.settings import load_settings
print(len(load_jobs()), load_settings("cluster").source, packaged("core/log_layout.json").is_file())
"""
    assert ask(code, bare_python, zipped, tmp_path) == f"{len(list((ROOT / 'jobs').glob('*.py')))} completejourney True"


def test_another_code_has_another_version_inside_the_zip_too(bare_python: Path, zipped: Path, tmp_path: Path) -> None:
    """One line more in one module; else a job would be skipped as unchanged after an upgrade."""
    code = "from shelfwise.core.runs import code_version; print(code_version())"
    changed = tmp_path / "changed.zip"
    with ZipFile(zipped) as source, ZipFile(changed, "w") as target:
        for name in source.namelist():
            more = b"\n# changed\n" if name == "shelfwise/core/table.py" else b""
            target.writestr(name, source.read(name) + more)
    assert ask(code, bare_python, zipped, tmp_path) != ask(code, bare_python, changed, tmp_path)
