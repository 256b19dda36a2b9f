"""All declared tables, for docs, the CLI and the promises that hold for each of them."""

from shelfwise.contracts import bronze, credit, features, lessons, newcomers, service, silver, supply
from shelfwise.contracts.gold import (
    brands,
    controls,
    credit_risk,
    demand,
    hierarchy,
    introductions,
    inventory,
    kpi,
    launches,
    mixture,
    policies,
    recommend,
    risk,
    sellers,
)
from shelfwise.core.admission import FILES, LEDGER
from shelfwise.core.pseudonyms import PSEUDONYM_KEYS
from shelfwise.core.runs import RUNS
from shelfwise.core.table import Table

ALL: dict[str, Table] = {
    table.name: table
    for room in (
        bronze,
        silver,
        credit,
        service,
        features,
        supply,
        lessons,
        kpi,
        demand,
        hierarchy,
        launches,
        mixture,
        recommend,
        inventory,
        policies,
        newcomers,
        introductions,
        brands,
        risk,
        controls,
        credit_risk,
        sellers,
    )
    for table in vars(room).values()
    if isinstance(table, Table)
} | {table.name: table for table in (FILES, LEDGER, PSEUDONYM_KEYS, RUNS)}
