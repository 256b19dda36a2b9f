"""Settings come in layers; what is misspelt is refused by name wherever it stands."""

from datetime import date
from pathlib import Path

import pytest

from shelfwise.core.errors import SettingsError
from shelfwise.core.job import Params
from shelfwise.core.settings import Settings, job_params, load_settings, refuse_key_in_lake, refuse_unknown_jobs
from shelfwise.core.workplace import prepare

BASE = """
source: completejourney
as_of: null
jobs_at_once: 1
lake: {root: base, personal_root: base-personal, lease_seconds: 1, keep_days: 30}
spark: {master: null, driver_memory: null, jars: null, log: spark.log, conf: {}}
mlflow: {tracking_uri: sqlite:///x.db, artifacts: null, experiment: x, staging: null}
pseudonyms: {key_file: key}
assumptions: assumptions.yaml
report: report.html
sources: {}
jobs: {}
"""


class Levels(Params):
    level: float = 0.5


@pytest.fixture
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A conf folder with a base and one overlay, which a test may change."""
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "local.yaml").write_text("lake: {root: overlay}")
    (tmp_path / "assumptions.yaml").write_text("- {scope: '*'}")
    monkeypatch.setenv("SHELFWISE_CONF", str(tmp_path))
    return tmp_path


def test_an_overlay_wins_over_the_base_and_leaves_the_rest(conf: Path) -> None:
    """The overlay sets lake.root only: lake.personal_root stays the base's."""
    assert load_settings("local").lake.root == "overlay"
    assert load_settings("local").lake.personal_root == "base-personal"


def test_of_two_overlays_the_later_one_wins(conf: Path) -> None:
    (conf / "sample.yaml").write_text("lake: {root: later}")
    assert load_settings("local,sample").lake.root == "later"
    assert load_settings("sample,local").lake.root == "overlay"


def test_an_environment_variable_wins_over_the_overlay(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_LAKE__ROOT", "variable")
    assert load_settings("local").lake.root == "variable"


def test_a_set_option_wins_over_the_environment(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_LAKE__ROOT", "variable")
    assert load_settings("local", ["lake.root=option"]).lake.root == "option"


def test_the_later_of_two_set_options_wins(conf: Path) -> None:
    assert load_settings("local", ["lake.root=a", "lake.root=b"]).lake.root == "b"


def test_the_source_is_filled_into_paths(conf: Path) -> None:
    assert load_settings("local", source="files").at("x/{source}/y") == "x/files/y"


def test_how_many_jobs_run_at_once_is_a_number_from_one_on(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_JOBS_AT_ONCE", "3")
    assert load_settings("local").jobs_at_once == 3
    with pytest.raises(SettingsError, match=r"'jobs_at_once' = 0: Input should be greater than or equal to 1"):
        load_settings("local", ["jobs_at_once=0"])


def test_an_as_of_is_read_as_a_day(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings("local", ["as_of=2017-10-29"]).as_of == date(2017, 10, 29)
    monkeypatch.setenv("SHELFWISE_AS_OF", "2017-10-22")
    assert load_settings("local").as_of == date(2017, 10, 22)


def test_a_spark_conf_may_be_set_by_its_own_dotted_name(conf: Path) -> None:
    settings = load_settings("local", ["spark.conf.spark.sql.shuffle.partitions=3"])
    assert settings.spark.conf == {"spark.sql.shuffle.partitions": 3}


@pytest.mark.parametrize("layer", ["base", "overlay", "variable", "option"])
def test_an_unknown_key_is_refused_by_name_in_every_layer(layer: str, conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sets = []
    match layer:
        case "base":
            (conf / "base.yaml").write_text(BASE.replace("{root: base,", "{root: base, rooot: x,"))
        case "overlay":
            (conf / "local.yaml").write_text("lake: {rooot: x}")
        case "variable":
            monkeypatch.setenv("SHELFWISE_LAKE__ROOOT", "x")
        case "option":
            sets = ["lake.rooot=x"]
    with pytest.raises(SettingsError, match=r"'lake\.rooot'.*Did you mean 'root'"):
        load_settings("local", sets)


def test_an_unknown_section_in_a_variable_is_refused_by_name(conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_LAEK__ROOT", "x")
    with pytest.raises(SettingsError, match=r"SHELFWISE_LAEK__ROOT.*Did you mean 'lake'"):
        load_settings("local")


def test_a_setting_that_shares_its_name_with_a_job_can_be_set(conf: Path) -> None:
    """`report` is a path among the settings and a job; `report.x` would be a parameter of the job."""
    assert load_settings("local", ["report=elsewhere.html"], jobs=["report"]).report == "elsewhere.html"
    assert load_settings("local", ["report.x=1"], jobs=["report"]).jobs["report"] == {"x": 1}


def test_an_unknown_head_of_a_set_option_is_refused_with_the_nearest_job_or_setting(conf: Path) -> None:
    with pytest.raises(SettingsError, match=r"neither a job nor a setting.*Did you mean 'kpis'"):
        load_settings("local", ["kpi.level=1"], jobs=["kpis"])


@pytest.mark.parametrize("item", ["lake.root", "=x", ".root=x"])
def test_a_set_option_without_name_or_value_is_refused_with_its_form(item: str, conf: Path) -> None:
    with pytest.raises(SettingsError, match=r"write it as job\.param=value"):
        load_settings("local", [item])


def test_a_set_option_whose_value_is_no_yaml_is_refused(conf: Path) -> None:
    with pytest.raises(SettingsError, match="no valid YAML"):
        load_settings("local", ["report={source}.html: ["])


def test_an_unknown_overlay_is_refused_with_the_nearest_one_and_other_yaml_is_no_overlay(conf: Path) -> None:
    with pytest.raises(SettingsError, match="Did you mean 'local'"):
        load_settings("locl")
    with pytest.raises(SettingsError) as refused:
        load_settings("moon")
    assert "Known: local." in str(refused.value)


def test_an_overlay_that_is_a_list_is_refused_by_its_path(conf: Path) -> None:
    (conf / "local.yaml").write_text("- a\n- b")
    with pytest.raises(SettingsError, match=r"local\.yaml must hold settings by name, not list"):
        load_settings("local")


def test_a_value_of_a_wrong_type_is_named_with_what_was_given(conf: Path) -> None:
    with pytest.raises(SettingsError, match=r"'lake\.lease_seconds' = 'soon'"):
        load_settings("local", ["lake.lease_seconds=soon"])


def test_a_job_parameter_comes_from_the_settings_else_from_its_default(conf: Path) -> None:
    settings = load_settings("local", ["kpis.level=0.9"], jobs=["kpis"])
    assert job_params(settings, "kpis", Levels).level == 0.9
    assert job_params(settings, "other", Levels).level == 0.5


def test_an_unknown_job_parameter_is_refused_with_the_nearest_one(conf: Path) -> None:
    settings = load_settings("local", ["kpis.levle=0.9"], jobs=["kpis"])
    with pytest.raises(SettingsError, match=r"jobs\.kpis: unknown parameter 'levle'. Did you mean 'level'"):
        job_params(settings, "kpis", Levels)


def test_a_job_that_does_not_exist_is_refused_in_the_settings_too(conf: Path) -> None:
    (conf / "local.yaml").write_text("jobs: {kpiz: {level: 1}}")
    with pytest.raises(SettingsError, match=r"'kpiz'.*Did you mean 'kpis'"):
        refuse_unknown_jobs(load_settings("local"), ["kpis"])


def test_a_conf_folder_without_a_base_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_CONF", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=r"holds no base\.yaml"):
        load_settings("local")


@pytest.mark.parametrize("env", ["local", "docker", "cluster", "databricks", "local,sample"])
def test_every_shipped_overlay_gives_valid_settings(env: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_CONF", str(Path(__file__).parents[2] / "conf"))
    assert isinstance(load_settings(env), Settings)


@pytest.mark.parametrize("root", ["root", "personal_root"])
def test_a_key_inside_the_lake_is_refused(tmp_path: Path, root: str) -> None:
    inside = load_settings("local", [f"lake.{root}={tmp_path}/lake", f"pseudonyms.key_file={tmp_path}/lake/silver/key"])
    with pytest.raises(SettingsError, match=rf"key_file = .*silver/key lies inside lake\.{root}"):
        refuse_key_in_lake(inside)
    refuse_key_in_lake(load_settings("local", [f"lake.{root}={tmp_path}/lake", f"pseudonyms.key_file={tmp_path}/lake.key"]))


def test_the_sample_is_a_tenth_of_the_households_with_parameters_that_its_jobs_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_CONF", str(Path(__file__).parents[2] / "conf"))
    settings = prepare("local,sample").settings
    assert settings.sources["completejourney"]["households"] == 0.1
    assert settings.jobs["train_demand"] | {"origins": 2} == settings.jobs["backtest_demand"]


def test_a_short_pseudonym_key_is_refused_before_anything_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFWISE_PSEUDONYM_KEY", "fifteen letters")
    with pytest.raises(SettingsError, match="give at least 16 characters"):
        prepare("local")
