"""How a benchmark says what it found: NAME value goal PASS|FAIL, and the same in its results file."""

import json
from collections.abc import Sequence
from pathlib import Path

Line = tuple[str, float, str, bool]
KEYS = ("name", "value", "goal", "passed")


def said(lines: Sequence[Line], results: Path | None) -> int:
    """The exit code: 1 where a goal is missed. No results file where a run was not by the protocol."""
    for name, value, goal, passed in lines:
        print(f"{name} {value:.4f} {goal} {'PASS' if passed else 'FAIL'}", flush=True)
    if results:
        # numpy's own numbers and truths are none of JSON's
        plain = [(name, float(value), goal, bool(passed)) for name, value, goal, passed in lines]
        results.write_text(json.dumps([dict(zip(KEYS, line, strict=True)) for line in plain], indent=1) + "\n")
    return 0 if all(passed for *_, passed in lines) else 1
