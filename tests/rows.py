"""Valid rows of any contract: what a test does not give is filled by type, or NULL where allowed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shelfwise.core.table import Table

FILLER: dict[str, Any] = {
    "string": "x",
    "long": 1,
    "int": 1,
    "double": 1.0,
    "boolean": False,
    "date": date(2017, 10, 29),
    "timestamp": datetime(2017, 10, 29),
    "array<string>": [],
    "array<double>": [],
}


def row(table: Table, **given: Any) -> tuple[Any, ...]:
    filled = {name: None if column.nullable else FILLER.get(column.type, Decimal(1)) for name, column in table.schema.items()}
    assert set(given) <= set(filled)
    return tuple((filled | given).values())
