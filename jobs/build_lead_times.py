"""How long does each supplier take for each item? spark-submit jobs/build_lead_times.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import silver
from shelfwise.contracts.supply import LEAD_TIMES
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.inventory.lead_times import LeadTimeParams, lead_times

JOB = Job(
    name="build_lead_times",
    reads={
        "receipts": silver.RECEIPTS,
        "placed": silver.PLACED_ORDERS,
        "items": silver.ITEMS,
        "supply": silver.SUPPLIER_TERMS,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=LEAD_TIMES,
    run=lead_times,
    params=LeadTimeParams,
    how=Write.SLICE,
    needs=("assumptions",),
)
if __name__ == "__main__":
    main(JOB)
