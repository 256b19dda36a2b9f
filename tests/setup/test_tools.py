"""A missing or wrong Java, Python or make gets one sentence with the remedy."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A PATH of one folder with every tool in place."""
    for tool in ("head", "sed"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    install(tmp_path, "make", "echo GNU Make 4.3")
    install(tmp_path, "java", java("17.0.15"))
    install(tmp_path, "python3.11", python(tmp_path / "python3.11"))
    install(tmp_path, "python3", "case $1 in --version) echo Python 3.13.1 ;; esac")
    return tmp_path


def install(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
    path.chmod(0o755)


def java(version: str) -> str:
    return f"""echo 'openjdk version "{version}" 2025-04-15' >&2"""


def python(path: Path) -> str:
    """A Python that names itself as 3.11; it can make virtual environments."""
    return f"case $2 in *ensurepip*) exit 0 ;; *) echo {path} ;; esac"


def tools(machine: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "setup" / "tools", *arguments],
        env={"PATH": str(machine), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_that_has_everything_hears_nothing(machine: Path) -> None:
    done = tools(machine)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "body", "says", "remedy"),
    [
        ("make", None, "GNU make is missing", "apt-get install make"),
        ("make", "echo GNU Make 3.81", "'GNU Make 3.81'", "apt-get install make"),
        ("make", "echo 'usage: make [-f file]' >&2; exit 2", "'something else'", "apt-get install make"),
        ("java", None, "Java 17 is missing", "apt-get install openjdk-17-jre-headless"),
        ("java", java("11.0.2"), "version '11.0.2'", "apt-get install openjdk-17-jre-headless"),
        ("java", java("1.8.0_292"), "version '1.8.0_292'", "apt-get install openjdk-17-jre-headless"),
        ("java", java("25"), "version '25'", "apt-get install openjdk-17-jre-headless"),
        ("java", "exit 1", "version 'unknown'", "apt-get install openjdk-17-jre-headless"),
        ("python3.11", None, "Python 3.11 is missing (found: Python 3.13.1)", "apt-get install python3.11 python3.11-venv"),
        ("python3.11", "echo not installed >&2; exit 127", "Python 3.11 is missing", "apt-get install python3.11 python3.11-venv"),
        (
            "python3.11",
            "case $2 in *ensurepip*) exit 1 ;; *) echo $0 ;; esac",
            "can't make virtual",
            "apt-get install python3.11-venv",
        ),
    ],
)
def test_a_missing_or_wrong_tool_gets_one_sentence_with_the_remedy(
    machine: Path, name: str, body: str | None, says: str, remedy: str
) -> None:
    (machine / name).unlink()
    if body:
        install(machine, name, body)
    done = tools(machine)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr
    assert f"run '{remedy}'" in done.stderr


def test_java_21_will_do(machine: Path) -> None:
    install(machine, "java", java("21.0.2"))
    assert tools(machine).returncode == 0


def test_java_home_decides_as_it_does_for_spark(machine: Path) -> None:
    install(machine, "old/bin/java", java("11.0.2"))
    done = tools(machine, JAVA_HOME=str(machine / "old"))
    assert done.returncode == 1
    assert "unset JAVA_HOME" in done.stderr


def test_a_python3_that_is_3_11_will_do(machine: Path) -> None:
    (machine / "python3.11").unlink()
    install(machine, "python3", python(machine / "python3"))
    done = tools(machine, "python")
    assert (done.returncode, done.stdout.strip()) == (0, str(machine / "python3"))


def test_an_old_make_is_told_so_by_the_makefile_itself() -> None:
    done = subprocess.run(["make", "help", "MAKE_VERSION=3.81"], cwd=ROOT, capture_output=True, text=True, check=False, env=plain())
    assert done.returncode == 2
    assert "GNU make 4 or newer is needed, this is 3.81" in done.stderr


def plain() -> dict[str, str]:
    """The environment without what an outer make hands down."""
    from_outside = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARGS", "SAMPLE", "SOURCE", "DATA"}
    return {name: value for name, value in os.environ.items() if name not in from_outside}
