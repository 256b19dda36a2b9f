"""What holds for every table, model and job, whoever declared it."""

import re
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

import shelfwise
from shelfwise.contracts import models
from shelfwise.contracts.tables import ALL
from shelfwise.core.conform import empty
from shelfwise.core.dag import dependencies, jobs_folder, load_jobs, question
from shelfwise.core.job import Conf, Files, Job, Model, Page, Whole, Write
from shelfwise.core.lake import Lake
from shelfwise.core.settings import job_params, load_settings
from shelfwise.core.shop import KINDS
from shelfwise.core.table import Table
from tests.conftest import settings_under

TABLES = list(ALL.values())
# written by the runner and the gate themselves, as a record of what jobs did
KEPT_BY_CORE = {"ops.runs", "bronze.files", "silver.ingest_ledger", "ops.pseudonym_keys", "ops.maintenance"}


@pytest.fixture(scope="module")
def jobs() -> dict[str, Job]:
    return load_jobs(jobs_folder())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_tables_doc_ends_with_its_grain_and_its_columns_say_what_they_mean(table: Table) -> None:
    last = table.doc.rstrip(".").rpartition("One row per ")
    assert last[1], f"{table.name}: 'One row per …' is missing"
    assert "." not in last[2].replace("bronze.", ""), f"{table.name}: the grain is the last sentence"
    assert [name for name, column in table.schema.items() if not column.doc.strip()] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_columns_of_a_key_are_required_and_a_slice_is_part_of_the_key(table: Table) -> None:
    assert [name for name in table.key if table.schema[name].nullable] == []
    assert table.slice is None or table.slice in table.key


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_tables_name_is_its_layer_and_a_short_name(table: Table) -> None:
    layer, dot, short = table.name.partition(".")
    assert layer in {"bronze", "silver", "features", "gold", "ops"}
    assert dot
    assert short.replace("_", "").isalnum()


def test_times_and_money_have_one_type_everywhere() -> None:
    """A moment is a timestamp, a day is a date; what is called revenue, cost or discount outside features is decimal."""
    for table in TABLES:
        for name, column in table.schema.items():
            if name.endswith("_at") and name != "known_at":
                assert column.type == "timestamp", f"{table.name}.{name}"
            if name.endswith("_on") or name in {"as_of", "day", "week", "known_at"}:
                assert column.type == "date", f"{table.name}.{name}"
            if name.endswith("_id") and not name.startswith("run"):
                assert column.type == "string", f"{table.name}.{name}"
            if table.layer in {"silver", "gold"} and name in {"revenue", "cost", "discount", "unit_cost", "unit_price", "price"}:
                assert column.type == "decimal(14,2)" or table.name == "gold.demand_backtest", f"{table.name}.{name}"


def test_every_check_can_be_asked_of_the_empty_frame(spark: SparkSession) -> None:
    """Each check is a condition over the table's own columns."""
    for table in TABLES:
        verdicts = empty(spark, table).select([F.expr(predicate).alias(name) for name, predicate in table.checks.items()])
        assert {kind for _, kind in verdicts.dtypes} <= {"boolean"}, table.name


@pytest.mark.parametrize(
    "name", ["silver.sales_lines", "silver.customers", "gold.demand_forecast", "gold.inventory_plan", "bronze.sales"]
)
def test_a_table_can_be_created_and_read_back_with_the_declared_schema(name: str, spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(spark, settings_under(tmp_path))
    lake.create(ALL[name])
    assert lake.read(ALL[name]).schema == ALL[name].struct
    lake.create(ALL[name])


def test_a_job_file_is_short_says_its_question_and_how_to_submit_it(jobs: dict[str, Job]) -> None:
    for path in jobs_folder().glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 30, f"{path.name} has 30 lines or more"
        assert f"spark-submit jobs/{path.name}" in text.partition("\n")[0], f"{path.name}: the first line shows the command"
        assert 'if __name__ == "__main__":\n    main(JOB)' in text, f"{path.name} can't be submitted"
        assert question(jobs[path.stem]), f"{path.name} does not say what it is for"


def test_no_job_knows_a_planted_shops_truth(jobs: dict[str, Job]) -> None:
    """Neither the generator's modules nor the folder of truths: what a job knew of them it would be judged by."""
    root, package = Path(__file__).resolve().parents[2], Path(shelfwise.__file__).parent
    readers = [path for path in package.rglob("*.py") if "simulate" not in path.relative_to(package).parts]
    readers += [*jobs_folder().glob("*.py"), *(root / "notebooks").glob("*.py")]
    assert len(readers) > len(jobs) + 100
    knows = re.compile(r"shelfwise\.simulate\b|from shelfwise import [^\n]*\bsimulate\b|[\"'/]truth[\"'/]")
    found = {str(path.relative_to(root)) for path in readers if knows.search(path.read_text(encoding="utf-8"))}
    # the command that lays a shop, and the rule that refuses its truth
    assert found == {"lib/shelfwise/core/cli.py", "lib/shelfwise/core/arrivals.py"}


@pytest.mark.parametrize("env", ["local", "local,sample", "local,tiny"])
def test_what_is_trained_is_what_was_judged(jobs: dict[str, Job], env: str) -> None:
    """Every model's job names a judge that knows all of its parameters and, by the settings that come along, has the same ones."""
    training = [job for job in jobs.values() if job.how is Write.REGISTER]
    assert len(training) >= 3
    settings = load_settings(env, ())
    for job in training:
        judge, _, group = job.judged_by.partition(".")
        judged = job_params(settings, judge, jobs[judge].params)
        known = getattr(judged, group) if group else judged
        for name, value in job_params(settings, job.name, job.params):
            assert getattr(known, name) == value, f"{job.name}: {name}"


def test_every_table_is_written_by_one_job_and_every_model_too(jobs: dict[str, Job]) -> None:
    written = {job.writes.name for job in jobs.values()}
    registered = {model.name for model in vars(models).values() if isinstance(model, Model)}
    assert sorted((set(ALL) - KEPT_BY_CORE | registered) - written) == []
    assert len(written) == len(jobs)


def test_a_job_writes_and_reads_declared_things_only(jobs: dict[str, Job]) -> None:
    """A table that a job names is the one of the contracts, not a copy with other columns."""
    for job in jobs.values():
        for node in (job.writes, *job.reads.values()):
            match node:
                case Table() | Whole():
                    table = node.table if isinstance(node, Whole) else node
                    assert ALL.get(table.name) == table, f"{job.name}: {table.name} is not in the contracts"
                case Files():
                    assert node.kind in KINDS, f"{job.name}: {node.kind}"
                case Model():
                    assert node in vars(models).values(), f"{job.name}: {node.name}"


def test_the_way_of_writing_fits_what_is_written(jobs: dict[str, Job]) -> None:
    for job in jobs.values():
        match job.writes:
            case Model():
                assert job.how is Write.REGISTER, job.name
            case Page():
                assert job.how is Write.FILE, job.name
            case Table() as table:
                assert job.how not in (Write.REGISTER, Write.FILE), job.name
                assert (job.how is Write.SLICE) == (table.slice == "as_of"), f"{job.name}: slices are of as_of"
                assert (job.how is Write.LAND) == (table.layer == "bronze"), job.name


def test_all_that_a_job_reads_is_made_by_another_or_comes_from_outside(jobs: dict[str, Job]) -> None:
    written = {job.writes.name for job in jobs.values()} | KEPT_BY_CORE
    for job in jobs.values():
        missing = [read.name for read in job.reads.values() if read.name not in written and not isinstance(read, (Files, Conf))]
        assert missing == [], f"{job.name} reads what nobody writes"
    assert dependencies(jobs)


def test_every_params_default_is_valid_and_no_param_is_named_like_a_read(jobs: dict[str, Job]) -> None:
    for job in jobs.values():
        assert job.params().model_config["extra"] == "forbid", job.name
        assert job.params().model_config["frozen"], job.name
        assert set(job.params.model_fields).isdisjoint(job.reads), job.name
