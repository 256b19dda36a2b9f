"""How a benchmark says what it found: NAME value goal PASS|FAIL, and the same in its results file."""

import importlib.util
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

Line = tuple[str, float, str, bool]
KEYS = ("name", "value", "goal", "passed")
SOURCE, AS_OF = "completejourney", "2017-10-29"


def asked_run(words: Sequence[str], name: str) -> tuple[str, date, Path]:
    """Source and as_of of the run that `name` is to judge, the usual one where no words are given, and its results file."""
    if len(words) not in (0, 2):
        sys.exit(f"{name}.py [SOURCE AS_OF]: give both or none")
    source, as_of = words or (SOURCE, AS_OF)
    results = f"{name}.json" if source == SOURCE else f"{name}_{source}.json"
    return source, date.fromisoformat(as_of), Path(__file__).parent / "results" / results


def need_rivals(*names: str) -> None:
    """Ends with a word where another maker's library is not installed."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(
            f"{', '.join(missing)}: not installed; run `make rivals` and set PYTHONPATH=.rivals, as the Makefile's targets do."
        )


def said(lines: Sequence[Line], results: Path | None) -> int:
    """The exit code: 1 where a goal is missed. No results file where a run was not by the protocol."""
    for name, value, goal, passed in lines:
        print(f"{name} {value:.4f} {goal} {'PASS' if passed else 'FAIL'}", flush=True)
    if results:
        # numpy's own numbers and truths are none of JSON's
        plain = [(name, float(value), goal, bool(passed)) for name, value, goal, passed in lines]
        results.write_text(json.dumps([dict(zip(KEYS, line, strict=True)) for line in plain], indent=1) + "\n")
    return 0 if all(passed for *_, passed in lines) else 1
