"""The parent of Spark's Python workers on one machine (`spark.python.daemon.module`): their path holds no archive in vain.

Spark puts its core jar and a zipped copy of pyspark on the path of its workers, and after each task's files are in place it lets
Python forget which modules lie where. Before 3.12 Python reads an archive's list of files again at once: some 25 ms a task, a third
of all processor time where rows are few. Sources: github.com/python/cpython/issues/103200; SPARK-54744 (mended in Spark 4.2).
"""

import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path


def without_archives(path: Sequence[str]) -> list[str]:
    """The path without jars, and without the zipped pyspark of the very Spark whose unzipped one is on the path, too."""
    kept = [entry for entry in path if not entry.endswith((".jar", "pyspark.zip"))]
    spec = PathFinder.find_spec("pyspark", kept)
    if not spec or not spec.origin:
        return [entry for entry in path if not entry.endswith(".jar")]
    package = Path(spec.origin).parent
    beside = {package.parent / "lib", package / "python" / "lib"}  # of a Spark unpacked, of one installed by pip
    return [entry for entry in path if entry in kept or (entry.endswith(".zip") and Path(entry).parent not in beside)]


if __name__ == "__main__":
    sys.path[:] = without_archives(sys.path)
    sys.path_importer_cache.clear()

    from pyspark.daemon import manager

    manager()  # type: ignore[no-untyped-call]
