"""Which items are proposed and not listed yet? spark-submit jobs/ingest_candidates.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_candidates

JOB = Job(
    name="ingest_candidates",
    reads={"candidates": bronze.CANDIDATES},
    writes=silver.CANDIDATES,
    run=offer_candidates,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
