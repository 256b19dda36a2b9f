"""What holds for every notebook, whatever it shows; tests/e2e executes each on a planted shop."""

import itertools
import json
import re
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from shelfwise.core.errors import JobError
from tests.notebooks.executed import MARKER, NOTEBOOKS, ROOT, executed

TEXTS = {name: path.read_text(encoding="utf-8") for name, path in NOTEBOOKS.items()}
every = pytest.mark.parametrize("name", NOTEBOOKS)


def cells(name: str) -> list[str]:
    return [cell.strip("\n") for cell in TEXTS[name].split(f"{MARKER}\n")]


def test_each_question_has_a_notebook() -> None:
    kinds = ("silver", "forecasts", "recommender", "introductions", "risk")
    assert set(NOTEBOOKS) == {"plan_what_if", *(f"explore_{kind}" for kind in kinds)}


@every
def test_it_is_in_the_source_format_and_each_cell_is_text_or_code(name: str) -> None:
    assert TEXTS[name].startswith("# Databricks notebook source\n# MAGIC %md\n# MAGIC # ")
    for cell in cells(name)[1:]:
        said = [line.startswith("# MAGIC") for line in cell.splitlines()]
        assert all(said) or not any(said), cell
    assert 5 <= sum(not cell.startswith("# MAGIC") for cell in cells(name)[1:]) <= 9


@every
def test_the_editors_cells_are_those_of_databricks(name: str) -> None:
    """VS Code takes a line that the checkout's setting matches for the first of a cell."""
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    begins = re.compile(settings["jupyter.interactiveWindow.cellMarker.codeRegex"])
    assert sum(bool(begins.match(line)) for line in TEXTS[name].splitlines()) == len(cells(name))
    assert begins.match(settings["jupyter.interactiveWindow.cellMarker.default"])


@every
def test_it_reads_declared_tables_and_writes_nothing(name: str) -> None:
    asked = set(re.findall(r"\blake\.(\w+)\(", TEXTS[name]))
    assert {"read"} <= asked <= {"read", "exists"}
    assert not re.search(r"\.write\b|\.save|\bspark\.(read|sql|table)\b|\.load\(|\bDeltaTable\b", TEXTS[name])


@every
def test_what_is_taken_to_the_driver_whole_says_its_bound(name: str) -> None:
    for before, line in itertools.pairwise(TEXTS[name].splitlines()):
        if re.search(r"\.(toPandas|collect)\(\)", line):
            assert "# bound:" in before + line or ".limit(" in line, line


@every
def test_a_table_that_is_not_there_is_named(spark: SparkSession, tmp_path: Path, name: str) -> None:
    with pytest.raises(JobError, match=r"^(silver|gold)\.\w+ does not exist yet: run the job that writes it"):
        executed(spark, tmp_path, name)
