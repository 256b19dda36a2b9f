"""What tells who stops paying? spark-submit jobs/fit_scorecard.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import credit
from shelfwise.contracts.gold.credit_risk import CREDIT_SCORECARD
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.credit.card import fit_scorecards
from shelfwise.risk.credit.panel import PanelParams

JOB = Job(
    name="fit_scorecard",
    reads={"parties": credit.PARTIES, "invoices": credit.INVOICES},
    writes=CREDIT_SCORECARD,
    run=fit_scorecards,
    params=PanelParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
