"""A planted shop: Poisson demand of known rates, tripled in known promotions."""

from datetime import date, timedelta

import numpy as np
import pytest

from shelfwise.contracts.features import EARLIER
from shelfwise.contracts.gold.demand import DEMAND_CHAMPION, DEMAND_TUNING
from shelfwise.contracts.gold.mixture import CLASSICAL_FORECAST
from shelfwise.core.frames import local_frame
from shelfwise.features.calendar import shop_calendar
from tests.conftest import panel_of

MONDAY = date(2017, 1, 2)
WEEKS, ITEMS = 40, 80


def sunday(week: int) -> date:
    return MONDAY + timedelta(weeks=week, days=6)


@pytest.fixture(scope="session")
def planted(spark):
    """`panel`, `promotions`, `calendar` of 80 items over 40 weeks; item i sells 1 + i / 8 a week, promoted three times that."""
    rng = np.random.default_rng(7)
    lines, plans = [], []
    for item in range(ITEMS):
        for week in range(WEEKS + 13):
            promoted = bool(rng.uniform() < 0.2)
            units = int(rng.poisson((1 + item / 8) * (3 if promoted else 1)))
            monday = MONDAY + timedelta(weeks=week)
            if units and week < WEEKS:
                lines.append((f"i{item}", monday, float(units), 2.0 * units))
            if promoted:
                plans.append((f"i{item}", monday, monday - timedelta(days=42)))
    sales = local_frame(spark, lines, "item_id string, sold_on date, quantity double, revenue double").selectExpr(
        "*", "'c' AS customer_id", "'sale' AS kind", "CAST(0 AS double) AS discount", "'s' AS location_id"
    )
    items = spark.range(ITEMS).selectExpr(
        "concat('i', id) AS item_id",
        "'FOOD' AS department",
        "concat('C', id % 4) AS category",
        "'m' AS maker_id",
        "'each' AS sold_by",
    )
    promotions = local_frame(spark, plans, "item_id string, week date, known_at date").selectExpr(
        "DATE'2017-10-08' AS as_of",
        "item_id",
        "concat('C', CAST(substring(item_id, 2) AS int) % 4) AS category",
        "week",
        "1.0D AS display_share",
        "0.0D AS mailer_share",
        "CAST(NULL AS DOUBLE) AS price_cut",
        "false AS coupon",
        "known_at",
        f"CAST(NULL AS {EARLIER}) AS earlier",
    )
    as_of = sunday(WEEKS - 1)
    known = promotions.where(f"known_at <= DATE'{as_of}'").localCheckpoint()
    panel = panel_of(sales, items, known, as_of=as_of).localCheckpoint()
    places = local_frame(spark, [("s", "US")], "location_id string, country string")
    calendar = shop_calendar(sales, places, as_of=as_of).localCheckpoint()
    return {"panel": panel, "promotions": known, "calendar": calendar}


@pytest.fixture(scope="session")
def untuned(spark):
    return local_frame(spark, [], DEMAND_TUNING.struct)


@pytest.fixture(scope="session")
def unasked(spark, untuned):
    """No search, no models of single items."""
    return {"tuning": untuned, "classical": local_frame(spark, [], CLASSICAL_FORECAST.struct)}


@pytest.fixture(scope="session")
def served_by(spark):
    """Champions of all segments alike."""

    def make(model="gbt"):
        rows = [(date(2017, 10, 29), "*", model, True, 1, 1.0, None)]
        return local_frame(spark, rows, DEMAND_CHAMPION.struct)

    return make
