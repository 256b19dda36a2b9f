"""How far does the shop depend on whom? spark-submit jobs/measure_supplier_risk.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts.gold.risk import EXPOSURE, RISK_ITEMS, RISK_PORTFOLIO, RISK_SUPPLIERS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.suppliers import measure_suppliers

JOB = Job(
    name="measure_supplier_risk",
    reads={"exposure": EXPOSURE, "items": RISK_ITEMS, "portfolio": RISK_PORTFOLIO},
    writes=RISK_SUPPLIERS,
    run=measure_suppliers,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
