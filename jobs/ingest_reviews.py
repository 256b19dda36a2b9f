"""How did customers rate what they bought? spark-submit jobs/ingest_reviews.py --env cluster"""

from shelfwise.contracts import bronze, service
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_reviews

JOB = Job(
    name="ingest_reviews",
    reads={"reviews": bronze.REVIEWS, "deliveries": bronze.DELIVERIES, "sales": bronze.SALES, "customers": bronze.CUSTOMERS},
    writes=service.REVIEWS,
    run=offer_reviews,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
