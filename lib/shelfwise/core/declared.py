"""What commands know the shop's tables by: core names the contracts here only, and imports them when they are asked for."""

import importlib
from typing import Any

from shelfwise.core.errors import SettingsError
from shelfwise.core.settings import suggest
from shelfwise.core.table import Table, quarantine_of


def declared(what: str = "ALL") -> Any:
    """Something that `contracts.tables` declares; ALL: every table by name."""
    return getattr(importlib.import_module("shelfwise.contracts.tables"), what)


def known_tables() -> dict[str, Table]:
    """Every declared table, and the quarantine of each that admits rows."""
    tables: dict[str, Table] = declared()
    return tables | {q.name: q for table in tables.values() if table.layer == "silver" for q in [quarantine_of(table)]}


def table_named(name: str) -> Table:
    """SettingsError, with the nearest name, where there is none."""
    known = known_tables()
    if name not in known:
        raise SettingsError(f"There is no table '{name}'.{suggest(name, list(known))}")
    return known[name]
