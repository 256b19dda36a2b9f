"""What moves demand from outside the shop? spark-submit jobs/ingest_outside_series.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_outside_series

JOB = Job(
    name="ingest_outside_series",
    reads={"outside_series": bronze.OUTSIDE_SERIES},
    writes=silver.OUTSIDE_SERIES,
    run=offer_outside_series,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
