"""Are the policies of measures.policies exact, and how fast, beside stockpyl 1.0.2 on the same cases in the same run?

    make rivals && make bench-inventory

Protocol: each function that has a counterpart in stockpyl solves cases drawn with one seed (policy_pairs.py, policy_stages.py); in
one run both solve each case, one after the other, and are timed over all of them, the best of three times where these are
short. What both return is compared: costs above all, and levels where they can't differ.
- largest relative difference per function: at most 1e-6, a serial chain and promised service times 1e-4. stockpyl cuts normal
  demand of a serial chain into a grid of 1,000 levels and 100 demands: what comes of that is shown, judged is a grid four times
  as fine. Tails of Poisson demand are asked of it to 1e-12 instead of 3e-5. Chains with normal demand are also held against
  our own chain of whole units. Of (r, Q) policies for normal demand it has approximations only: ours may not cost more.
- speed: geometric mean over functions at least 5 times stockpyl's; the slowest is named
- (s, S) is compared for Poisson demand: of any other law stockpyl leaves the largest demand out; and the 24 cases of Zheng &
  Federgruen 1991, by cost
- 500 small cases against brute force (policy_brute.py): none costs more
- named published cases in tests/measures/policies: at least 60, counted by the tests' names
No counterpart in stockpyl: capacitated lots, lost sales with random lead times, sums of random numbers of periods.
Each line: NAME value goal PASS|FAIL.
"""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from math import exp, log
from pathlib import Path
from statistics import fmean

import numpy as np
from lines import Line, said
from policy_brute import GAMES, played
from policy_pairs import PAIRS, Pair, zheng_and_federgruen
from policy_stages import STAGES, in_small_units

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).parent / "results" / "policies.json"
SEED = 2026
MILLION = 1e6
SOURCES = r"::test_\S*(snyder|shang|zheng|nahmias|published|example_\d|problem_\d|figure_\d)"


def main() -> int:
    lines: list[Line] = []
    ratios: dict[str, float] = {}
    for pair in [*PAIRS, *STAGES]:
        difference, ratio = compared(pair)
        lines += judged(pair, difference, ratio)
        ratios |= {pair.name: ratio} if pair.timed else {}
    small = apart(*in_small_units(np.random.default_rng(SEED)))
    lines += [
        ("serial, normal, to our chain of whole units: millionths", MILLION * small, "<= 100", small <= 1e-4),
        *speed(ratios),
        *zheng(),
        *brute(),
    ]
    named = published()
    return said([*lines, ("named published cases in the tests", named, ">= 60", named >= 60)], RESULTS)


def speed(ratios: dict[str, float]) -> list[Line]:
    def mean(names: Iterable[str]) -> float:
        return exp(fmean(log(ratios[name]) for name in names))

    worst = min(ratios, key=lambda name: ratios[name])
    return [
        ("times as fast, geometric mean", mean(ratios), ">= 5", mean(ratios) >= 5),
        ("times as fast, geometric mean of one shelf's", mean(pair.name for pair in PAIRS), "for comparison", True),
        (f"times as fast, slowest ({worst})", ratios[worst], "for comparison", True),
    ]


def compared(pair: Pair) -> tuple[float, float]:
    rng = np.random.default_rng(SEED)
    cases = [pair.drawn(rng) for _ in range(pair.count)]
    ours, our_seconds = solved(pair.ours, cases)
    theirs, their_seconds = solved(pair.theirs, cases)
    measure = apart if pair.goal else dearer
    return max(measure(a, b) for a, b in zip(ours, theirs, strict=True)), their_seconds / our_seconds


def solved(solve: Callable[..., Sequence[float]], cases: Sequence[tuple[object, ...]]) -> tuple[list[Sequence[float]], float]:
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        found = [solve(*case) for case in cases]
        best = min(best, time.perf_counter() - began)
        if best > 2:
            break
    return found, best


def apart(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Largest difference, relative to theirs or, where that is next to nothing, absolute to a millionth of a unit."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    return float((np.abs(a - b) / np.maximum(np.abs(b), 1e-6)).max())


def dearer(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """What ours costs more than an approximation, relative to that."""
    return ours[0] / theirs[0] - 1


def judged(pair: Pair, difference: float, ratio: float) -> list[Line]:
    goal, what = (pair.goal, "millionths") if pair.goal else (1e-9, "dearer than stockpyl's approximation by millionths")
    asked = (f"<= {MILLION * goal:g}", difference <= goal) if pair.judged else ("for comparison", True)
    return [
        (f"{pair.name}: {what}", MILLION * difference, *asked),
        (f"{pair.name}: times as fast", ratio, "for comparison", True),
    ]


def zheng() -> list[Line]:
    """Whose costs stockpyl finds too."""
    costs = zheng_and_federgruen()
    alike = sum(ours <= theirs * (1 + 1e-6) for ours, theirs in costs)
    return [("Zheng & Federgruen's cases at stockpyl's cost or below, of 24", alike, "24", alike == 24)]


def brute() -> list[Line]:
    worse = {name: played(game, np.random.default_rng(SEED)) for name, game in GAMES.items()}
    print(f"brute force, cases that cost more: {worse}", flush=True)
    count, lost = sum(game.count for game in GAMES.values()), sum(worse.values())
    return [(f"cases that cost more than brute force, of {count}", lost, "0 of 500", lost == 0 and count >= 500)]


def published() -> int:
    asked = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/measures/policies"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return len(re.findall(SOURCES, listed))


if __name__ == "__main__":
    sys.exit(main())
