"""Days, weeks and holidays."""

from datetime import date, timedelta

import pandas as pd
from pyspark.sql import functions as F

from shelfwise.core.frames import local_frame
from shelfwise.features.calendar import shop_calendar, with_holidays


def test_days_to_the_next_holiday_are_counted_and_zero_on_one():
    """USA: Monday 2017-09-04 is Labor Day, two days after the 2nd; then comes Columbus Day, 9 October, 34 days after the 5th."""
    days = pd.DataFrame({"country": "US", "share": 1.0, "day": [date(2017, 9, 2), date(2017, 9, 4), date(2017, 9, 5)]})
    found = with_holidays(days)
    assert found["days_to_holiday"].tolist() == [2, 0, 34]
    assert found["holiday"].tolist() == [None, "Labor Day", None]


def test_each_country_has_its_own_holidays():
    """14 July is one in France and none in Great Britain."""
    days = pd.DataFrame({"share": 1.0, "day": [date(2017, 7, 14)]})
    assert with_holidays(days.assign(country="FR"))["days_to_holiday"][0] == 0
    assert with_holidays(days.assign(country="GB"))["days_to_holiday"][0] > 0


def test_a_country_without_a_calendar_has_no_holidays():
    days = pd.DataFrame({"country": "XX", "share": 1.0, "day": [date(2017, 7, 14)]})
    assert with_holidays(days)["days_to_holiday"].tolist() == [366]


def test_the_calendar_runs_from_the_first_sale_to_fourteen_weeks_after(spark, sales_of):
    sales = sales_of(("a", date(2017, 1, 1), 1, 1.0), ("a", date(2017, 3, 1), 1, 1.0))
    places = local_frame(spark, [("s", "US"), ("nothing sold yet", "FR")], "location_id string, country string")
    days = {row["day"]: row for row in shop_calendar(sales, places, as_of=date(2017, 3, 5)).collect()}
    assert (min(days), max(days)) == (date(2017, 1, 1), date(2017, 6, 11))
    assert len(days) == 162
    sunday = days[date(2017, 1, 1)]
    assert (sunday["week"], sunday["weekday"], sunday["holiday"]) == (date(2016, 12, 26), 7, "New Year's Day")


def test_countries_are_weighed_by_the_lines_that_they_bought(spark, sales_of):
    """Three lines at s (US), one at t (GB): 3/4 and 1/4 on every day."""
    day = date(2017, 3, 1)
    sales = sales_of(*[("a", day, 1, 1.0)] * 4).withColumn("location_id", F.when(F.col("basket_id") == "b0", "t").otherwise("s"))
    places = local_frame(spark, [("s", "US"), ("t", "GB")], "location_id string, country string")
    rows = shop_calendar(sales, places, as_of=day).select("country", "share").distinct().collect()
    assert {tuple(row) for row in rows} == {("US", 0.75), ("GB", 0.25)}


def test_a_day_is_weighed_by_what_had_sold_fourteen_weeks_before(spark, sales_of):
    """The first week sells one line in the US; Britain buys three on the 60th day, which weigh from the 158th on."""
    first = date(2017, 1, 2)
    sales = sales_of(("a", first, 1, 1.0), *[("a", first + timedelta(days=60), 1, 1.0)] * 3)
    sales = sales.withColumn("location_id", F.when(F.col("sold_on") == F.lit(first), "s").otherwise("t"))
    places = local_frame(spark, [("s", "US"), ("t", "GB")], "location_id string, country string")
    calendar = shop_calendar(sales, places, as_of=first + timedelta(days=69))
    shares = {(row["country"], (row["day"] - first).days): row["share"] for row in calendar.collect()}
    assert shares["US", 0] == shares["US", 157] == 1.0
    assert ("GB", 157) not in shares
    assert (shares["US", 158], shares["GB", 158]) == (0.25, 0.75)


def test_where_the_first_lines_are_no_sales_days_are_there_all_the_same(spark, sales_of):
    """A return on the first day, the first sale three weeks later."""
    first = date(2017, 1, 2)
    sales = sales_of(("a", first, 1, 1.0), ("a", first + timedelta(days=21), 1, 1.0))
    sales = sales.withColumn("kind", F.when(F.col("sold_on") == F.lit(first), "return").otherwise("sale"))
    places = local_frame(spark, [("s", "US")], "location_id string, country string")
    days = [row["day"] for row in shop_calendar(sales, places, as_of=first + timedelta(days=27)).collect()]
    assert (min(days), len(days)) == (first, 28 + 14 * 7)
