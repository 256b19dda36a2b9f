"""What would listing each candidate be worth? spark-submit jobs/value_candidates.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import newcomers, silver, supply
from shelfwise.contracts.gold import demand, hierarchy, introductions, inventory
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.introductions.worth import WorthParams, value_candidates

CANDIDATES = {"foreseen": introductions.CANDIDATE_FORECAST, "candidates": silver.CANDIDATES, "items": silver.ITEMS}
BESIDE = {"plan": inventory.INVENTORY_PLAN, "forecast": demand.DEMAND_FORECAST, "hierarchy": hierarchy.DEMAND_HIERARCHY}
PAST = {"effects": newcomers.LAUNCH_EFFECTS, "cohorts": introductions.INTRODUCTION_COHORTS, "reach": newcomers.TASTE_REACH}
TERMS = {"lead_times": supply.LEAD_TIMES, "assumptions": silver.ASSUMPTIONS}

JOB = Job(
    name="value_candidates",
    reads=CANDIDATES | BESIDE | PAST | TERMS,
    writes=introductions.CANDIDATE_WORTH,
    run=value_candidates,
    params=WorthParams,
    how=Write.SLICE,
    needs=("assumptions",),
)
if __name__ == "__main__":
    main(JOB)
