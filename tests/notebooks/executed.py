"""Notebooks, executed cell by cell as written, on the lake below a folder; figures are collected, so that no browser opens."""

import io
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.py"))}
MARKER = "# COMMAND ----------"


@dataclass(frozen=True)
class Shown:
    """`space`: what the cells leave behind."""

    space: dict[str, Any]
    figures: list[go.Figure]
    printed: str

    def traces(self, figure: int) -> dict[str, Any]:
        return {trace.name: trace for trace in self.figures[figure].data}


def executed(spark: SparkSession, root: Path, name: str) -> Shown:
    """Refused where it changes a file of the lake: notebooks only show."""
    space: dict[str, Any] = {"__name__": "notebook"}
    printed, figures = io.StringIO(), list[go.Figure]()
    before = files_of(root)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed):
        patch.setattr(go.Figure, "show", lambda figure, **_: figures.append(figure))
        patch.setenv("SHELFWISE_LAKE__ROOT", f"{root}/lake")
        patch.setenv("SHELFWISE_LAKE__PERSONAL_ROOT", f"{root}/personal")
        for cell in NOTEBOOKS[name].read_text(encoding="utf-8").split(MARKER):
            exec(compile(cell, str(NOTEBOOKS[name]), "exec"), space)
    assert space["spark"] is spark
    assert all(figure.layout.title.text and figure.to_json() for figure in figures)
    assert files_of(root) == before, f"{name} has changed the lake"
    return Shown(space, figures, printed.getvalue())


def files_of(root: Path) -> set[tuple[str, int]]:
    return {(str(path), path.stat().st_mtime_ns) for part in ("lake", "personal") for path in (root / part).rglob("*")}
