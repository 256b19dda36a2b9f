"""docs/planted-shop.md: constants are those of the modules, links lead somewhere, and the tests that it names are there."""

import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

DOC = Path(__file__).parents[2] / "docs" / "planted-shop.md"
CONSTANT = re.compile(r"^\| `(\w+)\.([A-Z_]+)` \| ([^|]+) \|", re.MULTILINE)


def test_the_table_of_constants_holds_their_values():
    rows = CONSTANT.findall(DOC.read_text(encoding="utf-8"))
    assert len(rows) > 40
    for module, name, told in rows:
        value = getattr(import_module(f"shelfwise.simulate.{module}"), name)
        numbers = np.atleast_1d(list(value.values()) if isinstance(value, dict) else value)
        assert [float(one) for one in told.split(",")] == pytest.approx(numbers.tolist(), rel=1e-9), f"{module}.{name}"


def test_links_within_the_page_lead_to_its_headings():
    text = DOC.read_text(encoding="utf-8")
    headings = {re.sub(r"[^\w -]", "", line).lower().replace(" ", "-") for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    links = set(re.findall(r"\]\(#([\w-]+)\)", text))
    assert links
    assert links <= headings


def test_tests_that_are_named_are_there():
    named = set(re.findall(r"test_\w+\.py", DOC.read_text(encoding="utf-8")))
    assert len(named) > 15
    assert named <= {path.name for path in Path(__file__).parents[1].rglob("test_*.py")}
