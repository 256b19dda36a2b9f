"""Which version of a model is the champion, and what each version remembers."""

from pathlib import Path

import pyspark
import pytest
import xgboost
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import PERMISSION_DENIED
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import SQLTransformer
from pyspark.sql import SparkSession
from xgboost.spark import SparkXGBClassifierModel

from shelfwise.core.errors import JobError
from shelfwise.core.job import Fitted, Model
from shelfwise.core.models import Models, _requirements
from tests.conftest import settings_under

DEMAND = Model("demand.test", "Demand.")
FACTORS = Model("factors.test", "Factors.", transductive=True)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    """One store for the module: making its tables takes seconds."""
    return Models(settings_under(tmp_path_factory.mktemp("mlflow")))


def fitted(spark: SparkSession, metric: float, times: int = 1) -> Fitted:
    """A pipeline that multiplies; its metric is as given."""
    pipeline = Pipeline(stages=[SQLTransformer(statement=f"SELECT *, id * {times} AS product FROM __THIS__")])
    return Fitted(pipeline.fit(spark.range(1)), metric, "rmsse", {"mae": 2.0}, {"times": times}, card="# Multiplies")


def product(spark: SparkSession, model: PipelineModel) -> int:
    """What the model makes of 3."""
    row = model.transform(spark.range(3, 4)).first()
    assert row is not None
    return int(row["product"])


def test_without_a_champion_scoring_is_refused_with_the_remedy(models: Models) -> None:
    missing = Model("never.trained", "Nothing.")
    assert models.champion_version(missing) is None
    assert models.newest_version(missing) is None
    with pytest.raises(JobError, match=r"never\.trained has no champion yet: run the job that trains it"):
        models.champion(missing)


def test_the_first_version_is_champion_a_worse_one_is_not_and_an_equal_one_is(spark: SparkSession, models: Models) -> None:
    """Errors .8, .9, .8: version 1 leads, 2 is worse, 3 is not worse than 1. Each multiplies by its own number."""
    inputs = {"features.item_week": 4}
    versions = []
    for times, metric in ((1, 0.8), (2, 0.9), (3, 0.8)):
        written = models.register(DEMAND, fitted(spark, metric, times), inputs)
        versions.append((written.version, models.champion_version(DEMAND), models.newest_version(DEMAND)))
    assert versions == [(1, 1, 1), (2, 1, 2), (3, 3, 3)]
    assert product(spark, models.champion(DEMAND)) == 9


def test_a_version_remembers_its_inputs_params_and_metrics(spark: SparkSession, models: Models) -> None:
    remembered = Model("demand.remembered", "Demand.")
    models.register(remembered, fitted(spark, 0.7, 5), {"features.item_week": 12, "silver.items": 3})
    client = models._connect()
    version = client.get_model_version_by_alias("completejourney-demand-remembered", "champion")
    run = client.get_run(version.run_id).data
    assert {name: run.tags[name] for name in ("input.features.item_week", "input.silver.items")} == {
        "input.features.item_week": "12",
        "input.silver.items": "3",
    }
    assert run.params == {"times": "5"}
    assert run.metrics == {"rmsse": 0.7, "mae": 2.0}
    assert version.description == "# Multiplies\n\n## Versions of what it read\n- features.item_week: 12\n- silver.items: 3"


def test_a_transductive_model_follows_its_data_even_where_it_is_worse(spark: SparkSession, models: Models) -> None:
    """Worse on the same data: stays out. Worse on new data: leads, since the old one lacks the new ids."""
    models.register(FACTORS, fitted(spark, 0.5), {"features.interactions": 1})
    models.register(FACTORS, fitted(spark, 0.6), {"features.interactions": 1})
    assert models.champion_version(FACTORS) == 1
    models.register(FACTORS, fitted(spark, 0.9), {"features.interactions": 2})
    assert models.champion_version(FACTORS) == 3


def test_a_sqlite_store_is_made_where_its_folder_is_missing(models: Models, tmp_path: Path) -> None:
    store = tmp_path / "deep" / "mlflow.db"
    other = Models(settings_under(tmp_path, f"mlflow.tracking_uri=sqlite:///{store}"))
    assert other.champion_version(DEMAND) is None
    assert store.is_file()


def test_a_registry_that_cannot_be_asked_is_no_empty_one(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else whatever came would be promoted over a champion that could not be seen."""

    def refused(*_: object) -> None:
        raise MlflowException("who are you?", error_code=PERMISSION_DENIED)

    monkeypatch.setattr(models._connect(), "get_model_version_by_alias", refused)
    with pytest.raises(MlflowException, match="who are you"):
        models.champion_version(DEMAND)


def test_a_model_says_what_its_stages_need_however_deep_they_lie(spark: SparkSession) -> None:
    boosted = SparkXGBClassifierModel()
    nested = PipelineModel([PipelineModel([boosted])])
    assert _requirements(PipelineModel([])) == [f"pyspark=={pyspark.__version__}"]
    assert _requirements(nested) == [f"pyspark=={pyspark.__version__}", f"xgboost=={xgboost.__version__}"]
