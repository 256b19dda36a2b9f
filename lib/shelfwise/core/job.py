"""A job is data: what it reads, what it writes, and the pure function between them."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict

from shelfwise.core.errors import ContractError
from shelfwise.core.table import Table


class Write(Enum):
    """How a job's rows reach its table; each way can be repeated with the same outcome."""

    REPLACE = "replace the whole table"
    SLICE = "replace the slice of this as_of"
    MERGE = "update or insert by key"
    LAND = "append the new files' rows as one batch"
    ADMIT = "append new batches' good rows once by key; quarantine the bad"
    UPSERT = "update or insert new batches' good rows by key; quarantine the bad"
    REGISTER = "register a model version; promote it if it is not worse"
    FILE = "write one file"


class Params(BaseModel):
    """Base of job parameters: frozen, and an unknown name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Model:
    """A model in the registry: a node of the graph like a table.

    `transductive` models know only the ids they were trained on (matrix factors): trained on other data they replace
    the champion, since an older one can't serve what has joined. Others must not be worse than the champion.
    """

    name: str
    doc: str
    transductive: bool = False


@dataclass(frozen=True)
class Files:
    """The files of one kind (sales, items, …) that the shop has delivered and that have not been landed yet."""

    kind: str

    @property
    def name(self) -> str:
        return f"files.{self.kind}"


@dataclass(frozen=True)
class Conf:
    """A YAML file of rows that the settings name (`settings.assumptions`), read as a frame of `table`'s columns."""

    setting: str
    table: Table

    @property
    def name(self) -> str:
        return f"conf.{self.setting}"


@dataclass(frozen=True)
class Page:
    """A file made from tables: a node of the graph like a table."""

    name: str
    doc: str


@dataclass(frozen=True)
class Whole:
    """A table read with everything that happened after `as_of` too: for evaluation and display, never for features."""

    table: Table

    @property
    def name(self) -> str:
        return self.table.name


@dataclass(frozen=True)
class Fitted:
    """What a training job returns: the MLlib model, its validation metric (lower is better) and what to log.

    The metric must be free of scale (an error relative to a baseline's), so that versions trained at other dates compare.
    """

    model: Any
    metric: float
    metric_name: str
    metrics: Mapping[str, float]
    params: Mapping[str, Any]
    card: str = ""  # Markdown: what the model is for, what it was judged by, what it can't do


Readable = Table | Whole | Model | Files | Conf
Writable = Table | Model | Page

EDGE_ARGUMENTS = {"params", "as_of", "shop", "kind"}


@dataclass(frozen=True)
class Job:
    """One step of the graph. `needs` names reads that must hold at least one row for the job to make sense.

    `judged_by`: the job that judges what this one trains, and the group of its parameters that are for that ("job" or "job.group").
    A model is registered with that job's figures, so that the parameters of both must be alike.
    """

    name: str
    reads: Mapping[str, Readable]
    writes: Writable
    run: Callable[..., Any]
    how: Write
    params: type[Params] = Params
    needs: tuple[str, ...] = ()
    judged_by: str = ""

    def __post_init__(self) -> None:
        arguments = set(inspect.signature(self.run).parameters)
        if unknown := arguments - set(self.reads) - EDGE_ARGUMENTS:
            raise ContractError(f"job {self.name}: {self.run.__name__} asks for {sorted(unknown)}, which it doesn't read")
        if unused := set(self.reads) - arguments:
            raise ContractError(f"job {self.name}: reads {sorted(unused)}, which {self.run.__name__} doesn't take")
        if strangers := set(self.needs) - set(self.reads):
            raise ContractError(f"job {self.name}: needs {sorted(strangers)}, which it doesn't read")

    def arguments(self, **edge: Any) -> dict[str, Any]:
        """Those of `params`, `as_of`, `shop` and `kind` (whose new batch is admitted) that the function asks for."""
        wanted = set(inspect.signature(self.run).parameters)
        return {name: value for name, value in edge.items() if name in wanted}
