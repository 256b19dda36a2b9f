"""Where a planted shop is laid: any Hadoop path, finished or not, and never on top of something else."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from shelfwise.core.arrivals import PLANTED, UNREADABLE, why
from shelfwise.core.errors import SettingsError
from shelfwise.core.lease import LEASES, hold_lease, lease_folder
from shelfwise.core.session import java_class
from shelfwise.simulate.spec import Spec

UNFINISHED, WORK = "_unfinished.json", "_work"


@dataclass(frozen=True)
class Folder:
    """The folder `path`; one process writes it."""

    spark: SparkSession
    path: str

    @contextmanager
    def claimed(self, spec: Spec) -> Iterator[None]:
        """Takes an empty folder, or one that an interrupted run left; anything else is somebody's, also what a run is laying."""
        with ExitStack() as held:
            try:
                self._refuse_others()
                held.enter_context(self._alone())
                self._refuse_others()
                for name in self._names() - {LEASES}:
                    self._files.delete(self._at(name), True)
                self._say(UNFINISHED, spec)
            except (*UNREADABLE, OSError) as error:
                raise SettingsError(f"--out {self.path}: {why(error)}. Name a folder that can be written.") from None
            yield

    def _refuse_others(self) -> None:
        there = self._names() - {LEASES}
        if PLANTED in there:
            raise SettingsError(f"--out {self.path}: there is a planted shop already. Choose another folder, or delete this one.")
        if there and UNFINISHED not in there:
            raise SettingsError(f"--out {self.path}: the folder is in use. Choose one that is empty or not there yet.")

    def _alone(self) -> AbstractContextManager[object]:
        """Two runs on one machine would delete each other's work; elsewhere who lays a shop sees to it."""
        beside = lease_folder(self.path) if self._files.getUri().getScheme() == "file" else None
        return hold_lease(beside, "shop", 0) if beside else nullcontext()

    def worked(self, name: str, frame: DataFrame) -> DataFrame:
        """The frame, computed once."""
        self.write(frame, f"{WORK}/{name}")
        return self.spark.read.parquet(f"{self.path}/{WORK}/{name}")

    def write(self, frame: DataFrame, name: str) -> None:
        frame.write.mode("errorifexists").parquet(f"{self.path}/{name}")

    def finish(self, spec: Spec) -> None:
        self._files.delete(self._at(WORK), True)
        self._say(PLANTED, spec)
        for name in (UNFINISHED, LEASES):
            self._files.delete(self._at(name), True)

    def _say(self, name: str, spec: Spec) -> None:
        stream = self._files.create(self._at(name), True)
        try:
            stream.write(bytearray(json.dumps(spec.as_json() | {"as_of": spec.as_of.isoformat()}, indent=1).encode()))
        finally:
            stream.close()

    def _names(self) -> set[str]:
        root = self._at("")
        return {one.getPath().getName() for one in self._files.listStatus(root)} if self._files.exists(root) else set()

    def _at(self, name: str) -> Any:
        return java_class(self.spark, "org.apache.hadoop.fs.Path")(f"{self.path}/{name}".rstrip("/"))

    @cached_property
    def _files(self) -> Any:
        return self._at("").getFileSystem(self.spark._jsc.hadoopConfiguration())
