"""Nothing that happened, or became known, after `as_of` moves any feature: the jobs themselves, run on two lakes."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.gold.kpi import KPIS
from shelfwise.contracts.silver import (
    ASSUMPTIONS,
    EVENTS,
    ITEMS,
    LOCATIONS,
    OUTSIDE_SERIES,
    PLACED_ORDERS,
    PROMOTIONS,
    RECEIPTS,
    SALES_LINES,
    STOCK,
    SUPPLIER_TERMS,
)
from shelfwise.contracts.tables import ALL
from shelfwise.core.dag import in_order, jobs_folder, load_jobs
from shelfwise.core.frames import local_frame
from shelfwise.core.lake import Lake
from shelfwise.core.models import Models
from shelfwise.core.runner import Runner
from shelfwise.core.runs import RunLog
from shelfwise.core.shop import FileSet, Offer
from shelfwise.measures.assumed import NAMES
from tests.conftest import settings_under
from tests.rows import row

AS_OF = date(2017, 10, 29)  # a Sunday
WEEKS = 30
QUICK = ("jobs.build_lessons.lessons=1", "jobs.build_lessons.als={rank: 4, iterations: 2, blocks: 1}")
# reads of the factors which tastes they leave unserved: no feature of sales, but of a model
OF_A_MODEL = "features.taste_reach"
FEATURES = [table for table in ALL.values() if table.layer == "features" and table.name != OF_A_MODEL]
TABLES = {table.name: table for table in (*FEATURES, KPIS)}


@dataclass(frozen=True)
class SilverShop:
    """A shop whose silver tables are filled by hand."""

    name: str = "completejourney"
    as_of: date | None = AS_OF
    key_file: str = ""
    files: Mapping[str, FileSet] = field(default_factory=dict)
    offers: Mapping[str, Mapping[str, Offer]] = field(default_factory=dict)


def sale(line: object, item: str, customer: str, day: date, units: int, price: str, location: str = "s1") -> tuple[Any, ...]:
    return row(
        SALES_LINES,
        line_id=f"l{line}",
        basket_id=f"{customer}-{day}",
        customer_id=customer,
        item_id=item,
        location_id=location,
        sold_on=day,
        kind="sale",
        quantity=Decimal(units),
        revenue=Decimal(price) * units,
        discount=Decimal("0.10"),
        coupon_discount=Decimal(0),
    )


def past() -> dict[str, list[tuple[Any, ...]]]:
    """Thirty weeks of fourteen items; two sell at both locations every week, two more from their launch on, the others now
    and then."""
    chance = random.Random(7)
    days = [AS_OF - timedelta(days=n) for n in range(7 * WEEKS)]
    steady = [(f"i{n}", day, place) for day in days[::3] for n in (0, 1) for place in ("s1", "s2")]
    launched = [(item, day, "s1") for item, weeks in (("i12", 15), ("i13", 12)) for day in days[: 7 * weeks : 2]]
    seldom = [(f"i{chance.randrange(2, 12)}", chance.choice(days), "s1") for _ in range(150)]
    sales = [
        sale(n, item, f"c{chance.randrange(9)}", day, chance.randrange(1, 5), f"{chance.randrange(1, 9)}.50", place)
        for n, (item, day, place) in enumerate(steady + launched + seldom)
    ]
    return {
        "sales": sales,
        "items": [row(ITEMS, item_id=f"i{n}", category=f"C{n % 3}", maker_id=f"m{n % 4}", sold_by="each") for n in range(14)],
        "locations": [row(LOCATIONS, location_id=place, kind="store", country="US") for place in ("s1", "s2")],
        "promotions": [
            promotion(f"i{n % 5}", AS_OF - timedelta(days=7 * n), AS_OF - timedelta(days=7 * n + 40)) for n in range(-4, 20)
        ],
        "stock": [count(f"i{n % 3}", AS_OF - timedelta(days=n), n % 2 * 5) for n in range(100)],
        "events": [view(n, f"i{n % 12}", f"c{n % 7}", AS_OF - timedelta(days=n)) for n in range(40)],
        "receipts": [receipt(n, AS_OF - timedelta(days=3 * n + 12), 5 + n % 7) for n in range(40)],
        "placed": [placed(n, AS_OF - timedelta(days=n % 9)) for n in range(20)],
        "terms": [row(SUPPLIER_TERMS, item_id=f"i{n}", supplier_id=f"s{n % 3}", lead_time_days=7) for n in range(6)],
        "assumptions": [row(ASSUMPTIONS, scope="*", name=name, value=14.0) for name in NAMES],
        "outside": [outside(AS_OF - timedelta(days=n), AS_OF - timedelta(days=n + 3), 10.0 + n % 5) for n in range(-9, 99)],
    }


def outside(starts: date, known: date, value: float) -> tuple[Any, ...]:
    return row(OUTSIDE_SERIES, series="fuel", category="*", starts_on=starts, value=value, known_at=known)


def receipt(number: int, ordered: date, days: int) -> tuple[Any, ...]:
    came = {"received_on": ordered + timedelta(days=days), "order_id": f"o{number}", "units_ordered": 10, "units_received": 9}
    named = {"receipt_id": f"r{number}", "item_id": f"i{number % 8}", "maker_id": f"m{number % 4}", "ordered_on": ordered}
    return row(RECEIPTS, **named | came)


def placed(number: int, ordered: date) -> tuple[Any, ...]:
    named = {"item_id": f"i{number % 8}", "maker_id": f"m{number % 4}", "ordered_on": ordered}
    return row(PLACED_ORDERS, order_id=f"open {number}", **named)


def count(item: str, day: date, on_hand: int) -> tuple[Any, ...]:
    return row(STOCK, item_id=item, location_id="s1", counted_on=day, on_hand=on_hand, on_order=0)


def view(event: object, item: str, customer: str, day: date) -> tuple[Any, ...]:
    moment = datetime.combine(day, time(23, 59), UTC)
    return row(
        EVENTS, event_id=f"e{event}", customer_id=customer, item_id=item, kind="view", happened_at=moment, dwell_seconds=40.1
    )


def promotion(item: str, starts: date, known: date) -> tuple[Any, ...]:
    return row(
        PROMOTIONS,
        item_id=item,
        location_id="s1",
        starts_on=starts - timedelta(days=starts.weekday()),
        ends_on=starts - timedelta(days=starts.weekday() - 6),
        campaign_id=str(known),
        display=True,
        known_at=known,
    )


def rubbish() -> dict[str, list[tuple[Any, ...]]]:
    """From the day after: huge sales of old and new items to old and new customers at old and new places, looks at them, and

    promotions of weeks gone by and to come that became known too late; what was open then comes, and more is ordered."""
    late = [AS_OF + timedelta(days=n) for n in range(1, 15)]
    return {
        "sales": [
            sale(f"x{n}-{day}", item, customer, day, 9999, "0.01", place)
            for day in late
            for n, (item, customer, place) in enumerate((("i0", "c0", "s1"), ("i3", "new", "s2"), ("later", "c1", "abroad")))
        ],
        "items": [row(ITEMS, item_id="later", category="C0", maker_id="m0", sold_by="each")],
        "locations": [row(LOCATIONS, location_id="abroad", kind="store", country="DE")],
        "promotions": [promotion(f"i{n % 12}", AS_OF + timedelta(days=7 * n), AS_OF + timedelta(days=1)) for n in range(-WEEKS, 8)],
        "stock": [count(f"i{n}", day, 0) for day in late for n in range(6)],
        "events": [view(f"{item}-{day}", item, f"c{n}", day) for day in late for n, item in enumerate(("i0", "i3", "later"))],
        "receipts": [
            row(
                RECEIPTS,
                receipt_id=f"x{n}",
                item_id=item,
                maker_id="m0",
                order_id=f"open {n}",
                received_on=late[n],
                units_received=0,
            )
            for n, item in enumerate(("i0", "i1", "i9", "later"))
        ],
        "placed": [placed(100 + n, day) for n, day in enumerate(late)],
        "terms": [],
        "assumptions": [],
        "outside": [outside(AS_OF - timedelta(days=n), AS_OF + timedelta(days=1), 999.0) for n in range(-20, 99)],
    }


def computed(spark: SparkSession, root: Path, content: dict[str, list[tuple[Any, ...]]]) -> Lake:
    settings = settings_under(root, *QUICK)
    lake = Lake(spark, settings)
    silver = {
        "sales": SALES_LINES,
        "items": ITEMS,
        "locations": LOCATIONS,
        "promotions": PROMOTIONS,
        "stock": STOCK,
        "events": EVENTS,
        "receipts": RECEIPTS,
        "placed": PLACED_ORDERS,
        "terms": SUPPLIER_TERMS,
        "assumptions": ASSUMPTIONS,
        "outside": OUTSIDE_SERIES,
    }
    for name, table in silver.items():
        lake.append(table, local_frame(spark, content[name], table.struct))
    runner = Runner(spark, settings, SilverShop(), AS_OF, lake, Models(settings), RunLog(lake))
    jobs = load_jobs(jobs_folder())
    chosen = [job for job in in_order(jobs, jobs, upstream=False) if job.writes.name in TABLES]
    assert len(chosen) == len(TABLES)
    for report in runner.run(chosen, force=False, tell=lambda *_: None):
        assert report.state == "ran", f"{report.job}: {report.note}"
    return lake


@pytest.fixture(scope="module")
def lakes(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Lake]:
    known, later = past(), rubbish()
    both = {name: known[name] + later[name] for name in known}
    return computed(spark, tmp_path_factory.mktemp("known"), known), computed(spark, tmp_path_factory.mktemp("later"), both)


def hashed(frame: DataFrame) -> list[tuple[Any, ...]]:
    return sorted(map(tuple, frame.selectExpr("to_json(struct(*)) AS row").collect()))


@pytest.mark.parametrize("name", TABLES)
def test_what_came_after_as_of_moves_no_bit(lakes: tuple[Lake, Lake], name: str) -> None:
    known, later = (hashed(lake.read(TABLES[name])) for lake in lakes)
    assert known, f"{name} is empty: nothing is compared"
    assert known == later
