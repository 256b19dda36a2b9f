"""Where does the shop sell from? spark-submit jobs/ingest_locations.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_locations

JOB = Job(
    name="ingest_locations",
    reads={"locations": bronze.LOCATIONS, "sales": bronze.SALES},
    writes=silver.LOCATIONS,
    run=offer_locations,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
