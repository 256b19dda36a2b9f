"""Which mixture of several forecasts errs least? Weights that are not negative and add up to one, from past errors.

Least squares under these bounds (Bates & Granger 1969; Granger & Ramanathan 1984): with weights adding up to one, the error of
the mixture is the mixture of the errors e, so w minimises w' E w, E = sum of e e'. E leans on its mean diagonal, which draws the
weights towards equal ones (Diebold & Pauly 1990).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

RIDGE = 0.05  # share of E's mean diagonal
SURE = 1e3  # how much more adding up to one weighs than any error

Floats = NDArray[np.float64]


def weights(errors: Floats) -> Floats:
    """Of models whose errors have the cross products `errors` (models x models); equal where none errs."""
    size = np.trace(errors) / len(errors)
    if size <= 0:
        return np.full(len(errors), 1 / len(errors))
    values, vectors = np.linalg.eigh(errors / size + RIDGE * np.eye(len(errors)))
    root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    found, _ = nnls(np.vstack([root, SURE * np.ones(len(errors))]), np.append(np.zeros(len(errors)), SURE))
    share: Floats = found / found.sum()
    return share
