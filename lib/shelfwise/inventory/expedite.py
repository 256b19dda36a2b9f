"""Is it worth having an order sooner, at a price?

What the lead time asks for beyond the position is lost. An order that comes after `expedite_weeks` instead saves at most what is
asked for between the two, E[(D_lead - y)+] - E[(D_expedited - y)+], and no more than there is of it. Each unit saved brings its
margin less what expediting adds to its cost.
Customers who wait lose nothing by the lead time.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

from shelfwise.inventory.columns import COLUMNS, cumulated_demand
from shelfwise.measures.newsvendor import expected_left_over


def expediting(early: Column) -> list[dict[str, Column]]:
    """Steps that add expedite_units and expedite_gain to rows with the `parts` of inventory.plan.with_forecast.

    `early`: the forecast up to the week in which an expedited order comes.
    """
    margin = (F.col("unit_price") - F.col("unit_cost")).cast("double")
    saved = F.aggregate("parts", F.lit(0.0), _saved)
    extra = F.col("expedite_cost_share") * F.col("unit_cost").cast("double")
    return [
        {"early_short": _short(early)},
        {"expedite_units": F.when(F.col("unmet_demand") == "lost", F.least(saved, F.col("units"))).otherwise(0.0)},
        {"expedite_gain": F.col("expedite_units") * (margin - extra)},
    ]


def _saved(total: Column, part: Column) -> Column:
    later = part["before"]["horizon"] > F.col("expedite_weeks")
    saved = F.greatest(_short(part["before"]) - F.col("early_short"), F.lit(0.0))
    return total + F.when(later, part["share"] * saved).otherwise(0.0)


def _short(week: Column) -> Column:
    """E[(D - position)+], units, of demand up to the week."""
    left = expected_left_over(cumulated_demand(week), F.col("position"), COLUMNS)
    return F.greatest(week["cum_mean"] - F.col("position") + left, F.lit(0.0))
