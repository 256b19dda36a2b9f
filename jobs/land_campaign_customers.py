"""Which files of campaign addressees are new? spark-submit jobs/land_campaign_customers.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_campaign_customers",
    reads={"files": Files("campaign_customers")},
    writes=bronze.CAMPAIGN_CUSTOMERS,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
