"""What did customers look at? spark-submit jobs/ingest_events.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_events

JOB = Job(
    name="ingest_events",
    reads={"events": bronze.EVENTS},
    writes=silver.EVENTS,
    run=offer_events,
    how=Write.ADMIT,
)

if __name__ == "__main__":
    main(JOB)
