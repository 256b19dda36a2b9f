"""`shelfwise evaluate inventory`: from a file of demand to a table of stock policies and what each would have cost."""

import time
from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from rich.console import Console

from shelfwise.core.arrivals import UNREADABLE
from shelfwise.core.console import screen
from shelfwise.core.errors import SettingsError
from shelfwise.core.kept import cut, keep
from shelfwise.core.own_file import free_folder, unreadable
from shelfwise.core.own_panel import frequency_of
from shelfwise.core.own_run import asked_names, reported
from shelfwise.core.session import start_session
from shelfwise.core.settings import load_settings
from shelfwise.core.show import models_grid
from shelfwise.inventory.own.figures import figures
from shelfwise.inventory.own.panel import Asked, lead_option, read_items, refuse_short_warm_up
from shelfwise.inventory.own.trial import best_settings, replay_items
from shelfwise.measures.stocking.every import CLASSIC, NAMES, decisions

PERCENT = ("fill_rate", "cycle_service")


def evaluate(
    demand: str,
    lead_time: str,
    frequency: str,
    *,
    holding: float,
    shortage: float,
    order_cost: float,
    review: int,
    warm_up: int,
    backorders: bool,
    seed: int,
    policies: str | None,
    out: str | None,
    env: str,
    sets: Sequence[str],
) -> None:
    """What can be wrong in the options is found before Spark starts."""
    lead, chosen = lead_option(lead_time), chosen_policies(policies)
    _refuse_odd_costs(holding, shortage, order_cost)
    asked = Asked(frequency_of(frequency), holding, shortage, order_cost, review, warm_up, backorders, seed)
    if isinstance(lead, int):
        refuse_short_warm_up(asked, lead)
    folder = free_folder(out) if out else None
    settings = load_settings(env, sets)
    spark, console, began = start_session(settings), screen(), time.monotonic()
    with reported("evaluate inventory", settings):
        items = _read(spark, demand, lead, asked)
        settled = best_settings(items, chosen, asked)
        replayed = keep(replay_items(items, decisions(chosen, settled), asked))
        judged = cut(figures(replayed))
        _show(judged, items, asked.warm_up, settled, time.monotonic() - began, console)
        if folder:
            _write(folder, judged, replayed, console)


def chosen_policies(text: str | None) -> list[str]:
    names = asked_names("--policies", "policy", text, NAMES, NAMES)
    if not names:
        raise SettingsError(f"--policies: name some of {', '.join(NAMES)}, by commas.")
    return names


def _refuse_odd_costs(holding: float, shortage: float, order_cost: float) -> None:
    for option, cost in (("--holding", holding), ("--shortage", shortage)):
        if not 0 < cost < float("inf"):
            raise SettingsError(f"{option} {cost:g}: a cost above 0; without it any stock would be best, or none.")
    if not 0 <= order_cost < float("inf"):
        raise SettingsError(f"--order-cost {order_cost:g}: a cost of 0 or more.")


def _read(spark: SparkSession, demand: str, lead: int | str, asked: Asked) -> DataFrame:
    """Spark reads files late: all that can be wrong in one comes up in the checks."""
    try:
        return read_items(spark, demand, lead, asked)
    except UNREADABLE as error:
        named = f"{demand} or {lead}" if isinstance(lead, str) else demand
        raise unreadable(named, error) from None


def _show(
    judged: DataFrame, items: DataFrame, warm_up: int, settled: Mapping[str, float], seconds: float, console: Console
) -> None:
    """Bound: one row per policy."""
    counted = F.size("units") - warm_up - F.size("lead") + 1
    row = items.agg(F.count(F.lit(1)).alias("n"), F.min(counted).alias("least"), F.max(counted).alias("most")).first()
    assert row is not None
    periods = f"{row['least']:,}" if row["least"] == row["most"] else f"{row['least']:,} to {row['most']:,}"
    tuned = "".join(f", {name} {setting:g}" for name, setting in settled.items())
    title = f"{row['n']:,} items, {periods} periods after a warm-up of {warm_up}{tuned}, {seconds:.0f} s"
    models_grid(judged, title, _said, console)
    said = f"Costs, stock and orders per item and period; gap (and its 95 % interval) to the cheapest of {', '.join(CLASSIC)}."
    console.print(said, markup=False, soft_wrap=True)


def _said(name: str, value: float) -> str:
    return f"{value:.1%}" if name in PERCENT else f"{value:,.1f}" if name == "seconds" else f"{value:,.3f}"


def _write(folder: str, judged: DataFrame, replayed: DataFrame, console: Console) -> None:
    """The table last: where it is, the items are whole."""
    replayed.drop("seconds").write.parquet(f"{folder}/items")
    judged.coalesce(1).write.csv(f"{folder}/policies", header=True)
    console.print(f"{folder}: policies (CSV) and items (Parquet)", markup=False, soft_wrap=True)
