"""Which kind of seller is an item? Each cut-off from both sides."""

import pytest

from shelfwise.core.frames import local_frame
from shelfwise.demand.segments import SEGMENTS, segment

ROW = "weeks_since_sale int, age_weeks int, selling_share_13 double, mean_13 double, sd_13 double"


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ((20, 40, 0.0, 0.0, 0.0), "dormant"),
        ((19, 40, 0.0, 0.0, 0.0), "slow"),
        ((0, 7, 1.0, 50.0, 1.0), "new"),
        ((0, 8, 1.0, 50.0, 20.0), "steady"),
        ((0, 8, 1.0, 50.0, 20.1), "fast"),
        ((0, 8, 0.6, 10.0, 9.0), "fast"),
        ((0, 8, 0.6, 9.9, 1.0), "smooth"),
        ((0, 8, 0.59, 50.0, 1.0), "intermittent"),
        ((0, 8, 0.2, 1.0, 1.0), "intermittent"),
        ((0, 8, 0.19, 1.0, 1.0), "slow"),
    ],
)
def test_an_item_belongs_to_the_first_segment_that_fits(spark, row, kind):
    assert local_frame(spark, [row], ROW).select(segment().alias("kind")).first()["kind"] == kind
    assert kind in SEGMENTS
