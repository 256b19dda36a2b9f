"""One small shop, shopped in once for all who look at it."""

import numpy as np
import pandas as pd
import pytest

from shelfwise.simulate.people import people
from shelfwise.simulate.shopping import shop
from shelfwise.simulate.spec import Spec

SPEC = Spec(days=87, customers=1500, items=120, suppliers=12, locations=3)  # the last week has three days
IDS = np.arange(SPEC.customers)
WHO = people(SPEC, IDS)


@pytest.fixture(scope="session")
def shopped() -> tuple[pd.DataFrame, pd.DataFrame]:
    return shop(SPEC, IDS)


@pytest.fixture(scope="session")
def wants(shopped: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    return shopped[0]


@pytest.fixture(scope="session")
def slots(shopped: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    return shopped[1]


def within(observed: float, expected: float, variance: float) -> bool:
    return bool(abs(observed - expected) < 4 * np.sqrt(variance))
