"""docs/methods.md, which the page points to, names functions and tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
FUNCTIONS = sorted(set(re.findall(r"`([a-z]+(?:\.[a-z_]+)+)\.([a-z_]+)`", TEXT)))


@pytest.mark.parametrize(("module", "function"), FUNCTIONS)
def test_a_named_function_exists(module, function):
    source = (ROOT / "lib" / "shelfwise" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert f"def {function}(" in source


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", TEXT))))
def test_a_named_test_exists(path):
    assert (ROOT / path).is_file()


def test_functions_are_named_at_all():
    assert len(FUNCTIONS) > 20
