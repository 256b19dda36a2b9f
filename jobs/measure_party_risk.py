"""What could each customer on invoice cost? spark-submit jobs/measure_party_risk.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.credit_risk import CREDIT_RISK, RISK_PARTIES
from shelfwise.contracts.gold.risk import RISK_SCENARIOS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.parties import measure_parties

JOB = Job(
    name="measure_party_risk",
    reads={"credit": CREDIT_RISK, "scenarios": RISK_SCENARIOS},
    writes=RISK_PARTIES,
    run=measure_parties,
    how=Write.SLICE,
    needs=("scenarios",),
)
if __name__ == "__main__":
    main(JOB)
