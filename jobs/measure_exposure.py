"""What can be lost on each item? spark-submit jobs/measure_exposure.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import silver, supply
from shelfwise.contracts.gold import credit_risk, demand, inventory, risk
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.risk.exposure import ExposureParams, measure_exposure

JOB = Job(
    name="measure_exposure",
    reads={
        "plan": inventory.INVENTORY_PLAN,
        "orders": inventory.PURCHASE_ORDERS,
        "forecast": demand.DEMAND_FORECAST,
        "items": silver.ITEMS,
        "lead_times": supply.LEAD_TIMES,
        "sales": silver.SALES_LINES,
        "stock": silver.STOCK,
        "credit": credit_risk.CREDIT_RISK,
        "assumptions": silver.ASSUMPTIONS,
    },
    writes=risk.EXPOSURE,
    run=measure_exposure,
    params=ExposureParams,
    how=Write.SLICE,
    needs=("plan", "assumptions"),
)
if __name__ == "__main__":
    main(JOB)
