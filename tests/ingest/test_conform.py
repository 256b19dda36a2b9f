"""Plans on their way into silver: when they were known, and which of two rows about one promotion counts."""

from datetime import date

from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.silver import PROMOTIONS
from shelfwise.core.admission import classify, judge
from shelfwise.core.frames import local_frame
from shelfwise.core.table import admitted
from shelfwise.ingest.conform import offer_promotions
from shelfwise.sources import completejourney
from tests.sources.builders import bronze

SHELF = "product_id long, store_id long, display_location string, mailer_location string, week long"


def promoted(spark: SparkSession, *rows: tuple[object, ...], notice: str = "promotion_notice_days") -> DataFrame:
    told = "scope string, name string, value double"
    assumptions = local_frame(spark, [("*", notice, 42.0), ("department:X", notice, 7.0)], told)
    shop = completejourney.open_shop({"path": "/in"}, key_file="build/k")
    return offer_promotions(bronze(spark, SHELF, *rows), None, None, assumptions, shop, "promotions")


def test_a_promotion_is_known_the_notice_before_it_starts_and_that_is_flagged(spark: SparkSession) -> None:
    """Week 10 starts Monday 2017-02-27 (2 January + 56 days); 42 days earlier is 2017-01-16. The shop-wide row counts."""
    (row,) = promoted(spark, (1, 316, "9", "0", 10)).collect()
    assert (row["starts_on"], row["known_at"], row["known_at_assumed"]) == (date(2017, 2, 27), date(2017, 1, 16), True)


def test_without_the_assumption_the_row_is_refused(spark: SparkSession) -> None:
    judged = judge(promoted(spark, (1, 316, "9", "0", 10), notice="another"), PROMOTIONS)
    assert [row["broken"] for row in judged.select("broken").collect()] == [["known_at_is_missing"]]


def test_of_two_rows_about_one_store_and_week_the_one_with_the_display_is_kept(spark: SparkSession) -> None:
    """Either order of the rows: display before none; and among rows without a display the one in the mailer."""
    rows = [(1, 316, "0", "A", 10), (1, 316, "9", "A", 10), (2, 316, "0", "0", 10), (2, 316, "0", "A", 10)]
    for order in (rows, rows[::-1]):
        judged = judge(promoted(spark, *order), PROMOTIONS)
        fates = classify(judged, admitted(PROMOTIONS), last_wins=False)
        kept = fates.where("fate = 'accepted'").select("item_id", "display", "mailer").collect()
        assert sorted(tuple(row) for row in kept) == [("1", True, True), ("2", False, True)]
        assert fates.where("fate = 'duplicate'").count() == 2
