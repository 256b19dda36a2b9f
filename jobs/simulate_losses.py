"""What is lost in which future? spark-submit jobs/simulate_losses.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.credit_risk import CREDIT_RISK
from shelfwise.contracts.gold.risk import DEMAND_ERRORS, EXPOSURE, RISK_SCENARIOS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.futures import FutureParams
from shelfwise.risk.scenarios import simulate_losses

JOB = Job(
    name="simulate_losses",
    reads={"exposure": EXPOSURE, "errors": DEMAND_ERRORS, "credit": CREDIT_RISK},
    writes=RISK_SCENARIOS,
    run=simulate_losses,
    params=FutureParams,
    how=Write.SLICE,
    needs=("exposure",),
)
if __name__ == "__main__":
    main(JOB)
