"""The targets, what `make run` asks of the command line, and a set-up that was cut short."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.setup.test_tools import plain

ROOT = Path(__file__).resolve().parents[2]

# stands for Python, for the virtual environment's Python and for its uv alike; notes each call
PYTHON = """#!/bin/bash
case "$*" in
  -c*sys.executable*) echo "$0" ;;
  -c*) ;;
  *) echo "$*" >>calls ;;
esac
case "$*" in
  *"venv --clear .venv") rm -rf .venv && mkdir -p .venv/bin && cp "$0" .venv/bin/python && cp "$0" .venv/bin/uv ;;
  *requirements.lock) [ ! -e network-is-down ] && { [[ $0 != *uv ]] || [ ! -e mirror-of-pip-alone ]; } ;;
esac
"""


def make(*arguments: str, folder: Path = ROOT, path: str = "") -> subprocess.CompletedProcess[str]:
    environment = plain() | {"PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]}
    return subprocess.run(["make", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_help_is_the_default_and_lists_every_target() -> None:
    listed = [line.split()[1] for line in make().stdout.splitlines()]
    assert {"run", "test", "check", "bench", "mutate", "dist", "docs", "clean", "setup", "lock"} <= set(listed)


def test_run_asks_for_the_whole_graph_and_nothing_else() -> None:
    assert make("-n", "run").stdout.splitlines()[-1].strip() == ".venv/bin/shelfwise run"


def test_the_sample_has_a_tenth_of_the_households_and_a_lake_of_its_own() -> None:
    asked = make("-n", "run", "SAMPLE=1").stdout
    assert "shelfwise run --env local,sample" in asked
    for path in ("lake.root", "lake.personal_root", "report", "mlflow.artifacts"):
        assert f"--set '{path}=build/sample/" in asked


def test_another_shop_is_named_with_its_folder() -> None:
    asked = make("-n", "run", "SOURCE=online_retail", "DATA=/somewhere", "ARGS=--force").stdout
    assert "shelfwise run --source online_retail --set 'sources.online_retail.path=/somewhere' --force" in asked


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the set-up with a Python that installs nothing and jars that are there at once."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "setup").mkdir()
    shutil.copy(ROOT / "setup" / "tools", tmp_path / "setup")
    for name in ("requirements.lock", "pyproject.toml", "setup/build.lock", "setup/jars.sha256"):
        (tmp_path / name).touch()
    for name, body in {"setup/jars": '#!/bin/bash\nmkdir -p "$2"\n', "bin/python3.11": PYTHON}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(body)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def set_up(checkout: Path) -> tuple[int, int]:
    """Exit status, and how often anything was made or installed."""
    calls = checkout / "calls"
    calls.unlink(missing_ok=True)
    done = make("setup", folder=checkout, path=str(checkout / "bin"))
    return done.returncode, len(calls.read_text().splitlines()) if calls.exists() else 0


def test_a_second_set_up_does_nothing(checkout: Path) -> None:
    """The environment, its build tools, its packages and the project: four calls; then none."""
    assert set_up(checkout) == (0, 4)
    assert set_up(checkout) == (0, 0)


def test_a_set_up_that_was_cut_short_starts_anew(checkout: Path) -> None:
    """The packages fail to install: no stamp; the half-made environment is thrown away and made again."""
    (checkout / "network-is-down").touch()
    assert set_up(checkout)[0] != 0
    assert not (checkout / ".venv" / ".installed").exists()
    (checkout / ".venv" / "half-made").touch()
    (checkout / "network-is-down").unlink()
    assert set_up(checkout) == (0, 4)
    assert not (checkout / ".venv" / "half-made").exists()


def test_what_uv_cannot_reach_pip_tries(checkout: Path) -> None:
    """A company's mirror that stands in pip's own settings: one call more."""
    (checkout / "mirror-of-pip-alone").touch()
    assert set_up(checkout) == (0, 5)
    last = (checkout / "calls").read_text().splitlines()[-3:-1]
    assert [call.split("install")[0] for call in last] == ["pip ", "-m pip --disable-pip-version-check "]


def test_a_changed_lock_file_installs_again_and_a_changed_project_file_only_the_project(checkout: Path) -> None:
    set_up(checkout)
    newer = (checkout / ".venv" / ".ready").stat().st_mtime + 5
    os.utime(checkout / "pyproject.toml", (newer, newer))
    assert set_up(checkout) == (0, 1)
    os.utime(checkout / "requirements.lock", (newer, newer))
    assert set_up(checkout) == (0, 4)
