"""On which items could how much be lost? spark-submit jobs/measure_item_risk.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.risk import DEMAND_ERRORS, EXPOSURE, RISK_ITEMS, RISK_SCENARIOS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.items import measure_items

JOB = Job(
    name="measure_item_risk",
    reads={"exposure": EXPOSURE, "errors": DEMAND_ERRORS, "scenarios": RISK_SCENARIOS},
    writes=RISK_ITEMS,
    run=measure_items,
    how=Write.SLICE,
    needs=("scenarios",),
)
if __name__ == "__main__":
    main(JOB)
