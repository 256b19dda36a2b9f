"""The committed Databricks bundle is the declarations', fits Databricks' own schema, and names only what there is."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from databricks.sdk.service.catalog import SchemaInfo, VolumeInfo
from databricks.sdk.service.jobs import JobSettings

from shelfwise.core.bundle import bundle_files, write_bundle
from shelfwise.core.dag import dependencies, jobs_folder, load_jobs
from shelfwise.core.job import Job
from shelfwise.core.settings import KEY_VARIABLE, load_settings
from shelfwise.core.table import Table

ROOT = Path(__file__).parents[2]
TARGETS = {
    "dev": ("development", "shelfwise_dev"),
    "staging": ("production", "shelfwise_staging"),
    "prod": ("production", "shelfwise"),
}
BUILT_IN = {"bundle.name", "bundle.target"}  # what Databricks fills in itself


@pytest.fixture(scope="module")
def jobs() -> dict[str, Job]:
    return load_jobs(jobs_folder())


@pytest.fixture(scope="module")
def files(jobs: dict[str, Job]) -> dict[str, str]:
    return bundle_files(jobs)


@pytest.fixture(scope="module")
def bundle(files: dict[str, str]) -> dict[str, Any]:
    """As Databricks merges it: the root with all resources."""
    root, *parts = (yaml.safe_load(text) for text in files.values())
    return root | {"resources": {kind: each for part in parts for kind, each in part["resources"].items()}}


@pytest.fixture(scope="module")
def nightly(bundle: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = bundle["resources"]["jobs"]["shelfwise"]
    return found


def departures(kind: Any, tree: dict[str, Any]) -> bool:
    """The maker's own class forgets names that it doesn't know and values that are none of its choices."""
    return bool(kind.from_dict(copy.deepcopy(tree)).as_dict() != tree)


def test_the_committed_bundle_is_what_the_declarations_give(files: dict[str, str]) -> None:
    assert {name: (ROOT / name).read_text(encoding="utf-8") for name in files} == files, "run: shelfwise bundle"
    assert {path.name for path in (ROOT / "resources").glob("*.yml")} == {Path(name).name for name in files} - {"databricks.yml"}


def test_it_is_written_where_asked_the_same_each_time(tmp_path: Path, jobs: dict[str, Job], files: dict[str, str]) -> None:
    for _ in range(2):
        written = write_bundle(tmp_path, jobs)
    assert {str(path.relative_to(tmp_path)): path.read_text(encoding="utf-8") for path in written} == files


def test_the_job_fits_databricks_own_schema(nightly: dict[str, Any]) -> None:
    """Every name and every choice of the jobs API is known to the maker's own SDK."""
    assert not departures(JobSettings, nightly)


@pytest.mark.parametrize(
    ("where", "name", "value"),
    [("python_wheel_task", "entrypoint", "x"), ("depends_on", "task", "x"), (None, "run_if", "SOMETIMES"), (None, "timeout", 1)],
)
def test_a_name_or_choice_that_the_schema_lacks_is_seen(
    nightly: dict[str, Any], where: str | None, name: str, value: object
) -> None:
    broken = copy.deepcopy(nightly)
    place = broken["tasks"][-1][where] if where else broken["tasks"][-1]
    (place[0] if isinstance(place, list) else place)[name] = value
    assert departures(JobSettings, broken)


def test_schemas_and_volumes_fit_too_and_outlive_the_bundle(bundle: dict[str, Any]) -> None:
    for kind, name in ((SchemaInfo, "schemas"), (VolumeInfo, "volumes")):
        for each in bundle["resources"][name].values():
            assert each["lifecycle"] == {"prevent_destroy": True}
            assert not departures(kind, {key: value for key, value in each.items() if key != "lifecycle"})


def test_every_job_is_a_task_that_waits_for_those_whose_tables_it_reads(nightly: dict[str, Any], jobs: dict[str, Job]) -> None:
    waits = {task["task_key"]: {each["task_key"] for each in task.get("depends_on", [])} for task in nightly["tasks"]}
    assert waits == dependencies(jobs)
    asked = [task["python_wheel_task"]["parameters"][:2] for task in nightly["tasks"]]
    assert asked == [["run", name] for name in waits]


def test_each_target_has_its_own_catalog_and_only_people_develop(bundle: dict[str, Any]) -> None:
    found = {name: (target["mode"], target["variables"]["catalog"]) for name, target in bundle["targets"].items()}
    assert found == TARGETS
    for name in ("staging", "prod"):
        assert bundle["targets"][name]["run_as"] == {"service_principal_name": "${var.service_principal}"}


def test_every_layer_that_a_job_writes_has_a_schema(bundle: dict[str, Any], jobs: dict[str, Job]) -> None:
    layers = {job.writes.layer for job in jobs.values() if isinstance(job.writes, Table)}
    assert set(bundle["resources"]["schemas"]) == layers | {"ops"}


def test_whatever_is_referred_to_is_declared(files: dict[str, str], bundle: dict[str, Any]) -> None:
    """`${var.x}` and `${resources.schemas.x.name}`; a variable has a value in every target or a default."""
    referred = {name for text in files.values() for name in re.findall(r"\$\{([^}]+)\}", text)} - BUILT_IN
    known = {f"var.{name}" for name in bundle["variables"]}
    known |= {f"resources.schemas.{name}.name" for name in bundle["resources"]["schemas"]}
    assert referred <= known
    without = {name for name, about in bundle["variables"].items() if "default" not in about}
    assert without == {"catalog", "service_principal"}  # the latter is asked for at the deployment of staging and prod
    assert set(bundle["targets"]["dev"]["variables"]) == without


def test_the_clusters_environment_is_settings_that_shelfwise_knows(
    nightly: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (cluster,) = (each["new_cluster"] for each in nightly["job_clusters"])
    for name, value in cluster["spark_env_vars"].items():
        monkeypatch.setenv(name, value.replace("${var.catalog}", "shop").replace("${var.source}", "files"))
    settings = load_settings("databricks")
    assert (settings.source, settings.lake.catalog) == ("files", "shop")
    assert settings.sources["files"]["path"] == "/Volumes/shop/bronze/landing"
    assert settings.at(settings.report) == "/Volumes/shop/ops/files/report/files.html"


def test_the_key_comes_from_a_secret_scope_and_stands_nowhere_else(files: dict[str, str], nightly: dict[str, Any]) -> None:
    (cluster,) = (each["new_cluster"] for each in nightly["job_clusters"])
    assert cluster["spark_env_vars"][KEY_VARIABLE] == "{{secrets/${var.secret_scope}/pseudonym-key}}"
    assert (
        sum(text.count("pseudonym-key") + text.count(KEY_VARIABLE) for text in files.values()) == 3
    )  # and the variable's description
