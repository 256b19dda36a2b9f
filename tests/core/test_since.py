"""When does what was admitted mean something else today?"""

from datetime import date
from typing import Any

import pytest

from shelfwise.contracts import bronze
from shelfwise.core.errors import SettingsError
from shelfwise.core.job import Files, Job, Write
from shelfwise.core.runs import Fingerprint, as_json
from shelfwise.core.since import means_otherwise, refuse_redrawn

OPTIONS = {"path": "/in", "mapping": "abc"}
USUAL = {"params": {}, "options": OPTIONS, "beside": {"silver.assumptions": "17"}, "run": "f", "kept": "all rows"}


def ran(*, code: str = "1", batch: int = 1, **params: Any) -> Fingerprint:
    return Fingerprint("ingest", date(2017, 10, 29), code, as_json(USUAL | params), as_json({"bronze.sales": batch}))


@pytest.mark.parametrize(
    "changed",
    [
        {"params": {"times": 3}},
        {"options": OPTIONS | {"mapping": "abd"}},
        {"beside": {"silver.assumptions": "18"}},
    ],
    ids=["parameter", "mapping", "assumption"],
)
def test_what_the_user_changed_makes_earlier_rows_others(changed: dict[str, Any]) -> None:
    assert means_otherwise(ran(), ran(**changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "2"},
        {"batch": 2},
        {"options": {"path": "/moved", "mapping": "abc"}},
        {"options": USUAL["options"] | {"as_of": "x"}},
    ],
    ids=["code", "batch", "path", "as_of"],
)
def test_newer_code_and_files_do_not(changed: dict[str, Any]) -> None:
    assert not means_otherwise(ran(), ran(**changed))
    assert not means_otherwise(None, ran(**changed))


def test_a_lake_that_holds_a_sample_is_not_mixed_with_the_whole() -> None:
    land = Job("land_sales", {"files": Files("sales")}, bronze.SALES, lambda files: None, Write.LAND)
    tenth = "0.1 of the households (drawn by seed 7)"
    refuse_redrawn(land, None, ran(kept=tenth))
    refuse_redrawn(land, ran(kept=tenth), ran(kept=tenth))
    with pytest.raises(SettingsError, match=r"bronze\.sales holds 0\.1 of the households .* ask for all rows"):
        refuse_redrawn(land, ran(kept=tenth), ran())
