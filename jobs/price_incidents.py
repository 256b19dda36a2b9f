"""Where did the shop's own data fail it? spark-submit jobs/price_incidents.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import silver
from shelfwise.contracts.features import CALENDAR
from shelfwise.contracts.gold.controls import RISK_INCIDENTS
from shelfwise.core.admission import LEDGER
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.incidents import IncidentParams, price_incidents

JOB = Job(
    name="price_incidents",
    reads={
        "ledger": LEDGER,
        "sales": silver.SALES_LINES,
        "locations": silver.LOCATIONS,
        "calendar": CALENDAR,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=RISK_INCIDENTS,
    run=price_incidents,
    params=IncidentParams,
    how=Write.SLICE,
)
if __name__ == "__main__":
    main(JOB)
