"""Which campaigns are planned, and how many customers do they address? spark-submit jobs/ingest_campaigns.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_campaigns

JOB = Job(
    name="ingest_campaigns",
    reads={"campaigns": bronze.CAMPAIGNS, "campaign_customers": bronze.CAMPAIGN_CUSTOMERS, "assumptions": silver.ASSUMPTIONS},
    writes=silver.CAMPAIGNS,
    run=offer_campaigns,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
