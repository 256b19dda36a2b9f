"""What will categories, departments and the shop sell? spark-submit jobs/forecast_hierarchy.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold import demand, hierarchy
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.hierarchy.forecast import forecast_hierarchy

JOB = Job(
    name="forecast_hierarchy",
    reads={
        "forecast": demand.DEMAND_FORECAST,
        "panel": features.ITEM_WEEK,
        "backtest": hierarchy.HIERARCHY_BACKTEST,
        "accuracy": hierarchy.HIERARCHY_ACCURACY,
        "calibration": demand.QUANTILE_CALIBRATION,
    },
    writes=hierarchy.DEMAND_HIERARCHY,
    run=forecast_hierarchy,
    how=Write.SLICE,
    needs=("forecast", "panel", "backtest", "accuracy", "calibration"),
)

if __name__ == "__main__":
    main(JOB)
