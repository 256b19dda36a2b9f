"""Which files of campaigns are new? spark-submit jobs/land_campaigns.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_campaigns",
    reads={"files": Files("campaigns")},
    writes=bronze.CAMPAIGNS,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
