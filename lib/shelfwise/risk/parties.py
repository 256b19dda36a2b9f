"""How much could be lost on each customer on invoice, and how much of the shop's worst futures is that?

Each is drawn again in the scenarios of gold.risk_scenarios, as items are (risk.items): with them they add up to the total.
"""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shelfwise.contracts.gold.credit_risk import RISK_PARTIES
from shelfwise.risk.figures import weights_of
from shelfwise.risk.receivables import parties_losses
from shelfwise.risk.scenarios import total_of


def measure_parties(credit: DataFrame, scenarios: DataFrame, *, as_of: date) -> DataFrame:
    """One row per customer of gold.credit_risk that owes something."""
    total, params = total_of(scenarios)
    told = parties_losses(credit, params, weights_of(total))
    return told.select(F.lit(as_of).alias("as_of"), *RISK_PARTIES.columns[1:])
