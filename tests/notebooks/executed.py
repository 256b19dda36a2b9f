"""A notebook, executed cell by cell as written, on the lake below a folder."""

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "explore_forecasts.py"


def executed(spark: SparkSession, root: Path) -> dict[str, Any]:
    """What its cells leave behind."""
    space: dict[str, Any] = {"__name__": "notebook"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHELFWISE_LAKE__ROOT", f"{root}/lake")
        patch.setenv("SHELFWISE_LAKE__PERSONAL_ROOT", f"{root}/personal")
        for cell in NOTEBOOK.read_text().split("# COMMAND ----------"):
            exec(compile(cell, str(NOTEBOOK), "exec"), space)
    assert space["spark"] is spark
    return space
