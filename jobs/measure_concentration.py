"""On how few parts does the margin rest? spark-submit jobs/measure_concentration.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.risk import CONCENTRATION, EXPOSURE
from shelfwise.contracts.silver import ITEMS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.concentration import measure_concentration

JOB = Job(
    name="measure_concentration",
    reads={"exposure": EXPOSURE, "items": ITEMS},
    writes=CONCENTRATION,
    run=measure_concentration,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
