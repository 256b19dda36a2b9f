"""A job's declaration must fit its function."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from shelfwise.core.errors import ContractError
from shelfwise.core.job import Job, Params, Write
from shelfwise.core.table import Table, required

SALES = Table("silver.sales", "Sales. One row per id.", ("id",), {"id": required("string", "id")})
TOTALS = Table("gold.totals", "Totals. One row per id.", ("id",), {"id": required("string", "id")})


def total(sales: Any, as_of: date) -> Any:
    return sales


def test_a_job_whose_reads_are_the_functions_arguments_is_accepted() -> None:
    job = Job("totals", {"sales": SALES}, TOTALS, total, Write.REPLACE)
    assert job.arguments(params=None, as_of=date(2020, 1, 1), shop=None) == {"as_of": date(2020, 1, 1)}


def test_a_function_that_asks_for_what_the_job_does_not_read_is_refused_by_name() -> None:
    with pytest.raises(ContractError, match=r"job totals: total asks for \['sales'\]"):
        Job("totals", {}, TOTALS, total, Write.REPLACE)


def test_a_read_that_the_function_does_not_take_is_refused_by_name() -> None:
    with pytest.raises(ContractError, match=r"reads \['stock'\], which total doesn't take"):
        Job("totals", {"sales": SALES, "stock": SALES}, TOTALS, total, Write.REPLACE)


def test_a_need_that_is_not_read_is_refused_by_name() -> None:
    with pytest.raises(ContractError, match=r"needs \['stock'\]"):
        Job("totals", {"sales": SALES}, TOTALS, total, Write.REPLACE, needs=("stock",))


def test_params_are_frozen_and_refuse_unknown_names() -> None:
    class Weeks(Params):
        weeks: int = 4

    with pytest.raises(ValidationError, match="frozen"):
        Weeks().weeks = 5  # type: ignore[misc]
    with pytest.raises(ValidationError, match="weaks"):
        Weeks.model_validate({"weaks": 5})
