"""How well do scorecards tell who stops paying? spark-submit jobs/judge_scorecard.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import credit, silver
from shelfwise.contracts.gold.credit_risk import CREDIT_ACCURACY
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.credit.judge import judge_scorecards
from shelfwise.risk.credit.panel import PanelParams

JOB = Job(
    name="judge_scorecard",
    reads={"parties": credit.PARTIES, "invoices": credit.INVOICES, "assumptions": silver.ASSUMPTIONS},
    writes=CREDIT_ACCURACY,
    run=judge_scorecards,
    params=PanelParams,
    how=Write.SLICE,
    needs=("assumptions",),
)
if __name__ == "__main__":
    main(JOB)
