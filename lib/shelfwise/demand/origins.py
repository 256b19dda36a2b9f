"""When would models have been asked earlier? Rolling origins (Tashman 2000)."""

from datetime import date, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.core.errors import JobError
from shelfwise.core.job import Params
from shelfwise.demand.inputs import HORIZONS
from shelfwise.measures.weeks import last_sunday

LEAST_HISTORY_WEEKS = 8
SEASON_WEEKS = 52


class OriginsParams(Params):
    origins: int = 3
    weeks_between: int = 4  # the most that leaves 20 weeks to learn from before the first origin of a 44-week history


def origins(first_week: date, as_of: date, params: OriginsParams) -> list[date]:
    """Sundays, latest first, whose 13 weeks are known at `as_of` and that have at least 8 weeks before them."""
    wanted = [last_sunday(as_of) - timedelta(weeks=HORIZONS + params.weeks_between * k) for k in range(params.origins)]
    usable = [day for day in wanted if day - first_week >= timedelta(weeks=LEAST_HISTORY_WEEKS)]
    if not usable:
        need = LEAST_HISTORY_WEEKS + HORIZONS
        raise JobError(
            f"The sales begin in the week of {first_week}: a backtest at {as_of} needs {need} weeks. Choose a later --as-of."
        )
    return usable


def first_week(panel: DataFrame) -> date:
    """A single date to the driver."""
    row = panel.agg(F.min("week").alias("first_week")).first()
    if row is None or row["first_week"] is None:
        raise JobError(
            "The item panel is empty: no item sold by the each in a complete week up to this --as-of. Choose a later one."
        )
    first: date = row["first_week"]
    return first
