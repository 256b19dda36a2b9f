"""A table is its contract: one declaration serves Delta, quarantine, docs and tests."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from pyspark.sql import types as T

from shelfwise.core.errors import ContractError


@dataclass(frozen=True)
class Field:
    """One column: its Spark SQL type, what it means (with the unit), and whether NULL is allowed."""

    type: str
    doc: str
    nullable: bool


def required(type: str, doc: str) -> Field:
    return Field(type, doc, nullable=False)


def optional(type: str, doc: str) -> Field:
    return Field(type, doc, nullable=True)


@dataclass(frozen=True)
class Table:
    """The contract of one Delta table, `name` being `layer.table`.

    `slice` names the column whose values are replaced as a whole (an `as_of`, a `_batch`).
    `happened` names the column that says when a fact took place, `known` when a plan was known: a reader
    that gives an `as_of` sees neither facts nor plans from after it.
    `personal` tables hold raw personal data and live under a root of their own.
    `open` tables may grow columns that the contract does not name (what a source sent).
    """

    name: str
    doc: str
    key: tuple[str, ...]
    schema: Mapping[str, Field]
    checks: Mapping[str, str] = field(default_factory=dict)
    slice: str | None = None
    happened: str | None = None
    known: str | None = None
    personal: bool = False
    open: bool = False

    def __post_init__(self) -> None:
        named = (*self.key, *(c for c in (self.slice, self.happened, self.known) if c))
        if missing := [column for column in named if column not in self.schema]:
            raise ContractError(f"{self.name}: {missing} named in the contract but not in its schema")
        if "One row per" not in self.doc:
            raise ContractError(f"{self.name}: the doc must say its grain ('One row per …')")

    @property
    def layer(self) -> str:
        return self.name.partition(".")[0]

    @property
    def columns(self) -> list[str]:
        return list(self.schema)

    @property
    def struct(self) -> T.StructType:
        return T.StructType(
            [
                T.StructField(name, parse_type(column.type), column.nullable, {"comment": column.doc})
                for name, column in self.schema.items()
            ]
        )

    def rules(self) -> dict[str, str]:
        """Every rule a row must keep, by name: required columns first, then the checks."""
        needed = {f"{name}_is_missing": f"{name} IS NOT NULL" for name, c in self.schema.items() if not c.nullable}
        return needed | dict(self.checks)


@cache
def parse_type(ddl: str) -> T.DataType:
    return T.DataType.fromDDL(ddl)


def create_statement(table: Table, sql_name: str, more: Mapping[str, str] | None = None) -> str:
    """The contract as SQL: a statement that a path and a catalog's three-part name take alike; `more` are columns beside it."""
    columns = [column_clause(name, column) for name, column in table.schema.items()]
    columns += [f"`{name}` {type}" for name, type in (more or {}).items() if name not in table.schema]
    properties = {f"delta.constraints.{name}": predicate for name, predicate in table.checks.items()}
    if table.open:
        properties["delta.columnMapping.mode"] = "name"  # a file's own column names may hold spaces
    listed = ", ".join(f"{_literal(name)} = {_literal(value)}" for name, value in properties.items())
    options = f" TBLPROPERTIES ({listed})" if listed else ""
    return f"CREATE TABLE IF NOT EXISTS {sql_name} ({', '.join(columns)}) USING delta COMMENT {_literal(table.doc)}{options}"


def column_clause(name: str, column: Field) -> str:
    return f"`{name}` {column.type}{'' if column.nullable else ' NOT NULL'} COMMENT {_literal(column.doc)}"


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quarantine_of(table: Table) -> Table:
    """Where the rows that broke a rule of `table` are kept, with their reasons."""
    layer, _, short = table.name.partition(".")
    return Table(
        name=f"bronze.{layer}_{short}_quarantine",
        doc=f"Rows refused by {table.name}, with the rules that they broke. One row per refused row.",
        key=("_batch", "_file", "raw"),
        schema=BATCH_COLUMNS
        | {
            "rules": required("array<string>", "names of the broken rules"),
            "raw": required("string", "the row as it came, as JSON; may hold personal data"),
        },
        slice="_batch",
        personal=True,
    )


def admitted(table: Table) -> Table:
    """The contract as stored: with the batch that each row came from."""
    return replace(table, schema=dict(table.schema) | BATCH_COLUMNS, slice="_batch")


BATCH_COLUMNS: dict[str, Field] = {
    "_batch": required("long", "number of the landing that brought the row"),
    "_file": required("string", "path of the file that the row came from"),
    "_ingested_at": required("timestamp", "when the file was landed, UTC"),
}
