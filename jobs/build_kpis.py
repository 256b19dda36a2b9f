"""How is the shop doing by day and category? spark-submit jobs/build_kpis.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import silver
from shelfwise.contracts.gold import kpi
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.kpis import key_figures

JOB = Job(
    name="build_kpis",
    reads={"sales": silver.SALES_LINES, "items": silver.ITEMS},
    writes=kpi.KPIS,
    run=key_figures,
    how=Write.SLICE,
    needs=("sales",),
)
if __name__ == "__main__":
    main(JOB)
