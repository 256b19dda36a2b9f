"""Small tables that people keep as YAML beside the settings."""

import hashlib
from pathlib import Path

import yaml
from pyspark.sql import DataFrame, SparkSession

from shelfwise.core.errors import SettingsError
from shelfwise.core.frames import local_frame
from shelfwise.core.job import Conf
from shelfwise.core.settings import Settings, conf_folder


def conf_rows(spark: SparkSession, settings: Settings, source: Conf) -> DataFrame:
    """The rows of the file in the table's columns; a missing or unknown column is named with its row's number."""
    path = _path(settings, source)
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is no valid YAML: {error}") from None
    columns = set(source.table.columns)
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict) or set(row) != columns:
            raise SettingsError(f"{path}, row {number}: it must have exactly the keys {sorted(columns)}, not {row}.")
    values = [tuple(_typed(row[name], source.table.schema[name].type) for name in source.table.columns) for row in rows]
    return local_frame(spark, values, source.table.struct)


def conf_version(settings: Settings, source: Conf) -> str:
    return hashlib.sha256(_path(settings, source).read_bytes()).hexdigest()[:12]


def _typed(value: object, type: str) -> object:
    return float(str(value)) if type == "double" else value


def conf_file(name: str) -> Path:
    """A file that a setting names: as it is, or where there is none the one of that name in conf; it may be missing there too."""
    named = Path(name)
    return named if named.is_file() else conf_folder() / named.name


def _path(settings: Settings, source: Conf) -> Path:
    named = getattr(settings, source.setting)
    path = conf_file(named)
    if not path.is_file():
        raise SettingsError(f"{source.setting}: there is no file {named}: correct the setting.")
    return path
