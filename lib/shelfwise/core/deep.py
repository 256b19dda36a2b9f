"""Keras on JAX, on processors alone: an extra that few models need."""

import os
from importlib.util import find_spec
from typing import Any

from shelfwise.core.errors import SettingsError

REMEDY = "pip install 'shelfwise[deep]', or leave it away"


def keras_on_jax(model: str) -> Any:
    """The module; SettingsError, naming the model that wants it, where it is not there."""
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    try:
        import keras
    except ImportError as error:
        raise SettingsError(f"{model} needs Keras and JAX: {REMEDY}.") from error
    return keras


def has_keras() -> bool:
    """Without the seconds that an import takes."""
    try:
        return find_spec("keras") is not None and find_spec("jax") is not None
    except ValueError:  # a module that stands in sys.modules without a spec
        return False
