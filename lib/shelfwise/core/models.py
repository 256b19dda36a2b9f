"""MLflow keeps the models: each version tied to the table versions it was trained on, the champion by alias."""

import importlib
import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from threading import RLock
from typing import Any

from pyspark.ml import PipelineModel

from shelfwise.core.errors import JobError
from shelfwise.core.job import Fitted, Model
from shelfwise.core.lake import Written
from shelfwise.core.settings import Settings

CHAMPION = "champion"
PACKAGED = {"pyspark", "xgboost"}  # makers of stages that are packages of their own
NOT_THERE = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")  # no such model; no such alias of it


class Models:
    """The registry of one shop's models. `import mlflow` takes seconds, so it happens on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None
        self._turn = RLock()  # its local store is one SQLite file, and jobs run side by side

    def register(self, model: Model, fitted: Fitted, inputs: Mapping[str, Any]) -> Written:
        """A new version; it becomes champion where there is none or where its metric is not worse."""
        with self._turn:
            return self._register(model, fitted, inputs)

    def _register(self, model: Model, fitted: Fitted, inputs: Mapping[str, Any]) -> Written:
        import mlflow
        import mlflow.spark

        client = self._connect()
        with mlflow.start_run(run_name=model.name) as run:
            mlflow.log_params({name: str(value)[:500] for name, value in fitted.params.items()})
            mlflow.log_metrics({**fitted.metrics, fitted.metric_name: fitted.metric})
            mlflow.set_tags({f"input.{name}": str(version) for name, version in inputs.items()})
            mlflow.spark.log_model(
                fitted.model,
                "model",
                registered_model_name=self._registered(model),
                pip_requirements=_requirements(fitted.model),
                dfs_tmpdir=self._staging(),
            )
        version = self._version_of(client, model, run.info.run_id)
        client.update_model_version(self._registered(model), version, description=_card(fitted, inputs))
        if self._not_worse(client, model, fitted, inputs):
            client.set_registered_model_alias(self._registered(model), CHAMPION, version)
        return Written(int(version), 1)

    def champion(self, model: Model) -> PipelineModel:
        """The model that scoring uses."""
        import mlflow.spark

        if self.champion_version(model) is None:
            raise JobError(f"model {model.name} has no champion yet: run the job that trains it, or add --upstream.")
        uri = f"models:/{self._registered(model)}@{CHAMPION}"
        champion: PipelineModel = mlflow.spark.load_model(uri, dfs_tmpdir=self._staging())
        return champion

    def champion_version(self, model: Model) -> int | None:
        from mlflow.exceptions import MlflowException

        try:
            return int(self._connect().get_model_version_by_alias(self._registered(model), CHAMPION).version)
        except MlflowException as error:
            if error.error_code in NOT_THERE:
                return None
            raise

    def newest_version(self, model: Model) -> int | None:
        """The version registered last, champion or not; None where there is none."""
        versions = self._connect().search_model_versions(f"name = '{self._registered(model)}'")
        return max((int(version.version) for version in versions), default=None)

    def about(self, model: Model, version: int) -> dict[str, Any]:
        """Figures of one version, its run's id in MLflow, and whether it is the champion now."""
        client = self._connect()
        registered = client.get_model_version(self._registered(model), str(version))
        metrics = client.get_run(registered.run_id).data.metrics
        champion = self.champion_version(model) == version
        return {
            "registered": self._registered(model),
            "mlflow_run": registered.run_id,
            "champion": champion,
            "metrics": dict(metrics),
        }

    def _not_worse(self, client: Any, model: Model, fitted: Fitted, inputs: Mapping[str, Any]) -> bool:
        if self.champion_version(model) is None:
            return True
        held = client.get_model_version_by_alias(self._registered(model), CHAMPION)
        run = client.get_run(held.run_id).data
        # gold holds judgements of models, not what they are fitted on
        fitted_on = {name: version for name, version in inputs.items() if not name.startswith("gold.")}
        other_data = any(run.tags.get(f"input.{name}") != str(version) for name, version in fitted_on.items())
        if model.transductive and other_data:
            return True
        old = run.metrics.get(fitted.metric_name)
        return old is None or fitted.metric <= old

    def _version_of(self, client: Any, model: Model, run_id: str) -> str:
        versions = client.search_model_versions(f"name = '{self._registered(model)}'")
        return str(next(v.version for v in versions if v.run_id == run_id))

    def _registered(self, model: Model) -> str:
        return f"{self._settings.source}-{model.name.replace('.', '-')}"

    def _staging(self) -> str:
        return self._settings.mlflow.staging or str(Path(tempfile.gettempdir()) / "shelfwise-mlflow")

    def _connect(self) -> Any:
        with self._turn:
            return self._connected()

    def _connected(self) -> Any:
        if self._client is None:
            os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
            warnings.filterwarnings("ignore", module="mlflow")
            import logging

            import mlflow

            for name in ("mlflow", "alembic"):
                logging.getLogger(name).setLevel(logging.ERROR)
            mlflow.set_tracking_uri(_made(self._settings.mlflow.tracking_uri))
            mlflow.set_registry_uri(self._settings.mlflow.tracking_uri)
            self._client = mlflow.MlflowClient()
            self._use_experiment(mlflow)
        return self._client

    def _use_experiment(self, mlflow: Any) -> None:
        name, artifacts = self._settings.at(self._settings.mlflow.experiment), self._settings.mlflow.artifacts
        if artifacts and self._client.get_experiment_by_name(name) is None:
            place = artifacts if "://" in artifacts else Path(artifacts).resolve().as_uri()
            self._client.create_experiment(name, artifact_location=place)
        mlflow.set_experiment(name)


def _made(uri: str) -> str:
    """A SQLite store needs its folder to exist."""
    if uri.startswith("sqlite:///"):
        Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return uri


def _requirements(model: Any) -> list[str]:
    """What who loads the model elsewhere needs: Spark, and the makers of its stages, however deep in it."""
    return sorted(
        f"{name}=={importlib.import_module(name).__version__}" for name in _makers(model) | {"pyspark"} if name in PACKAGED
    )


def _makers(model: Any) -> set[str]:
    own = {type(model).__module__.partition(".")[0]}
    return own.union(*[_makers(stage) for stage in getattr(model, "stages", [])])


def _card(fitted: Fitted, inputs: Mapping[str, Any]) -> str:
    """The model's own words, and the versions of the tables that it rests on."""
    versions = [f"- {name}: {version}" for name, version in sorted(inputs.items())]
    return "\n".join([fitted.card, "", "## Versions of what it read", *versions]).strip()
