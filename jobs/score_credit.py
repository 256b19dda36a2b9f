"""Who may not pay, and what is lost then? spark-submit jobs/score_credit.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import credit, silver
from shelfwise.contracts.gold.credit_risk import CREDIT_RISK, CREDIT_SCORECARD
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.credit.score import ScoreParams, score_parties

JOB = Job(
    name="score_credit",
    reads={
        "parties": credit.PARTIES,
        "invoices": credit.INVOICES,
        "scorecard": CREDIT_SCORECARD,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=CREDIT_RISK,
    run=score_parties,
    params=ScoreParams,
    how=Write.SLICE,
    needs=("assumptions",),
)
if __name__ == "__main__":
    main(JOB)
