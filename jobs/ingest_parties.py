"""Who buys on invoice, and who supplies? spark-submit jobs/ingest_parties.py --env cluster"""

from shelfwise.contracts import bronze, credit
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_parties

JOB = Job(
    name="ingest_parties",
    reads={"parties": bronze.PARTIES},
    writes=credit.PARTIES,
    run=offer_parties,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
