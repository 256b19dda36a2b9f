"""`shelfwise whatif`: today's plan beside the one with other terms."""

from collections.abc import Sequence
from datetime import date

from pyspark.sql import DataFrame
from rich.table import Table as Grid

from shelfwise.core.console import screen
from shelfwise.core.errors import JobError, SettingsError
from shelfwise.core.job import Job
from shelfwise.core.lake import Lake
from shelfwise.core.settings import job_params
from shelfwise.core.supervise import details_in, opened
from shelfwise.core.table import Table
from shelfwise.core.workplace import prepare
from shelfwise.inventory.announced import with_unsold
from shelfwise.inventory.plan import PlanParams, on_terms
from shelfwise.inventory.terms import HIGHEST_RATIO
from shelfwise.inventory.what_if import LINES, Levers, replanned, sums, told

PLAN = "plan_inventory"  # the job whose tables are read, with its parameters
MOST_LEAD_WEEKS = 12


def what_if(levers: Levers, *, env: str, as_of: str | None, source: str | None, sets: Sequence[str]) -> None:
    """Everything that can be wrong in the options is found before Spark starts."""
    refuse_odd(levers)
    place = prepare(env, as_of=as_of, source=source, sets=sets)
    params = job_params(place.settings, PLAN, PlanParams)
    with details_in(place):
        stocked, foreseen = plan_inputs(opened(place).lake, place.jobs[PLAN], place.as_of)
        rows = [sums(replanned(stocked, foreseen, moved, params, place.as_of)).first() for moved in (Levers(), levers)]
        _show([[row[line] for row in rows if row is not None] for line in LINES], f"{place.settings.source} as of {place.as_of}")


def plan_inputs(lake: Lake, job: Job, as_of: date) -> tuple[DataFrame, DataFrame]:
    """What the plan's job makes a plan of: positions on terms, and the forecast with what is announced (what_if.replanned)."""
    known = {name: lake.read(table, as_of) for name, table in job.reads.items() if isinstance(table, Table)}
    position, forecast = known.pop("position"), known.pop("forecast")
    if not position.take(1) or not forecast.take(1):
        raise JobError(f"whatif: there is no plan as of {as_of}: run 'shelfwise run' with the same options first.")
    return on_terms(position, **known, as_of=as_of), with_unsold(forecast, known["launches"], as_of=as_of)


def refuse_odd(levers: Levers) -> None:
    if not levers.moved():
        raise SettingsError("whatif: move a lever: --service-level, --more-lead-weeks, --holding-factor or --demand-factor.")
    if levers.service_level is not None and not 0 < levers.service_level <= HIGHEST_RATIO:
        raise SettingsError(f"--service-level {levers.service_level:g}: a share above 0 and up to {HIGHEST_RATIO:g}.")
    if not 0 <= levers.more_lead_weeks <= MOST_LEAD_WEEKS:
        raise SettingsError(f"--more-lead-weeks {levers.more_lead_weeks}: from 0 to {MOST_LEAD_WEEKS}, as far as forecasts see.")
    for option, factor in (("--holding-factor", levers.holding_factor), ("--demand-factor", levers.demand_factor)):
        if not 0 < factor < float("inf"):
            raise SettingsError(f"{option} {factor:g}: a factor above 0; 1 leaves it as it is.")


def _show(figures: Sequence[Sequence[float | None]], title: str) -> None:
    grid = Grid("until the next order can arrive", title=title)
    for heading in ("today's plan", "what if", "difference"):
        grid.add_column(heading, justify="right")
    for line, values in zip(LINES, figures, strict=True):
        grid.add_row(line, *told(line, values))
    screen().print(grid)
