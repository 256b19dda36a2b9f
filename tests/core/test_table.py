"""A contract that contradicts itself is refused where it is declared."""

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import types as T

from shelfwise.core.errors import ContractError
from shelfwise.core.table import Table, admitted, optional, quarantine_of, required

SCHEMA = {"id": required("string", "the id"), "units": optional("long", "units")}
DOC = "Shelves. One row per id."


@pytest.mark.parametrize("wrong", [{"key": ("code",)}, {"slice": "as_of"}, {"happened": "day"}, {"known": "known_at"}])
def test_a_column_named_but_not_declared_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ContractError, match="not in its schema"):
        Table(**({"name": "gold.shelves", "doc": DOC, "key": ("id",), "schema": SCHEMA} | wrong))


def test_a_doc_without_a_grain_is_refused() -> None:
    with pytest.raises(ContractError, match="must say its grain"):
        Table(name="gold.shelves", doc="Shelves.", key=("id",), schema=SCHEMA)


def test_the_struct_has_types_nullability_and_comments_of_the_declaration(spark: SparkSession) -> None:
    struct = Table(name="gold.shelves", doc=DOC, key=("id",), schema=SCHEMA).struct
    assert struct["id"] == T.StructField("id", T.StringType(), False, {"comment": "the id"})
    assert struct["units"] == T.StructField("units", T.LongType(), True, {"comment": "units"})


def test_required_columns_are_rules_before_the_checks() -> None:
    table = Table(name="gold.shelves", doc=DOC, key=("id",), schema=SCHEMA, checks={"units_positive": "units > 0"})
    assert table.rules() == {"id_is_missing": "id IS NOT NULL", "units_positive": "units > 0"}
    assert list(table.rules()) == ["id_is_missing", "units_positive"]


def test_an_admitted_table_keeps_its_columns_and_gains_the_batch() -> None:
    table = Table(name="silver.shelves", doc=DOC, key=("id",), schema=SCHEMA)
    assert admitted(table).columns == ["id", "units", "_batch", "_file", "_ingested_at"]


def test_the_quarantine_of_a_silver_table_lies_with_the_raw_personal_data() -> None:
    quarantine = quarantine_of(Table(name="silver.shelves", doc=DOC, key=("id",), schema=SCHEMA))
    assert quarantine.name == "bronze.silver_shelves_quarantine"
    assert quarantine.personal
    assert quarantine.slice == "_batch"
