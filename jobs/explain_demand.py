"""Why is each forecast what it is? spark-submit jobs/explain_demand.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_DRIVERS, DEMAND_FORECAST
from shelfwise.contracts.gold.mixture import DEMAND_MIXTURE
from shelfwise.contracts.models import DEMAND_TREES
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.explain import ExplainParams, explain

JOB = Job(
    name="explain_demand",
    reads={
        "model": DEMAND_TREES,
        "panel": features.ITEM_WEEK,
        "promotions": features.PROMOTION_WEEK,
        "calendar": features.CALENDAR,
        "forecast": DEMAND_FORECAST,
        "mixture": DEMAND_MIXTURE,
    },
    writes=DEMAND_DRIVERS,
    run=explain,
    params=ExplainParams,
    how=Write.SLICE,
    needs=("panel", "forecast"),
)

if __name__ == "__main__":
    main(JOB)
