"""In what are losses counted? In whole ten-thousandths of the currency unit, whose sums know no order."""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

UNIT = 10_000
CELLS = 100_000  # items, or parties, x scenarios at a time: what the processor's cache holds
SUMS = "scope string, name string, losses array<bigint>"
