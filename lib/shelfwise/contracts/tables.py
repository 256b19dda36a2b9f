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
from shelfwise.core.upkeep import MAINTENANCE

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
} | {table.name: table for table in (FILES, LEDGER, PSEUDONYM_KEYS, RUNS, MAINTENANCE)}

# ids that mean the same in every table: a row is followed back to its files by those that are asked for, else by its first one
FOLLOWED = ("item_id", "customer_id", "supplier_id", "party_id", "seller_id", "maker_id", "location_id", "order_id")
# tables of forecasts, and those whose sentences say what drives them
EXPLAINED = {demand.DEMAND_FORECAST.name: demand.DEMAND_DRIVERS}
