"""What does the shop sell? spark-submit jobs/ingest_items.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_items

JOB = Job(
    name="ingest_items",
    reads={"items": bronze.ITEMS, "sales": bronze.SALES, "categories": bronze.CATEGORIES},
    writes=silver.ITEMS,
    run=offer_items,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
