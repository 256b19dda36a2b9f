"""A shop with two kinds of customers: cooks buy items 0 to 11, bakers 12 to 23; nobody buys across, but some look."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from pyspark.ml import PipelineModel
from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts import features
from shelfwise.features.interactions import InteractionParams, customer_item_pairs
from shelfwise.measures.pairs import purchases
from shelfwise.recommend.als import AlsParams, fit_factors, stamped
from shelfwise.recommend.candidates import of_goods
from shelfwise.recommend.models.ease import EaseParams
from shelfwise.recommend.ranker.lessons import LessonParams, recommender_lessons
from shelfwise.recommend.ranker.model import RankerParams, fit
from tests.recommend.builders import customers, events, items, rows_of, sales

AS_OF = date(2017, 10, 29)
CUSTOMERS, ITEMS, BOUGHT = 16, 24, 8
FACTORS = AlsParams(rank=2, min_customers=1, iterations=5)
LESSONS = LessonParams(als=FACTORS, ease=EaseParams(penalty=1.0), lessons=1)
RANKER = RankerParams(trees=20, depth=3, step=0.3, min_weight_per_leaf=1.0, workers=1)


@dataclass(frozen=True)
class Shop:
    sales: DataFrame
    events: DataFrame
    items: DataFrame
    customers: DataFrame
    promotions: DataFrame
    interactions: DataFrame
    lessons: DataFrame
    model: PipelineModel
    ranker: PipelineModel


@pytest.fixture(scope="session")
def shop(spark: SparkSession) -> Iterator[Shop]:
    """Each of 16 customers buys 8 of the 12 items of the own kind, some twice, and petrol; one customer has only looked at some."""
    bought, looked = sales(spark, *two_kinds()).cache(), events(spark, *looks()).cache()
    described = items(
        spark,
        *({"item_id": f"i{n:02}", "description": f"thing {n}"} for n in range(ITEMS)),
        {"item_id": "petrol", "sold_by": "measure"},
    ).cache()
    known = customers(spark, *(f"c{n:02}" for n in range(CUSTOMERS)), "never bought")
    pairs = customer_item_pairs(bought, looked, params=InteractionParams(), as_of=AS_OF).cache()
    factors = stamped(fit_factors(of_goods(purchases(pairs), described), FACTORS), pairs)
    plans = rows_of(spark, features.PROMOTION_WEEK, [])
    lessons = recommender_lessons(bought, described, pairs, plans, looked, params=LESSONS, as_of=AS_OF).cache()
    yield Shop(bought, looked, described, known, plans, pairs, lessons, factors, fit(lessons, RANKER))
    for frame in (bought, looked, described, pairs, lessons):
        frame.unpersist()


def kind_of(id: str) -> int:
    """0 for cooks and their items, 1 for bakers and theirs."""
    number = int(id[1:])
    return number % 2 if id.startswith("c") else number // 12


def looks() -> list[dict[str, object]]:
    """Five days ago three cooks looked at a bakers' item, and who never bought at an item of each kind and one that nobody buys."""
    seen = [
        ("c00", "i20"),
        ("c02", "i20"),
        ("c04", "i20"),
        ("never bought", "i00"),
        ("never bought", "i20"),
        ("never bought", "i99"),
    ]
    return [{"customer_id": customer, "item_id": item, "happened_on": AS_OF - timedelta(days=5)} for customer, item in seen]


def two_kinds() -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for customer in range(CUSTOMERS):
        # the window of 8 items moves on by one from customer to customer, so that 4 of the own kind stay new to each
        wanted = [customer % 2 * 12 + (customer // 2 + n) % 12 for n in range(BOUGHT)]
        # bought on day 40, the last item every 10 days; the first two also four days ago
        dates = [(item, 40) for item in wanted] + [(wanted[-1], days) for days in (30, 20, 10)] + [(item, 4) for item in wanted[:2]]
        lines += [
            {"customer_id": f"c{customer:02}", "item_id": f"i{item:02}", "sold_on": AS_OF - timedelta(days=days)}
            for item, days in dates
        ]
        lines.append({"customer_id": f"c{customer:02}", "item_id": "petrol", "sold_on": AS_OF - timedelta(days=4), "quantity": 40})
    return lines
