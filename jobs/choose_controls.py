"""What would keep losses off, and is it worth its price? spark-submit jobs/choose_controls.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import silver
from shelfwise.contracts.gold.controls import RISK_CONTROLS
from shelfwise.contracts.gold.risk import DEMAND_ERRORS, EXPOSURE, RISK_SCENARIOS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.controls.chosen import ControlParams, choose_controls

JOB = Job(
    name="choose_controls",
    reads={
        "exposure": EXPOSURE,
        "errors": DEMAND_ERRORS,
        "losses": RISK_SCENARIOS,
        "items": silver.ITEMS,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=RISK_CONTROLS,
    run=choose_controls,
    params=ControlParams,
    how=Write.SLICE,
    needs=("losses",),
)
if __name__ == "__main__":
    main(JOB)
