"""On what must somebody look? spark-submit jobs/raise_alerts.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.controls import RISK_ALERTS
from shelfwise.contracts.gold.credit_risk import RISK_PARTIES
from shelfwise.contracts.gold.risk import RISK_ITEMS, RISK_PORTFOLIO
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Whole, Write
from shelfwise.risk.alerts import AlertParams, raise_alerts

JOB = Job(
    name="raise_alerts",
    reads={"portfolio": Whole(RISK_PORTFOLIO), "items": Whole(RISK_ITEMS), "parties": Whole(RISK_PARTIES)},
    writes=RISK_ALERTS,
    run=raise_alerts,
    params=AlertParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
