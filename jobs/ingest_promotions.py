"""Which displays, mailers, price cuts and coupons are planned? spark-submit jobs/ingest_promotions.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_promotions

JOB = Job(
    name="ingest_promotions",
    reads={
        "promotions": bronze.PROMOTIONS,
        "coupons": bronze.COUPONS,
        "campaigns": bronze.CAMPAIGNS,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=silver.PROMOTIONS,
    run=offer_promotions,
    how=Write.ADMIT,
)

if __name__ == "__main__":
    main(JOB)
