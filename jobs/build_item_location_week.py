"""How do steady items sell at each location? spark-submit jobs/build_item_location_week.py --env cluster --as-of 2017-10-29"""

from shelfwise.contracts import features, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.features.locations import LocationParams, item_location_weeks

JOB = Job(
    name="build_item_location_week",
    reads={"sales": silver.SALES_LINES, "items": silver.ITEMS},
    writes=features.ITEM_LOCATION_WEEK,
    run=item_location_weeks,
    params=LocationParams,
    how=Write.SLICE,
    needs=("sales",),
)
if __name__ == "__main__":
    main(JOB)
