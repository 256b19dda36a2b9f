"""How many wrong formulas would the tests notice? Mutates every Spark-free module of measures and counts the survivors.

The mutation tool wants the package below src/, so a copy of it is made there, with the tests of the same room.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "mutate"
LEAST_KILLED = 0.85
# its own pytest section, or pytest would take the checkout's, with the unchanged package first on its path
CONFIG = """[tool:pytest]
addopts = --import-mode=importlib

[mutmut]
source_paths=src
pytest_add_cli_args_test_selection=tests
use_git_change_detection=false
only_mutate=
"""
KILLED = {"killed", "timeout", "segfault", "caught by type check"}
UNASKED = {"not checked", "check was interrupted by user"}
LIVED = {"survived", "no tests", "suspicious"}


def main() -> int:
    """Exit status 1 where fewer than 85 % of the mutants were killed."""
    modules = formula_modules()
    lay_out(modules)
    print(f"mutating {', '.join(path.stem for path in modules)}", flush=True)
    mutmut = [sys.executable, "-m", "mutmut"]
    with (WORK / "run.log").open("w") as log:
        run = subprocess.run([*mutmut, "run"], check=False, cwd=WORK, stdout=log, stderr=subprocess.STDOUT)
    states = parse_states(
        subprocess.run([*mutmut, "results", "--all", "true"], cwd=WORK, capture_output=True, text=True, check=True).stdout
    )
    if run.returncode or not states:
        print(f"the mutation run itself failed, see {WORK / 'run.log'}", file=sys.stderr)
        return 1
    return judge(states)


def formula_modules() -> list[Path]:
    """Modules of measures that import no Spark: those that do would start a session per mutant."""
    found = sorted((ROOT / "lib" / "shelfwise" / "measures").rglob("*.py"))
    return [
        path
        for path in found
        if path.stem != "__init__" and not re.search(r"^\s*(from|import) pyspark", path.read_text(), re.MULTILINE)
    ]


def lay_out(modules: list[Path]) -> None:
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(ROOT / "lib", WORK / "src", ignore=shutil.ignore_patterns("__pycache__"))
    names = {path.stem for path in modules}
    for test in sorted((ROOT / "tests" / "measures").rglob("*.py")):
        # a test that needs Spark can't judge a pure formula cheaply
        if test.stem.removeprefix("test_") in names or test.stem == "conftest" or "spark" not in test.read_text():
            target = WORK / "tests" / test.relative_to(ROOT / "tests")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(test, target)
    only = "\n".join(f"    src/{path.relative_to(ROOT / 'lib')}" for path in modules)
    (WORK / "setup.cfg").write_text(f"{CONFIG}{only}\n")


def parse_states(text: str) -> dict[str, str]:
    """State of each mutant from lines such as `shelfwise.measures.ranking.x_ndcg__mutmut_3: survived`."""
    return dict(re.findall(r"^\s*(\S+__mutmut_\d+): (.+?)\s*$", text, re.MULTILINE))


def judge(states: dict[str, str]) -> int:
    unasked = sorted(UNASKED & set(states.values()))
    if unasked:
        print(f"mutants were left {', '.join(unasked)}: the run did not come to its end", file=sys.stderr)
        return 1
    lived = sorted(name for name, state in states.items() if state in LIVED)
    killed = sum(state in KILLED for state in states.values())
    for name in lived:
        print(f"  {states[name]}: {name}")
    share = killed / max(killed + len(lived), 1)
    print(
        f"{killed} of {killed + len(lived)} mutants killed ({share:.1%}), {len(lived)} survived; at least {LEAST_KILLED:.0%} asked"
    )
    return 0 if share >= LEAST_KILLED else 1


if __name__ == "__main__":
    sys.exit(main())
