"""What would named troubles cost? spark-submit jobs/stress_test.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.credit_risk import CREDIT_RISK
from shelfwise.contracts.gold.risk import DEMAND_ERRORS, EXPOSURE, RISK_ITEMS, RISK_STRESS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.stress import StressParams, stress_test

JOB = Job(
    name="stress_test",
    reads={"exposure": EXPOSURE, "errors": DEMAND_ERRORS, "credit": CREDIT_RISK, "items": RISK_ITEMS},
    writes=RISK_STRESS,
    run=stress_test,
    params=StressParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
