"""The smallest rows that credit's transforms take, and planted parties."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from shelfwise.contracts.credit import INVOICES, PARTIES
from shelfwise.contracts.silver import ASSUMPTIONS
from shelfwise.core.frames import local_frame
from shelfwise.simulate import credit
from shelfwise.simulate.spec import Spec
from tests.introductions.builders import rows_of

ASSUMED = {
    "supplier_failure_per_year": 0.02,
    "customer_failure_per_year": 0.03,
    "advance_loss_share": 0.45,
    "receivable_loss_share": 0.45,
}


def assumptions_of(spark: SparkSession) -> DataFrame:
    return rows_of(spark, ASSUMPTIONS, *[{"scope": "*", "name": name, "value": value} for name, value in ASSUMED.items()])


def parties_of(spark: SparkSession, *given: dict[str, Any]) -> DataFrame:
    return rows_of(spark, PARTIES, *[{"kind": "customer"} | one for one in given])


def invoices_of(spark: SparkSession, *given: dict[str, Any]) -> DataFrame:
    """Of 100.00 each, due 30 days after issue; numbers are places in the list."""
    usual = {"kind": "customer", "party_id": "anna", "amount": Decimal(100)}
    filled = [usual | {"number": str(place)} | one for place, one in enumerate(given)]
    return rows_of(spark, INVOICES, *[{"due_on": one["issued_on"] + timedelta(days=30)} | one for one in filled])


def monthly(party: str, first: date, late: list[int | None], **more: Any) -> list[dict[str, Any]]:
    """One invoice a month (30 days), due 30 days after its issue and paid so many days later; None: never."""
    issued = [first + timedelta(days=30 * place) for place in range(len(late))]
    paid = [None if days is None else day + timedelta(days=30 + days) for day, days in zip(issued, late, strict=True)]
    return [{"party_id": party, "issued_on": day, "paid_on": on} | more for day, on in zip(issued, paid, strict=True)]


def planted(spark: SparkSession, spec: Spec, kind: str = credit.SUPPLIER) -> tuple[DataFrame, DataFrame, pd.DataFrame]:
    """Parties and invoices as silver has them, and the truth: party_id, annual_pd, lgd."""
    ids = credit.party_ids(spec, kind)
    told = credit.parties(spec, kind, ids).assign(kind="customer" if kind == credit.BUSINESS else kind, known_at=spec.start)
    told["party_id"] = told["party"].astype(str)
    sent = credit.invoices(spec, kind, ids).assign(kind=told["kind"].iloc[0])
    frame = pd.DataFrame({"kind": sent["kind"], "party_id": sent["party"].astype(str), "number": sent["number"].astype(str)})
    for name in ("issued", "due", "paid", "recovered"):
        day = sent[f"{name}_day"].astype("Int64")
        frame[f"{name}_on"] = pd.Series(
            [None if pd.isna(one) else spec.start + timedelta(days=int(one)) for one in day], dtype=object
        )
    for name in ("amount", "recovered"):
        frame[name] = [None if np.isnan(one) else Decimal(f"{one:.2f}") for one in sent[name].astype(float)]
    rows = [told.astype({"employees": float}), frame]
    parties, invoices = (
        local_frame(spark, list(of[table.columns].itertuples(index=False, name=None)), table.struct)
        for of, table in zip(rows, (PARTIES, INVOICES), strict=True)
    )
    return parties, invoices, told[["party_id", "annual_pd", "lgd"]]
