"""Which files of suppliers and customers on invoice are new? spark-submit jobs/land_parties.py --env cluster"""

from shelfwise.contracts import bronze
from shelfwise.core.cli import main
from shelfwise.core.job import Files, Job, Write
from shelfwise.ingest.landed import as_they_came

JOB = Job(
    name="land_parties",
    reads={"files": Files("parties")},
    writes=bronze.PARTIES,
    run=as_they_came,
    how=Write.LAND,
)

if __name__ == "__main__":
    main(JOB)
