"""What did earlier launches do to the shop? spark-submit jobs/estimate_launch_effects.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.contracts.newcomers import LAUNCH_EFFECTS
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.introductions.launch_effects import EffectParams, estimate_launch_effects

JOB = Job(
    name="estimate_launch_effects",
    reads={
        "panel": features.ITEM_WEEK,
        "items": silver.ITEMS,
        "profiles": features.ITEM_PROFILE,
        "sales": silver.SALES_LINES,
    },
    writes=LAUNCH_EFFECTS,
    run=estimate_launch_effects,
    params=EffectParams,
    how=Write.SLICE,
    needs=("panel",),
)

if __name__ == "__main__":
    main(JOB)
