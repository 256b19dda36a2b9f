"""How much could be lost in all? spark-submit jobs/measure_portfolio_risk.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.risk import RISK_PORTFOLIO, RISK_SCENARIOS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.portfolio import measure_portfolio

JOB = Job(
    name="measure_portfolio_risk",
    reads={"scenarios": RISK_SCENARIOS},
    writes=RISK_PORTFOLIO,
    run=measure_portfolio,
    how=Write.SLICE,
    needs=("scenarios",),
)
if __name__ == "__main__":
    main(JOB)
