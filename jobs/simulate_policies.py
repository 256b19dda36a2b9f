"""What would other ways of ordering have cost? spark-submit jobs/simulate_policies.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver, supply
from shelfwise.contracts.gold.policies import POLICY_PERIODS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.inventory.simulate_policies import ReplayParams, simulate_policies

JOB = Job(
    name="simulate_policies",
    reads={
        "weekly": features.ITEM_WEEK,
        "items": silver.ITEMS,
        "profiles": features.ITEM_PROFILE,
        "receipts": silver.RECEIPTS,
        "lead_times": supply.LEAD_TIMES,
        "supply": silver.SUPPLIER_TERMS,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=POLICY_PERIODS,
    run=simulate_policies,
    params=ReplayParams,
    how=Write.SLICE,
    needs=("weekly", "assumptions"),
)
if __name__ == "__main__":
    main(JOB)
