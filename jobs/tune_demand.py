"""How large should the boosted trees be? spark-submit jobs/tune_demand.py --env cluster --set tune_demand.trials=24"""

from shelfwise.contracts import features
from shelfwise.contracts.gold.demand import DEMAND_TUNING
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.demand.tuning import TuningParams, tune

JOB = Job(
    name="tune_demand",
    reads={"panel": features.ITEM_WEEK, "promotions": features.PROMOTION_WEEK, "calendar": features.CALENDAR},
    writes=DEMAND_TUNING,
    run=tune,
    params=TuningParams,
    how=Write.SLICE,
    needs=("panel",),
)

if __name__ == "__main__":
    main(JOB)
