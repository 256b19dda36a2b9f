"""What will sell in the next 13 weeks? spark-submit jobs/forecast_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold import demand, mixture
from shelfwise.contracts.models import DEMAND_TREES
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.forecast import forecast

JOB = Job(
    name="forecast_demand",
    reads={
        "model": DEMAND_TREES,
        "panel": features.ITEM_WEEK,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "champions": demand.DEMAND_CHAMPION,
        "calibration": demand.QUANTILE_CALIBRATION,
        "classical": mixture.CLASSICAL_FORECAST,
        "mixture": mixture.DEMAND_MIXTURE,
    },
    writes=demand.DEMAND_FORECAST,
    run=forecast,
    how=Write.SLICE,
    needs=("panel", "champions", "calibration"),
)

if __name__ == "__main__":
    main(JOB)
