"""How is a batch worked off in the futures? Some rows at a time, as many as the processor's cache holds beside their scenarios."""

from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from shelfwise.risk.futures import FutureParams, Futures
from shelfwise.risk.units import CELLS


def chunks(rows: pd.DataFrame, scenarios: int) -> Iterator[pd.DataFrame]:
    size = max(CELLS // scenarios, 1)
    for begin in range(0, len(rows), size):
        yield rows.iloc[begin : begin + size]


def in_chunks(
    params: FutureParams, told: Callable[[pd.DataFrame, Futures], Iterator[pd.DataFrame]], first: int = 0
) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
    """For mapInPandas: what is `told` of some rows at a time, in the same futures, from scenario `first` on."""

    def by_task(batches: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        futures = Futures(params, first=first)
        for batch in batches:
            for rows in chunks(batch, params.scenarios):
                yield from told(rows, futures)

    return by_task
