"""Which way of ordering is the cheapest? spark-submit jobs/compare_policies.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.policies import POLICY_PERIODS, POLICY_REPLAY
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.inventory.compare_policies import compare_policies

JOB = Job(
    name="compare_policies",
    reads={"periods": POLICY_PERIODS},
    writes=POLICY_REPLAY,
    run=compare_policies,
    how=Write.SLICE,
    needs=("periods",),
)
if __name__ == "__main__":
    main(JOB)
