"""What do the shop's data lack, and what is assumed instead? spark-submit jobs/load_assumptions.py --env cluster"""

from shelfwise.contracts.silver import ASSUMPTIONS
from shelfwise.core.cli import main
from shelfwise.core.job import Conf, Job, Write
from shelfwise.ingest.conform import keep_assumptions

JOB = Job(
    name="load_assumptions",
    reads={"assumptions": Conf("assumptions", ASSUMPTIONS)},
    writes=ASSUMPTIONS,
    run=keep_assumptions,
    how=Write.REPLACE,
)

if __name__ == "__main__":
    main(JOB)
