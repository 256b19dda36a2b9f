"""A user's own CSV, JSON, Parquet or Delta files, told by a YAML mapping what they mean: see conf/files-example.yaml.

For each kind of files the mapping says where they are and what each silver column is: a column's name, or a Spark SQL
expression over the file's columns (written in backticks there, so that they are looked for in each file before it is read).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from shelfwise.core.conf_rows import conf_file
from shelfwise.core.errors import SettingsError
from shelfwise.core.settings import suggest
from shelfwise.core.shop import KINDS, FileSet, Offer
from shelfwise.sources.mapping import FALLBACKS, KNOWN, Place, mapped, sold_only
from shelfwise.sources.offering import Options, options_of

PLAIN_NAME = re.compile(r"[^\W\d][\w .-]*")
IN_BACKTICKS = re.compile(r"`([^`]+)`")
NOT_MAPPED = ("campaign_customers", "coupons", "categories")  # a mapping gives promotions, campaigns and items whole


class FilesOptions(Options):
    path: str | None = None
    mapping: str
    as_of: date | None = None


class KindMapping(Options):
    pattern: str
    format: Literal["csv", "json", "parquet", "delta"] = "csv"
    options: dict[str, str] = Field(default_factory=dict)
    zone: str | None = None
    numbers: list[str] = Field(default_factory=list)
    columns: dict[str, str | int | float | bool]


class MappingFile(Options):
    zone: str
    country: str
    kinds: dict[str, KindMapping]


@dataclass(frozen=True)
class OwnFiles:
    """The shop; see core.shop.Shop."""

    name: str
    as_of: date | None
    key_file: str
    files: Mapping[str, FileSet]
    offers: Mapping[str, Mapping[str, Offer]]


def open_shop(options: dict[str, Any], key_file: str) -> OwnFiles:
    chosen = options_of(FilesOptions, "files", options)
    if not chosen.path:
        raise SettingsError("sources.files.path is not set: name the folder that the mapping's patterns start from.")
    place = conf_file(chosen.mapping)
    told = _read(place)
    _check(told, place)
    files = {kind: _file_set(chosen.path, one) for kind, one in told.kinds.items()}
    return OwnFiles("files", chosen.as_of, key_file, files, _offers(told, place, key_file))


def _offers(told: MappingFile, file: Path, key_file: str) -> dict[str, dict[str, Offer]]:
    offers: dict[str, dict[str, Offer]] = {}
    for kind, one in told.kinds.items():
        place = Place(kind, one.zone or told.zone, told.zone, told.country, key_file, str(file))
        read = partial(mapped, columns=_expressions(one), numbers=one.numbers, place=place)
        offers.setdefault(KNOWN[kind].table, {})[kind] = read
    sales = Place("sales", told.zone, told.zone, told.country, key_file, str(file))
    for kind, key in (("items", "item_id"), ("customers", "customer_id"), ("locations", "location_id")):
        # what was sold, to whom and where, without being on a list of its own
        in_sales = _expressions(told.kinds["sales"]).get(key) or FALLBACKS["sales"].get(key)
        in_list = _expressions(told.kinds[kind]).get(key) if kind in told.kinds else None
        if in_sales and in_sales != "NULL":
            offers.setdefault(kind, {})["sales"] = partial(sold_only, kind=kind, key=in_sales, listed_key=in_list, place=sales)
    return offers


def _expressions(one: KindMapping) -> dict[str, str]:
    return {name: _expression(value) for name, value in one.columns.items()}


def _expression(value: str | int | float | bool) -> str:
    """A plain name means the file's column of that name."""
    text = str(value)
    plain = isinstance(value, str) and PLAIN_NAME.fullmatch(text) and text.lower() not in ("null", "true", "false")
    return f"`{text}`" if plain else text


def _file_set(root: str, one: KindMapping) -> FileSet:
    folder, _, pattern = f"{root.rstrip('/')}/{one.pattern}".rpartition("/")
    needed = {column for text in _expressions(one).values() for column in IN_BACKTICKS.findall(text)} | set(one.numbers)
    type = "string" if one.format in ("csv", "json") else "*"
    return FileSet(folder, pattern, one.format, dict.fromkeys(sorted(needed), type), "sources.files.path", one.options)


def _read(place: Path) -> MappingFile:
    if not place.is_file():
        raise SettingsError(f"sources.files.mapping: there is no file {place}: correct the setting.")
    try:
        return MappingFile.model_validate(yaml.safe_load(place.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise SettingsError(f"{place} is no valid YAML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{place}: {where}: {first['msg']}.") from None


def _check(told: MappingFile, place: Path) -> None:
    """Every kind and column of the mapping is known, and none that silver needs is forgotten."""
    kinds = [kind for kind in KINDS if kind not in NOT_MAPPED]
    for kind, one in told.kinds.items():
        if kind not in kinds:
            raise SettingsError(f"{place}: unknown kind '{kind}'.{suggest(kind, kinds)}")
        columns = KNOWN[kind].columns
        for name in one.columns:
            if name not in columns:
                raise SettingsError(f"{place}: kinds.{kind}.columns has an unknown column '{name}'.{suggest(name, columns)}")
        for name in KNOWN[kind].needed:
            if name not in one.columns:
                raise SettingsError(f"{place}: kinds.{kind}.columns must say what '{name}' is.")
    if "sales" not in told.kinds:
        raise SettingsError(f"{place}: kinds.sales is missing: sales are the one kind that must be there.")
