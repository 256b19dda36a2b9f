"""A shop with established items and launches of known weekly rates: 1, 4 and 10 in three categories, twice that of maker m1."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.features import EARLIER
from shelfwise.core.frames import local_frame

MONDAY = date(2017, 1, 2)
WEEKS = 44
AS_OF = MONDAY + timedelta(weeks=WEEKS, days=-1)
RATES = {"BREAD": 1.0, "MILK": 4.0, "SOAP": 10.0}
DEPARTMENTS = {"BREAD": "FOOD", "MILK": "FOOD", "SOAP": "HOME"}
PANEL = (
    "item_id string, week date, department string, category string, maker_id string, units double, sold_units double,"
    " shelf_price double, age_weeks int, weeks_since_sale int, mean_13 double, category_mean_4 double, category_mean_13 double"
)
ITEMS = (
    "item_id string, department string, category string, subcategory string, maker_id string, private_label boolean, sold_by string"
)
PROMOTIONS = (
    "item_id string, week date, display_share double, mailer_share double, price_cut double, coupon boolean, known_at date,"
    f" earlier {EARLIER}"
)


@dataclass(frozen=True)
class Item:
    name: str
    category: str
    maker: str
    launch: int  # week of the data
    price: float = 2.0

    @property
    def rate(self) -> float:
        return RATES[self.category] * (2 if self.maker == "m1" else 1)


def assortment() -> list[Item]:
    """Two established items of each maker in each category; 90 launches from week 9 on."""
    old = [Item(f"old-{c}-{m}-{n}", c, m, 0) for c in RATES for m in ("m0", "m1", "m2") for n in range(2)]
    new = [Item(f"new{n:02d}", list(RATES)[n % 3], f"m{n // 3 % 3}", 9 + n * 29 // 90, 2.0 + n % 5) for n in range(90)]
    return old + new


def panel_rows(assorted: list[Item], units: Callable[[Item, int], float]) -> pd.DataFrame:
    """`units(item, week of the data)`."""
    rows = [
        {
            "item_id": item.name,
            "week": MONDAY + timedelta(weeks=week),
            "department": DEPARTMENTS[item.category],
            "category": item.category,
            "maker_id": item.maker,
            "units": units(item, week),
            "sold_units": units(item, week),
            "shelf_price": item.price,
            "age_weeks": week - item.launch,
            "weeks_since_sale": 0,
            "mean_13": item.rate,
            "category_mean_4": 8 * RATES[item.category],
            "category_mean_13": 8 * RATES[item.category],
        }
        for item in assorted
        for week in range(item.launch, WEEKS)
    ]
    return pd.DataFrame(rows)


def poisson_units(assorted: list[Item], seed: int = 7) -> Callable[[Item, int], float]:
    rng = np.random.default_rng(seed)
    drawn = {item.name: np.maximum(rng.poisson(item.rate, WEEKS), 1.0) for item in assorted}
    return lambda item, week: float(drawn[item.name][week])


def items_frame(spark: SparkSession, assorted: list[Item]) -> DataFrame:
    rows = [(i.name, DEPARTMENTS[i.category], i.category, "LOAVES", i.maker, False, "each") for i in assorted]
    return local_frame(spark, rows, ITEMS)


@pytest.fixture(scope="session")
def calendar(spark: SparkSession) -> DataFrame:
    days = [MONDAY + timedelta(days=n) for n in range(7 * (WEEKS + 14))]
    rows = [(day, day - timedelta(days=day.weekday()), day.weekday() + 1, 1.0, None, 366) for day in days]
    return local_frame(
        spark, rows, "day date, week date, weekday int, share double, holiday string, days_to_holiday int"
    ).localCheckpoint()


@pytest.fixture(scope="session")
def plans(spark: SparkSession) -> DataFrame:
    """One plan of an established item, known six weeks ahead."""
    week = MONDAY + timedelta(weeks=20)
    return local_frame(
        spark, [("old-BREAD-m0-0", week, 1.0, 0.0, None, False, week - timedelta(weeks=6), None)], PROMOTIONS
    ).localCheckpoint()


@pytest.fixture(scope="session")
def shop(spark: SparkSession) -> dict[str, DataFrame]:
    assorted = assortment()
    panel = spark.createDataFrame(panel_rows(assorted, poisson_units(assorted)), PANEL).localCheckpoint()
    return {"panel": panel, "items": items_frame(spark, assorted).localCheckpoint()}
