"""Which goods were received? spark-submit jobs/ingest_receipts.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_receipts

JOB = Job(
    name="ingest_receipts",
    reads={"receipts": bronze.RECEIPTS},
    writes=silver.RECEIPTS,
    run=offer_receipts,
    how=Write.ADMIT,
)

if __name__ == "__main__":
    main(JOB)
