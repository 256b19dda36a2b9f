"""How has each item lived so far? spark-submit jobs/build_item_profile.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.profiles import item_profiles

JOB = Job(
    name="build_item_profile",
    reads={"sales": silver.SALES_LINES, "interactions": features.INTERACTIONS},
    writes=features.ITEM_PROFILE,
    run=item_profiles,
    how=Write.SLICE,
    needs=("sales",),
)
if __name__ == "__main__":
    main(JOB)
