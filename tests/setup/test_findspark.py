"""A Spark installed elsewhere is found through SPARK_HOME."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pyspark
import pytest

SITE_SPARK = Path(pyspark.__file__).parent
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A Spark laid out as its own download is: python/pyspark and python/lib beside jars."""
    home = tmp_path / "spark"
    (home / "python").mkdir(parents=True)
    (home / "python" / "pyspark").symlink_to(SITE_SPARK)
    (home / "python" / "lib").symlink_to(SITE_SPARK / "python" / "lib")
    return home


def ask(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"SPARK_HOME", "PYTHONPATH"}} | environment
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)


WHERE = "import shelfwise, pyspark, py4j; print(pyspark.__file__, py4j.__file__, sep='\\n')"


def test_without_spark_home_the_installed_spark_is_used() -> None:
    assert ask(WHERE).stdout.splitlines()[0] == str(SITE_SPARK / "__init__.py")


def test_a_spark_elsewhere_wins_with_its_own_py4j(elsewhere: Path) -> None:
    spark, py4j = ask(WHERE, SPARK_HOME=str(elsewhere)).stdout.splitlines()
    assert spark == str(elsewhere / "python" / "pyspark" / "__init__.py")
    assert py4j.startswith(str(elsewhere / "python" / "lib" / "py4j-"))


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.py")), ids=lambda path: path.stem)
def test_a_notebook_finds_it_too(elsewhere: Path, notebook: Path) -> None:
    """Up to the first that is of pyspark its imports are taken as they stand."""
    imports = [node for node in ast.parse(notebook.read_text()).body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = [ast.unparse(node) for node in imports]
    first = next(place for place, line in enumerate(lines) if "pyspark" in line)
    done = ask("\n".join([*lines[: first + 1], "import pyspark; print(pyspark.__file__)"]), SPARK_HOME=str(elsewhere))
    assert done.stdout.splitlines() == [str(elsewhere / "python" / "pyspark" / "__init__.py")], done.stderr


def test_a_spark_home_without_spark_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = ask(WHERE, SPARK_HOME=str(tmp_path))
    assert done.returncode == 1
    assert (
        done.stderr.splitlines()[-1] == f"ImportError: SPARK_HOME={tmp_path} holds no Spark with Python: correct it, or unset it."
    )
