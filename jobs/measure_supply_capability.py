"""What can the shop supply, before and after? spark-submit jobs/measure_supply_capability.py --env cluster"""

from shelfwise.contracts import features, silver
from shelfwise.contracts.gold import introductions
from shelfwise.contracts.gold.inventory import INVENTORY_PLAN
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.introductions.capability import measure_supply_capability

JOB = Job(
    name="measure_supply_capability",
    reads={
        "panel": features.ITEM_WEEK,
        "items": silver.ITEMS,
        "plan": INVENTORY_PLAN,
        "list_prices": silver.LIST_PRICES,
        "introductions": introductions.INTRODUCTIONS,
        "worth": introductions.CANDIDATE_WORTH,
    },
    writes=introductions.SUPPLY_CAPABILITY,
    run=measure_supply_capability,
    how=Write.SLICE,
    needs=("panel",),
)
if __name__ == "__main__":
    main(JOB)
