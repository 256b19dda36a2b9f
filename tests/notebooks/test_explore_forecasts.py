"""The forecast drill-down on a lake of four lines; tests/e2e runs it on a whole planted shop."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.gold.demand import DEMAND_FORECAST, LEVELS
from shelfwise.contracts.gold.inventory import PURCHASE_ORDERS
from shelfwise.contracts.silver import ITEMS, SALES_LINES
from shelfwise.core.frames import local_frame
from shelfwise.core.lake import Lake
from tests.conftest import settings_under
from tests.notebooks.executed import Shown, executed
from tests.rows import row

OLD, NEW = date(2017, 10, 22), date(2017, 10, 29)


def sale(line: str, day: date, units: int, revenue: int, item: str = "A") -> tuple[Any, ...]:
    return row(
        SALES_LINES,
        line_id=line,
        basket_id=line,
        customer_id="c",
        item_id=item,
        sold_on=day,
        kind="sale",
        quantity=Decimal(units),
        revenue=Decimal(revenue),
    )


def forecast(as_of: date, item: str, horizon: int, week: date, mean: float) -> tuple[Any, ...]:
    quantiles = {name: 2.0 for name in DEMAND_FORECAST.columns if re.match(r"(cum_)?q\d\d", name)}
    return row(DEMAND_FORECAST, as_of=as_of, item_id=item, horizon=horizon, week=week, mean=mean, **quantiles)


def order(as_of: date, order_id: str, cost: int) -> tuple[Any, ...]:
    return row(PURCHASE_ORDERS, as_of=as_of, order_id=order_id, cost=Decimal(cost), binding="demand")


@pytest.fixture(scope="module")
def shown(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """What the notebook leaves behind: item A sold 3 and 2 in the week of October 30 and nothing in the next, B did."""
    root = tmp_path_factory.mktemp("notebook")
    lake = Lake(spark, settings_under(root))
    lines = [
        sale("1", date(2017, 10, 24), 1, 10),
        sale("2", date(2017, 10, 30), 3, 30),
        sale("3", date(2017, 11, 5), 2, 20),
        sale("4", date(2017, 11, 12), 7, 5, item="B"),
    ]
    weeks = [date(2017, 10, 30), date(2017, 11, 6), date(2017, 11, 13)]
    forecasts = [forecast(NEW, "A", h, week, 4.0) for h, week in enumerate(weeks, start=1)]
    forecasts += [forecast(NEW, "B", 1, weeks[0], 9.0), forecast(OLD, "B", 1, NEW, 99.0)]
    items = [row(ITEMS, item_id=item, sold_by="each", description=f"item {item}") for item in "AB"]
    orders = [order(NEW, "small", 1), order(NEW, "large", 100), order(OLD, "old", 999)]
    for table, rows in ((SALES_LINES, lines), (DEMAND_FORECAST, forecasts), (ITEMS, items), (PURCHASE_ORDERS, orders)):
        lake.append(table, local_frame(spark, rows, table.struct))
    return executed(spark, root, "explore_forecasts")


def rows_of(frame: DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(found) for found in frame.select(*columns).orderBy(columns[0]).collect()]


def test_weeks_add_up_their_days(shown: Shown) -> None:
    """The week of October 23: 10; of October 30: 30 + 20 in two baskets of one customer; of November 6: 5."""
    assert rows_of(shown.space["sales_by_week"], "week", "revenue", "baskets", "customers") == [
        (date(2017, 10, 23), Decimal(10), 1, 1),
        (date(2017, 10, 30), Decimal(50), 2, 1),
        (date(2017, 11, 6), Decimal(5), 1, 1),
    ]


def test_the_item_with_the_highest_newest_forecast_is_shown(shown: Shown) -> None:
    """A: 3 x 4 = 12; B: 9 now, and 99 in an older forecast that does not count."""
    assert (shown.space["as_of"], shown.space["item"]) == (NEW, "A")


def test_a_week_without_sales_is_zero_and_a_week_to_come_is_unknown(shown: Shown) -> None:
    """3 + 2 = 5 in the first week; none in the second, which is over since B sold on its Sunday; the third has not been."""
    assert rows_of(shown.space["drill_down"], "week", "mean", "actual") == [
        (date(2017, 10, 30), 4.0, Decimal(5)),
        (date(2017, 11, 6), 4.0, Decimal(0)),
        (date(2017, 11, 13), 4.0, None),
    ]


def test_orders_of_the_newest_date_come_first_by_cost(shown: Shown) -> None:
    assert [found["order_id"] for found in shown.space["top_orders"].collect()] == ["large", "small"]


def test_the_fan_ends_where_nothing_is_known_yet(shown: Shown) -> None:
    """As of October 29: 1 unit in the week before, then 5 and none; the third week has not been. The forecast has all three."""
    lines = {name: (list(line.x), list(line.y)) for name, line in shown.traces(0).items()}
    assert lines["sold"] == (["2017-10-23"], [1.0])
    assert lines["sold since"] == (["2017-10-30", "2017-11-06"], [5.0, 0.0])
    assert lines["forecast mean"][1] == [4.0, 4.0, 4.0]
    assert set(lines) > {"90 % band", "80 % band"}
    assert shown.figures[0].layout.title.text == "item A: forecast as of 2017-10-29, and what then sold"


def test_quantiles_are_held_against_all_weeks_that_are_over(shown: Shown) -> None:
    """All quantiles are 2: of A's 5 and 0 and B's 0 two lie below, and none on them."""
    lines = shown.traces(1)
    assert set(lines) == {"below", "at or below", "right"}
    assert list(lines["below"].y) == list(lines["at or below"].y) == [pytest.approx(2 / 3)] * len(LEVELS)


def test_suppliers_bars_add_up_their_orders(shown: Shown) -> None:
    (bars,) = shown.figures[2].data
    assert list(bars.x) == [101.0]
    assert list(bars.text) == ["2 lines"]


def test_what_is_printed_is_what_is_shown(shown: Shown) -> None:
    assert "A as of 2017-10-29: item A\n" in shown.printed
    assert "|2017-10-30|" in shown.printed
