"""What adapters share: reading their options, and turning raw rows into rows for admission."""

from collections.abc import Mapping
from functools import reduce
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from shelfwise.core.arrivals import CORRUPT
from shelfwise.core.errors import SettingsError
from shelfwise.core.pseudonyms import pseudonym
from shelfwise.core.settings import suggest
from shelfwise.core.table import BATCH_COLUMNS

O = TypeVar("O", bound="Options")  # noqa: E741

UNKNOWN = "UNKNOWN"
NOT_UTF8 = "\ufffd"  # what a reader puts where bytes are no UTF-8


class Options(BaseModel):
    """Base of a source's options: an unknown name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def options_of(model: type[O], shop: str, given: dict[str, Any]) -> O:
    """The source's options; an unknown or unusable one is named."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise SettingsError(f"sources.{shop}: unknown option '{name}'.{suggest(name, list(model.model_fields))}") from None
        raise SettingsError(f"sources.{shop}.{name} = {first.get('input')!r}: {first['msg']}.") from None


def offer(raw: DataFrame, rules: Mapping[str, Column] | None = None, /, **columns: Column) -> DataFrame:
    """Rows for admission: silver columns, batch columns, the row as it came, and the adapter's own broken `rules`.

    A rule is a name and the condition under which a row breaks it. Lines with a wrong number of fields, and bytes that
    are no UTF-8, break a rule in every text file.
    """
    own = [name for name in raw.columns if name not in BATCH_COLUMNS]
    found = {**_text_rules(raw, own), **(rules or {})}
    broken = F.array_compact(F.array(*[F.when(condition, name) for name, condition in found.items()]).cast("array<string>"))
    return raw.select(
        *[column.alias(name) for name, column in columns.items()],
        *BATCH_COLUMNS,
        F.to_json(F.struct(*[F.col(f"`{name}`") for name in own])).alias("raw"),
        broken.alias("broken"),
    )


def torn(raw: DataFrame) -> Column:
    """Of a row of a text file: it could not be read, of which quarantine tells."""
    own = [name for name in raw.columns if name not in BATCH_COLUMNS]
    broken = [F.coalesce(condition, F.lit(False)) for condition in _text_rules(raw, own).values()]
    return reduce(lambda a, b: a | b, broken, F.lit(False))


def intact(raw: DataFrame) -> DataFrame:
    """Rows that could be read."""
    return raw.where(~torn(raw))


def missing_from(sales: DataFrame, listed: DataFrame | None, key: str) -> DataFrame:
    """One row per `key` that occurs in sales and not in the list, with the first file that brought it."""
    sold = sales.groupBy(key).agg(*[F.min(name).alias(name) for name in BATCH_COLUMNS]).where(F.col(key).isNotNull())
    return sold if listed is None else sold.join(listed.select(key), key, "left_anti")


def of_party(kind: Column, own: Column, key_file: str) -> Column:
    """A supplier's own code, or number of an invoice; every other party is somebody, and gets pseudonyms of both."""
    return F.when(kind == "supplier", own.cast("string")).otherwise(pseudonym(own, key_file))


def text(name: str) -> Column:
    """A name of a category path: UNKNOWN where there is none."""
    return F.coalesce(F.nullif(F.trim(F.col(name)), F.lit("")), F.lit(UNKNOWN))


def _text_rules(raw: DataFrame, own: list[str]) -> dict[str, Column]:
    if CORRUPT not in own:
        return {}
    texts = F.concat_ws("", *[F.col(f"`{name}`") for name in own])
    return {"wrong_number_of_fields": F.col(CORRUPT).isNotNull(), "text_is_not_utf8": texts.contains(NOT_UTF8)}
