"""`shelfwise evaluate`: models tried on a user's own files, without a lake."""

import importlib
from typing import Annotated

import typer

from shelfwise.core.options import Env, Sets

EVALUATE = typer.Typer(help="Try models on data of your own.", no_args_is_help=True)


@EVALUATE.command("demand")
def evaluate_demand(
    history: Annotated[str, typer.Option(metavar="FILE", help="CSV or Parquet: unique_id, ds, y, one row per period.")],
    horizon: Annotated[int, typer.Option(min=1, help="Periods to forecast.")],
    frequency: Annotated[str, typer.Option(help="D, W, M, Q or Y.")],
    exogenous: Annotated[
        str | None, typer.Option(metavar="FILE", help="unique_id, ds and outside series, known to the end of the horizon.")
    ] = None,
    season: Annotated[int | None, typer.Option(min=1, help="Periods; else 7, 52, 12, 4 or 1, by frequency.")] = None,
    origins: Annotated[int, typer.Option(min=1, help="From how many points in the past to forecast what is known by now.")] = 3,
    step: Annotated[int | None, typer.Option(min=1, help="Periods between origins; else the horizon.")] = None,
    models: Annotated[str | None, typer.Option(metavar="NAMES", help="By commas; a wrong name lists them.")] = None,
    budget: Annotated[float, typer.Option(min=0.01, help="Seconds that one model may take for one series.")] = 20.0,
    out: Annotated[str | None, typer.Option(metavar="FOLDER", help="Where to write figures and forecasts.")] = None,
    env: Env = "local",
    sets: Sets = None,
) -> None:
    """Which model forecasts a panel of your own best? No lake is needed."""
    command = importlib.import_module("shelfwise.demand.series.command")
    sizes = {"horizon": horizon, "season": season, "origins": origins, "step": step}
    command.evaluate(history, exogenous, frequency, sizes, models=models, out=out, budget=budget, env=env, sets=sets or ())


@EVALUATE.command("recommender")
def evaluate_recommender(
    train: Annotated[
        str, typer.Option(metavar="FILE", help="CSV, TSV or Parquet: user_id, item_id, rating and perhaps timestamp.")
    ],
    test: Annotated[str | None, typer.Option(metavar="FILE", help="The ratings held out, in the same form; else --split.")] = None,
    split: Annotated[
        str | None, typer.Option(help="What of the one file is held out: random (of each item) or time (the last).")
    ] = None,
    ratio: Annotated[
        float | None, typer.Option(min=0.01, max=0.99, help="Share of the one file that is learnt from; else .75.")
    ] = None,
    k: Annotated[int, typer.Option(min=1, help="Places of a list.")] = 10,
    min_rating: Annotated[float | None, typer.Option(help="Relevant from this rating on; else all above 0.")] = None,
    models: Annotated[str | None, typer.Option(metavar="NAMES", help="By commas; a wrong name lists them.")] = None,
    trials: Annotated[int, typer.Option(min=0, help="Settings to try, of each model that has some.")] = 0,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal splits and models.")] = 42,
    out: Annotated[str | None, typer.Option(metavar="FOLDER", help="Where to write figures and lists.")] = None,
    env: Env = "local",
    sets: Sets = None,
) -> None:
    """Which model ranks or rates a table of your own best? No lake is needed."""
    command = importlib.import_module("shelfwise.recommend.own.command")
    places = {"split": split, "ratio": ratio, "k": k, "least": min_rating}
    command.evaluate(train, test, **places, models=models, trials=trials, seed=seed, out=out, env=env, sets=sets or ())


@EVALUATE.command("inventory")
def evaluate_inventory(
    demand: Annotated[str, typer.Option(metavar="FILE", help="CSV or Parquet: unique_id, ds, y, one row per item and period.")],
    frequency: Annotated[str, typer.Option(help="D, W, M, Q or Y.")] = "W",
    lead_time: Annotated[
        str, typer.Option(metavar="N|FILE", help="Whole periods for all, or a file: unique_id, periods, probability.")
    ] = "2",
    holding: Annotated[float, typer.Option(help="Cost of a unit left at a period's end.")] = 0.2,
    shortage: Annotated[
        float, typer.Option(help="Cost of a unit lost; with --backorders, of one waiting at a period's end.")
    ] = 1.0,
    order_cost: Annotated[float, typer.Option(help="Cost of an order, whatever its size.")] = 0.0,
    review: Annotated[int, typer.Option(min=1, help="Periods between decisions.")] = 1,
    warm_up: Annotated[int, typer.Option(min=2, help="Periods known before the first decision; each looks back so many.")] = 26,
    backorders: Annotated[bool, typer.Option("--backorders", help="Unmet demand waits instead of being lost.")] = False,
    policies: Annotated[str | None, typer.Option(metavar="NAMES", help="By commas; a wrong name lists them.")] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds draw equal lead times.")] = 42,
    out: Annotated[str | None, typer.Option(metavar="FOLDER", help="Where to write the table and each item's costs.")] = None,
    env: Env = "local",
    sets: Sets = None,
) -> None:
    """Which stock policy would have cost least on demand of your own? No lake is needed."""
    command = importlib.import_module("shelfwise.inventory.own.command")
    costs = {"holding": holding, "shortage": shortage, "order_cost": order_cost}
    sizes = {"review": review, "warm_up": warm_up, "backorders": backorders, "seed": seed}
    command.evaluate(demand, lead_time, frequency, **costs, **sizes, policies=policies, out=out, env=env, sets=sets or ())
