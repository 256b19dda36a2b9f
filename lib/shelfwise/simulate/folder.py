"""Where a planted shop is laid: any Hadoop path, finished or not, and never on top of something else."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from shelfwise.core.arrivals import PLANTED
from shelfwise.core.errors import SettingsError
from shelfwise.core.session import java_class
from shelfwise.simulate.spec import Spec

UNFINISHED, WORK = "_unfinished.json", "_work"


@dataclass(frozen=True)
class Folder:
    """The folder `path`; one process writes it."""

    spark: SparkSession
    path: str

    def claim(self, spec: Spec) -> None:
        """Takes an empty folder, or one that an interrupted run left; anything else is somebody's."""
        if self._exists(PLANTED):
            raise SettingsError(f"--out {self.path}: there is a planted shop already. Choose another folder, or delete this one.")
        if self._exists(UNFINISHED):
            self._files.delete(self._at(""), True)
        elif self._exists("") and len(self._files.listStatus(self._at(""))):
            raise SettingsError(f"--out {self.path}: the folder is in use. Choose one that is empty or not there yet.")
        self._say(UNFINISHED, spec)

    def worked(self, name: str, frame: DataFrame) -> DataFrame:
        """The frame, computed once."""
        self.write(frame, f"{WORK}/{name}")
        return self.spark.read.parquet(f"{self.path}/{WORK}/{name}")

    def write(self, frame: DataFrame, name: str) -> None:
        frame.write.mode("errorifexists").parquet(f"{self.path}/{name}")

    def finish(self, spec: Spec) -> None:
        self._files.delete(self._at(WORK), True)
        self._say(PLANTED, spec)
        self._files.delete(self._at(UNFINISHED), False)

    def _say(self, name: str, spec: Spec) -> None:
        stream = self._files.create(self._at(name), True)
        try:
            stream.write(bytearray(json.dumps(spec.as_json() | {"as_of": spec.as_of.isoformat()}, indent=1).encode()))
        finally:
            stream.close()

    def _exists(self, name: str) -> bool:
        return bool(self._files.exists(self._at(name)))

    def _at(self, name: str) -> Any:
        return java_class(self.spark, "org.apache.hadoop.fs.Path")(f"{self.path}/{name}".rstrip("/"))

    @cached_property
    def _files(self) -> Any:
        return self._at("").getFileSystem(self.spark._jsc.hadoopConfiguration())
