"""Are forecasts of items without history better than their category's mean launch curve?

    make run && .venv/bin/python benchmarks/launches.py [SOURCE AS_OF]

Protocol: reads gold.launch_accuracy of the last run (completejourney at as_of 2017-10-29). Judged are items first sold after 20
weeks of the data or more that sold in 4 of their first 8 weeks or more: those weeks, asked for on the eve of the launch, at three
origins 4 weeks apart, from what launches that had ended by the origin taught. Held out are items, whole makers (the brands of
completejourney) or whole categories (then the curve beside it is the department's); makers and categories in five folds by hash.
WAPE is of items' totals over 8 weeks; RMSSE is scaled by an item's own weekly changes in them. Beside the goals: the same after
one, two and four weeks of own sales, each origin's share of them unseen by what was learnt, and the blend's median, which errs
least by WAPE and is far too low in sum. Intervals of the units up to each week, which orders of announced items
rest on, are judged on all launches, as they are taught.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
from lines import Line, asked_run, said

from shelfwise.contracts.gold.launches import LAUNCH_ACCURACY
from shelfwise.core.lake import Lake
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings

HOLDOUTS = ("item", "maker", "category")
GOAL = 0.85
BESIDE = "for comparison"


def main(source: str, as_of: date, results: Path) -> int:
    settings = load_settings("local", source=source)
    # bound: hold-outs x models x known weeks x weeks
    accuracy = Lake(start_session(settings), settings).read(LAUNCH_ACCURACY, as_of).toPandas()
    return said(list(lines(accuracy)), results)


def lines(accuracy: pd.DataFrame) -> Iterator[Line]:
    whole = accuracy[accuracy["launch_week"] == 0].set_index(["holdout", "model", "known_weeks"]).sort_index()
    for holdout in HOLDOUTS:
        yield from _on_the_eve(whole, holdout)
        for weeks in (1, 2, 4):
            for figure in ("wape", "rmsse"):
                ratio = _ratio(whole, holdout, "blend", weeks, figure)
                yield f"{holdout}: {figure} to the curve's after {weeks} weeks", ratio, BESIDE, True
    blend = whole.loc["any", "blend"]
    for weeks in (0, 1, 2, 4):
        yield f"all launches: bias after {weeks} weeks", blend.loc[weeks]["bias"], BESIDE, True
    for nominal in (0.80, 0.90):
        value = blend.loc[0][f"coverage_{nominal * 100:.0f}_total"]
        yield (
            f"all launches: coverage of the {nominal:.0%} interval of totals",
            value,
            f"{nominal} +-.02",
            abs(value - nominal) <= 0.02,
        )


def _on_the_eve(whole: pd.DataFrame, holdout: str) -> Iterator[Line]:
    blend = whole.loc[holdout, "blend", 0]
    yield f"{holdout}: launches judged", blend["launches"], BESIDE, True
    for figure in ("wape", "rmsse"):
        ratio = _ratio(whole, holdout, "blend", 0, figure)
        yield f"{holdout}: {figure} to the curve's", ratio, f"<= {GOAL}", ratio <= GOAL
        yield f"{holdout}: {figure}", blend[figure], BESIDE, True
    for model in ("attributes", "analogues", "blend_median"):
        for figure in ("wape", "rmsse"):
            yield f"{holdout}: {figure} of {model} to the curve's", _ratio(whole, holdout, model, 0, figure), BESIDE, True
    for model in ("blend", "blend_median", "category_curve"):
        yield f"{holdout}: bias of {model}", whole.loc[holdout, model, 0]["bias"], BESIDE, True
    for nominal in (0.80, 0.90):
        value = blend[f"coverage_{nominal * 100:.0f}"]
        yield f"{holdout}: coverage of the {nominal:.0%} interval", value, f"{nominal} +-.02", abs(value - nominal) <= 0.02


def _ratio(whole: pd.DataFrame, holdout: str, model: str, known_weeks: int, figure: str) -> float:
    return float(whole.loc[holdout, model, known_weeks][figure] / whole.loc[holdout, "category_curve", known_weeks][figure])


if __name__ == "__main__":
    sys.exit(main(*asked_run(sys.argv[1:], "launches")))
