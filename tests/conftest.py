"""One Spark session for each of the workers that share the run: a start costs more than most tests."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.features import EARLIER, OUTSIDE_WEEK
from shelfwise.core.frames import local_frame
from shelfwise.core.kept import release
from shelfwise.core.session import start_session
from shelfwise.core.settings import Settings, load_settings
from shelfwise.features.latent import LatentParams, latent_demand
from shelfwise.features.panel import item_weeks


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Local settings with every path below one temporary folder."""
    root = tmp_path_factory.mktemp("shelfwise")
    return settings_under(root)


def settings_under(root: Path, *sets: str, source: str | None = None) -> Settings:
    return load_settings("local", (*paths_under(root), *sets), source=source)


def paths_under(root: Path) -> tuple[str, ...]:
    """The `--set` options that keep everything written below `root`."""
    return (
        f"lake.root={root}/lake",
        f"lake.personal_root={root}/personal",
        f"spark.log={root}/spark.log",
        f"mlflow.tracking_uri=sqlite:///{root}/mlflow.db",
        f"mlflow.artifacts={root}/artifacts",
        f"pseudonyms.key_file={root}/secrets/pseudonym.key",
        f"report={root}/report.html",
        "spark.master=local[2]",
        "spark.driver_memory=3g",
        "spark.conf.spark.sql.shuffle.partitions=2",
        # a handful of rows is worked off before its plan would be compiled
        "spark.conf.spark.sql.codegen.wholeStage=false",
        "spark.conf.spark.sql.codegen.factoryMode=NO_CODEGEN",
        # a tenth of the planning of long expressions, for filters that save nothing on a handful of rows
        "spark.conf.spark.sql.constraintPropagation.enabled=false",
        # two partitions leave nothing to adapt, and each stage would be planned again
        "spark.conf.spark.sql.adaptive.enabled=false",
    )


@pytest.fixture(scope="session")
def spark(settings: Settings) -> Iterator[SparkSession]:
    session = start_session(settings)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def let_go() -> Iterator[None]:
    """What a function keeps in memory for its job is no job's here: left alone it would fill the session that all tests share."""
    yield
    release()


def panel_of(
    sales: DataFrame,
    items: DataFrame,
    promotions: DataFrame,
    stock: DataFrame | None = None,
    outside: DataFrame | None = None,
    *,
    as_of: date,
) -> DataFrame:
    """The panel of a shop that counts no stock and knows of no series from outside, unless some are given."""
    counts = local_frame(sales.sparkSession, [], STOCK) if stock is None else stock
    demand = latent_demand(sales, items, counts, params=LatentParams(buckets=2), as_of=as_of)
    around = local_frame(sales.sparkSession, [], OUTSIDE_WEEK.struct) if outside is None else outside
    return item_weeks(demand, sales, items, promotions, around, as_of=as_of)


SALES = (
    "item_id string, customer_id string, basket_id string, location_id string, kind string, sold_on date,"
    " quantity decimal(14,3), revenue decimal(14,2), discount decimal(14,2)"
)
ITEMS = "item_id string, department string, category string, maker_id string, sold_by string"
STOCK = "item_id string, location_id string, counted_on date, on_hand long, on_order long"
PROMOTIONS = (
    "as_of date, item_id string, category string, week date, display_share double, mailer_share double, price_cut double,"
    f" coupon boolean, known_at date, earlier {EARLIER}"
)


@pytest.fixture(scope="session")
def sales_of(spark: SparkSession) -> Callable[..., DataFrame]:
    """Sales lines from (item, day, units, price) tuples."""

    def make(*lines: tuple[str, date, float, float]) -> DataFrame:
        rows = [
            (item, "c", f"b{i}", "s", "sale", day, Decimal(str(units)), Decimal(str(round(units * price, 2))), Decimal("0.00"))
            for i, (item, day, units, price) in enumerate(lines)
        ]
        return local_frame(spark, rows, SALES)

    return make


@pytest.fixture(scope="session")
def items_of(spark: SparkSession) -> Callable[..., DataFrame]:
    def make(*names: str, sold_by: str = "each") -> DataFrame:
        return local_frame(spark, [(name, "FOOD", "BREAD", "m1", sold_by) for name in names], ITEMS)

    return make


def known_at_once(plans: DataFrame) -> DataFrame:
    """Displays and mailers without a price cut or coupon, each of which became known on one day."""
    return plans.selectExpr("*", "CAST(NULL AS double) AS price_cut", "false AS coupon", f"CAST(NULL AS {EARLIER}) AS earlier")


@pytest.fixture(scope="session")
def no_promotions(spark: SparkSession) -> DataFrame:
    return local_frame(spark, [], PROMOTIONS)
