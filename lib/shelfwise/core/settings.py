"""Settings say where, params say what: conf/base.yaml, an overlay, SHELFWISE_… variables, --set; in that order."""

import difflib
import os
from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shelfwise.core.errors import SettingsError
from shelfwise.core.packaged import PACKAGE, packaged

P = TypeVar("P", bound=BaseModel)

PREFIX = "SHELFWISE_"
KEY_VARIABLE = "SHELFWISE_PSEUDONYM_KEY"
SHORTEST_KEY = 16  # characters; a shorter one can be guessed by trying
NOT_SETTINGS = {KEY_VARIABLE, "SHELFWISE_CONF", "SHELFWISE_ENV", "SHELFWISE_HOME"}


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LakeSettings(Section):
    root: str = Field(description="root of the tables: any Hadoop path; {source} is filled in")
    personal_root: str = Field(description="root of the tables that hold raw personal data")
    catalog: str | None = Field(default=None, description="keep tables in this catalog instead of under the roots")
    lease_seconds: int = Field(description="how long to wait for another writer of a table")
    keep_days: int = Field(ge=7, description="how long replaced versions can be read; under a week Delta's own check refuses")


class SparkSettings(Section):
    master: str | None = Field(description="None: whatever spark-submit or the platform says")
    driver_memory: str | None
    jars: str | None = Field(description="folder of the Delta jars; None where the platform has them")
    log: str = Field(description="file that Spark's own log goes to")
    conf: dict[str, str | int | float | bool]


class MlflowSettings(Section):
    tracking_uri: str
    artifacts: str | None = Field(description="where model files go; None: the server decides")
    experiment: str
    staging: str | None = Field(description="a path that driver and executors share; None: the driver's disk")


class PseudonymSettings(Section):
    key_file: str


class Settings(BaseSettings):
    """Every setting with its type; conf/base.yaml holds the values and their reasons."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    source: str
    as_of: date | None
    jobs_at_once: int = Field(ge=1, description="how many jobs run side by side where neither waits for the other")
    lake: LakeSettings
    spark: SparkSettings
    mlflow: MlflowSettings
    pseudonyms: PseudonymSettings
    assumptions: str
    report: str
    sources: dict[str, dict[str, Any]]
    jobs: dict[str, dict[str, Any]]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings)

    def at(self, path: str) -> str:
        """A configured path with `{source}` filled in; a relative one is taken from the working folder."""
        return path.replace("{source}", self.source)


def load_settings(env: str = "local", sets: Sequence[str] = (), source: str | None = None, jobs: Sequence[str] = ()) -> Settings:
    """Base, overlays (`env`, by commas), environment, `--source`, `--set`: later ones win.

    `jobs` are the names `--set job.param=` may use.
    """
    folder = conf_folder()
    layers = [_read_yaml(folder / "base.yaml"), *(_read_yaml(_overlay(folder, name)) for name in env.split(","))]
    _refuse_unknown_variables()
    chosen = [_as_tree(item, jobs) for item in sets] + ([{"source": source}] if source else [])
    try:
        from_env = _EnvironmentOnly().model_dump(exclude_unset=True)
        merged: dict[str, Any] = reduce(_merge, [*layers, from_env, *chosen])
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise SettingsError(_in_words(error, Settings)) from None


def job_params(settings: Settings, job: str, model: type[P]) -> P:
    """The validated parameters of one job."""
    try:
        return model.model_validate(settings.jobs.get(job, {}))
    except ValidationError as error:
        raise SettingsError(f"jobs.{job}: {_in_words(error, model, 'parameter')}") from None


def refuse_unknown_jobs(settings: Settings, jobs: Sequence[str]) -> None:
    for name in settings.jobs:
        if name not in jobs:
            raise SettingsError(f"settings name a job '{name}' that does not exist.{suggest(name, jobs)}")


def refuse_short_key() -> None:
    key = os.environ.get(KEY_VARIABLE)
    if key and len(key) < SHORTEST_KEY:
        raise SettingsError(f"{KEY_VARIABLE} is too short: give at least {SHORTEST_KEY} characters.")


def refuse_key_in_lake(settings: Settings) -> None:
    """Whoever may read the tables must not find the key beside them."""
    key = Path(settings.at(settings.pseudonyms.key_file)).resolve()
    for name in ("root", "personal_root"):
        root = settings.at(getattr(settings.lake, name)).removeprefix("file://")
        if "://" not in root and key.is_relative_to(Path(root).resolve()):
            raise SettingsError(
                f"pseudonyms.key_file = {key} lies inside lake.{name}: keep it where readers of the lake can't see it."
            )


def suggest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean '{close[0]}'?" if close else f" Known: {', '.join(sorted(known)) or 'none'}."


def conf_folder() -> Path:
    """SHELFWISE_CONF, else ./conf, else the copy inside the package, else the checkout's."""
    if named := os.environ.get("SHELFWISE_CONF"):
        if not (Path(named) / "base.yaml").is_file():
            raise SettingsError(f"SHELFWISE_CONF={named} holds no base.yaml: point it to a conf folder, or unset it.")
        return Path(named)
    for folder in (Path("conf"), packaged("conf"), PACKAGE.parents[1] / "conf"):
        if (folder / "base.yaml").is_file():
            return folder
    raise SettingsError("No conf/base.yaml found: run from the project folder, or point SHELFWISE_CONF to a conf folder.")


def _overlay(folder: Path, env: str) -> Path:
    path = folder / f"{env}.yaml"
    if not path.is_file():
        known = [p.stem for p in sorted(folder.glob("*.yaml")) if p.stem != "base" and _is_overlay(p)]
        raise SettingsError(f"--env {env}: there is no {path}.{suggest(env, known)}")
    return path


def _is_overlay(path: Path) -> bool:
    """The folder also holds YAML that is no settings: assumptions, column mappings."""
    try:
        return set(_read_yaml(path)) <= set(Settings.model_fields)
    except SettingsError:
        return False


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is no valid YAML: {error}") from None
    if not isinstance(tree or {}, dict):
        raise SettingsError(f"{path} must hold settings by name, not {type(tree).__name__}.")
    return tree or {}


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _as_tree(item: str, jobs: Sequence[str]) -> dict[str, Any]:
    """`job.param=value` or `section.key=value` as a nested mapping; the value is read as YAML."""
    path, equals, text = item.partition("=")
    parts = path.strip().split(".")
    if not equals or not all(parts):
        raise SettingsError(f"--set {item}: write it as job.param=value or section.key=value.")
    if parts[0] in jobs and len(parts) > 1:  # 'report' alone is the setting, 'report.x' the job's parameter
        parts = ["jobs", *parts]
    elif parts[0] not in Settings.model_fields:
        close = suggest(parts[0], [*jobs, *Settings.model_fields])
        raise SettingsError(f"--set {item}: '{parts[0]}' is neither a job nor a setting.{close}")
    if parts[:2] == ["spark", "conf"] and parts[2:]:
        parts = ["spark", "conf", ".".join(parts[2:])]  # Spark's own names have dots
    try:
        value: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        raise SettingsError(f"--set {item}: the value is no valid YAML; put it in quotes.") from None
    return reduce(lambda inner, key: {key: inner}, reversed(parts), value)


def _refuse_unknown_variables() -> None:
    """pydantic-settings ignores a misspelt variable; a user would wonder why it has no effect."""
    for name in os.environ:
        if name.startswith(PREFIX) and name not in NOT_SETTINGS:
            head = name.removeprefix(PREFIX).split("__")[0].lower()
            if head not in Settings.model_fields:
                close = suggest(head, list(Settings.model_fields))
                raise SettingsError(f"environment variable {name}: there is no setting '{head}'.{close}")


def _in_words(error: ValidationError, model: type[BaseModel], what: str = "setting") -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        name = str(first["loc"][-1])
        return f"unknown {what} '{where}'.{suggest(name, _names_at(model, first['loc'][:-1]))}"
    return f"{what} '{where}' = {first.get('input')!r}: {first['msg']}."


def _names_at(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """The names that the section at `path` may hold."""
    for part in path:
        kind = model.model_fields[str(part)].annotation
        sections = [choice for choice in (kind, *get_args(kind)) if isinstance(choice, type) and issubclass(choice, BaseModel)]
        if not sections:
            return []
        model = sections[0]
    return list(model.model_fields)


class _EnvironmentOnly(BaseSettings):
    """The SHELFWISE_… variables alone, as a tree; validated as part of Settings."""

    model_config = SettingsConfigDict(extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    source: str = ""
    as_of: str = ""
    jobs_at_once: str = ""
    lake: dict[str, Any] = {}
    spark: dict[str, Any] = {}
    mlflow: dict[str, Any] = {}
    pseudonyms: dict[str, Any] = {}
    assumptions: str = ""
    report: str = ""
    sources: dict[str, Any] = {}
    jobs: dict[str, Any] = {}
