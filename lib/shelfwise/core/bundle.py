"""The Databricks bundle, written from the declarations: databricks.yml and resources/*.yml.

One job with a task per Shelfwise job on one cluster, a schema per layer and two volumes in the catalog that the target names.
Tasks run the wheel's own command, so that a task is what `shelfwise run JOB` is anywhere else.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from shelfwise.core.job import Job
from shelfwise.core.runs import RUNS
from shelfwise.core.session import QUERY_CONF
from shelfwise.core.settings import KEY_VARIABLE
from shelfwise.core.table import Table
from shelfwise.core.tasks import HOUR, JOB_SECONDS, RETRIES, RETRY_AFTER, RUN_SECONDS, Task, tasks

Tree = dict[str, Any]

HEAD = "# Written by `shelfwise bundle` from the declarations; change those, not this file.\n"
FILES = "/Volumes/${var.catalog}/ops/files"
LANDING = "/Volumes/${var.catalog}/bronze/landing"

VARIABLES: Tree = {
    "catalog": {"description": "Unity Catalog's catalog that holds the tables as catalog.layer.table; each target has its own"},
    "source": {"description": "Which shop: files, or one that is built in (README)", "default": "files"},
    "mapping": {
        "description": "What the delivered files' columns mean, as in conf/files-example.yaml",
        "default": f"{LANDING}/mapping.yaml",
    },
    "spark_version": {
        "description": "A runtime that has the Spark which Shelfwise is tested on, 4.1",
        "default": "18.x-scala2.13",
    },
    "node_type": {"description": "The cloud's name of a machine with some 8 cores and 64 GB", "default": "r5d.2xlarge"},
    "workers": {"description": "Machines beside the driver's", "default": 2},
    "secret_scope": {"description": "The scope whose secret pseudonym-key is the key of the pseudonyms", "default": "shelfwise"},
    "schedule": {"description": "When to run, in UTC: Quartz' seconds, minutes, hours, …", "default": f"0 0 {HOUR} * * ?"},
    "service_principal": {"description": "Application id of who runs staging and prod, and deploys them: one copy of each"},
}


def write_bundle(folder: Path, jobs: Mapping[str, Job]) -> list[Path]:
    """The files written, by path; `folder` becomes the bundle's root."""
    (folder / "resources").mkdir(parents=True, exist_ok=True)
    files = {folder / name: text for name, text in bundle_files(jobs).items()}
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return list(files)


def bundle_files(jobs: Mapping[str, Job]) -> dict[str, str]:
    """The text of each file by its path below the bundle's root; equal declarations give equal texts."""
    trees = {
        "databricks.yml": root(),
        "resources/catalog.yml": {"resources": {"schemas": schemas(jobs), "volumes": volumes()}},
        "resources/job.yml": {"resources": {"jobs": {"shelfwise": job(jobs)}}},
    }
    return {name: HEAD + yaml.safe_dump(tree, sort_keys=False, width=132, allow_unicode=True) for name, tree in trees.items()}


def root() -> Tree:
    """databricks.yml: the wheel, the variables and the three targets."""
    return {
        "bundle": {"name": "shelfwise", "databricks_cli_version": ">= 0.269.0"},  # knows prevent_destroy
        "include": ["resources/*.yml"],
        "sync": {"paths": []},  # all that runs is in the wheel
        "experimental": {"skip_name_prefix_for_schema": True},  # a contract names its schema, also in a developer's own catalog
        "artifacts": {"wheel": {"type": "whl", "path": ".", "build": "make dist", "files": [{"source": "dist/databricks/*.whl"}]}},
        "variables": VARIABLES,
        "targets": {
            # deployed under the developer's own name, its schedule paused
            "dev": {"mode": "development", "default": True, "variables": {"catalog": "shelfwise_dev", "service_principal": "none"}},
            "staging": _served("shelfwise_staging") | {"presets": {"trigger_pause_status": "PAUSED"}},  # run by hand, before prod
            "prod": _served("shelfwise"),
        },
    }


def _served(catalog: str) -> Tree:
    """A target that a service principal runs, with one copy for all."""
    return {
        "mode": "production",
        "workspace": {"root_path": "/Workspace/Users/${var.service_principal}/.bundle/${bundle.name}/${bundle.target}"},
        "run_as": {"service_principal_name": "${var.service_principal}"},
        "variables": {"catalog": catalog},
    }


def schemas(jobs: Mapping[str, Job]) -> Tree:
    """A schema per layer, in the order in which layers are first written; none goes with the bundle, nor do its tables."""
    written = [table for task in tasks(jobs) if isinstance(table := jobs[task.name].writes, Table)]
    layers = dict.fromkeys([*(table.layer for table in written), RUNS.layer])
    personal = {table.layer for table in written if table.personal}
    closed = dict.fromkeys(personal, ": raw personal data, keep readers out")
    about = {layer: f"Shelfwise's {layer} tables{closed.get(layer, '')}." for layer in layers}
    return {layer: {"catalog_name": "${var.catalog}", "name": layer, "comment": about[layer], **_kept()} for layer in layers}


def volumes() -> Tree:
    """Where the shop delivers, and where the page and models in passing lie."""
    about = {
        "landing": ("bronze", "Files as the shop delivers them: raw personal data."),
        "files": ("ops", "The page, and models on their way between driver and executors."),
    }
    return {
        name: {
            "catalog_name": "${var.catalog}",
            "schema_name": f"${{resources.schemas.{schema}.name}}",
            "name": name,
            "volume_type": "MANAGED",
            "comment": comment,
            **_kept(),
        }
        for name, (schema, comment) in about.items()
    }


def _kept() -> Tree:
    return {"lifecycle": {"prevent_destroy": True}}


def job(jobs: Mapping[str, Job]) -> Tree:
    """The one job: each night for the day before, whose date it takes from the trigger so that a repair keeps it."""
    return {
        "name": "shelfwise",
        "description": "From raw files to purchase orders and the page.",
        "schedule": {"quartz_cron_expression": "${var.schedule}", "timezone_id": "UTC", "pause_status": "UNPAUSED"},
        "max_concurrent_runs": 1,
        "queue": {"enabled": True},
        "timeout_seconds": RUN_SECONDS,
        "parameters": [{"name": "as_of", "default": "before {{job.trigger.time.iso_date}}"}],
        "job_clusters": [{"job_cluster_key": "shelfwise", "new_cluster": cluster()}],
        "tasks": [task(each) for each in tasks(jobs)],
    }


def cluster() -> Tree:
    """Settings and the key come from its environment: no secret stands on a command line."""
    return {
        "spark_version": "${var.spark_version}",
        "node_type_id": "${var.node_type}",
        "num_workers": "${var.workers}",
        "data_security_mode": "SINGLE_USER",  # the jobs ask the JVM, which a shared cluster keeps to itself
        "spark_conf": dict(QUERY_CONF),  # not Delta's own: it is built in there
        "spark_env_vars": {
            "SHELFWISE_ENV": "databricks",
            "SHELFWISE_SOURCE": "${var.source}",
            "SHELFWISE_LAKE__CATALOG": "${var.catalog}",
            "SHELFWISE_SOURCES__FILES__PATH": LANDING,
            "SHELFWISE_SOURCES__FILES__MAPPING": "${var.mapping}",
            "SHELFWISE_REPORT": f"{FILES}/report/{{source}}.html",
            "SHELFWISE_MLFLOW__STAGING": f"{FILES}/mlflow",
            "SHELFWISE_MLFLOW__EXPERIMENT": "/Shared/shelfwise-${bundle.target}-{source}",
            KEY_VARIABLE: "{{secrets/${var.secret_scope}/pseudonym-key}}",
        },
    }


def task(each: Task) -> Tree:
    """A rejected file stops nothing: it stands in bronze.files and on the page, and its kind's other files go on."""
    after = {"depends_on": [{"task_key": name} for name in each.after]} if each.after else {}
    parameters = ["run", each.name, "--lenient", "--as-of", "{{job.parameters.as_of}}"]
    return {
        "task_key": each.name,
        "description": each.question,
        **after,
        "job_cluster_key": "shelfwise",
        "python_wheel_task": {"package_name": "shelfwise", "entry_point": "shelfwise", "parameters": parameters},
        "libraries": [{"whl": "../dist/databricks/*.whl"}],
        "max_retries": RETRIES,
        "min_retry_interval_millis": RETRY_AFTER * 1000,
        "timeout_seconds": JOB_SECONDS,
    }
