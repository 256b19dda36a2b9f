"""How far has the plan moved since the last one? spark-submit jobs/compare_plans.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.inventory import INVENTORY_PLAN, PLAN_CHANGES
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Whole, Write
from shelfwise.inventory.plan_changes import compare_plans

JOB = Job(
    name="compare_plans",
    reads={"plans": Whole(INVENTORY_PLAN)},
    writes=PLAN_CHANGES,
    run=compare_plans,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
