"""Is it time to choose and train models again? spark-submit jobs/check_drift.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_DRIFT, DEMAND_FORECAST, FORECAST_ACCURACY
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Whole, Write
from shelfwise.demand.drift import DriftParams, check_drift

JOB = Job(
    name="check_drift",
    reads={
        "panel": features.ITEM_WEEK,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "accuracy": FORECAST_ACCURACY,
        "judged": Whole(FORECAST_ACCURACY),
        "forecasts": Whole(DEMAND_FORECAST),
    },
    writes=DEMAND_DRIFT,
    run=check_drift,
    params=DriftParams,
    how=Write.SLICE,
    needs=("panel", "accuracy"),
)

if __name__ == "__main__":
    main(JOB)
