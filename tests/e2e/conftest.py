"""The whole graph, run once on a planted shop, and the truth that it was drawn from."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession

from shelfwise.core.dag import in_order, jobs_folder, load_jobs
from shelfwise.core.lake import Lake
from shelfwise.core.models import Models
from shelfwise.core.runner import Runner
from shelfwise.core.runs import RunLog
from shelfwise.core.settings import Settings, load_settings
from shelfwise.core.shop import open_shop
from shelfwise.simulate.build import build
from shelfwise.simulate.folder import Folder
from shelfwise.simulate.spec import PRESETS
from tests.conftest import paths_under

TINY = PRESETS["tiny"]
AS_OF = TINY.as_of
# what the preset leaves out because it takes long
ASKED = tuple(
    f"jobs.{name}"
    for name in ("forecast_classical.models=[tsb]", "tune_demand.trials=1", "tune_demand.rows=1000", "tune_demand.most_trees=5")
)
UNSEEN = 5  # weeks after it


@pytest.fixture(scope="session")
def root(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    build(spark, TINY, Folder(spark, str(folder / "shop")), lambda _: None)
    return folder


@pytest.fixture(scope="session")
def planted(root: Path) -> Settings:
    """The session's own settings are those of another source."""
    return load_settings(
        "local,tiny", (*paths_under(root), f"sources.simulated.path={root}/shop", "jobs_at_once=2", *ASKED), source="simulated"
    )


@pytest.fixture(scope="session")
def models(lake: Lake, planted: Settings) -> Models:
    return Models(planted)


@pytest.fixture(scope="session")
def lake(spark: SparkSession, root: Path, planted: Settings) -> Lake:
    lake = Lake(spark, planted)
    shop = open_shop(planted)
    assert shop.as_of == AS_OF
    runner = Runner(spark, planted, shop, AS_OF, lake, Models(planted), RunLog(lake))
    jobs = load_jobs(jobs_folder())
    for report in runner.run(in_order(jobs, jobs, upstream=False), force=False, tell=lambda *_: None):
        assert report.state == "ran", f"{report.job}: {report.note}"
    return lake


@pytest.fixture(scope="session")
def truth(spark: SparkSession, root: Path) -> Callable[[str], pd.DataFrame]:
    return lambda name: spark.read.parquet(f"{root}/shop/truth/{name}").toPandas()


@pytest.fixture(scope="session")
def weekly_truth(truth: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """The true mean of each item and week, by Monday."""
    mean = truth("demand")
    return mean.assign(monday=[TINY.start + pd.Timedelta(weeks=int(week)) for week in mean["week"]])


@pytest.fixture(scope="session")
def weekly_wants(truth: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Units that customers wanted of each item and week, by Monday; none where nobody wanted any."""
    wants = truth("wants").assign(day=lambda rows: pd.to_datetime(rows["day"]))
    wants = wants.assign(week=(wants["day"] - pd.to_timedelta(wants["day"].dt.weekday, unit="D")).dt.date)
    return wants.groupby(["item_id", "week"]).size().rename("units_wanted").reset_index()


@pytest.fixture(scope="session")
def secrets(spark: SparkSession, root: Path, planted: Settings) -> list[str]:
    """What identifies ten customers, and the key of their pseudonyms."""
    people = spark.read.parquet(f"{root}/shop/customers").orderBy("customer_id").limit(10).toPandas()
    assert Path(planted.pseudonyms.key_file).stat().st_mode & 0o777 == 0o600
    key = Path(planted.pseudonyms.key_file).read_text().strip()
    return [key, *people["customer_id"], *people["name"], *people["email"], *people["phone"]]
