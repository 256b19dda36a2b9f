"""Files that travel inside the package (conf, jobs, log settings), also when the package is imported from a zip."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from zipfile import ZipFile, is_zipfile

PACKAGE = Path(__file__).resolve().parents[1]


def archive() -> Path | None:
    """The zip that the package was imported from, as `spark-submit --py-files` does; None where it lies unpacked."""
    return None if PACKAGE.is_dir() else next((path for path in PACKAGE.parents if is_zipfile(path)), None)


@cache
def packaged(name: str) -> Path:
    """Where a file or folder of the package is, or would be; from a zip, a copy that lives as long as the process."""
    zipped = archive()
    if zipped is None:
        return PACKAGE / name
    copy = Path(tempfile.mkdtemp(prefix="shelfwise-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    wanted = (PACKAGE / name).relative_to(zipped).as_posix()
    with ZipFile(zipped) as source:
        source.extractall(copy, [member for member in source.namelist() if member == wanted or member.startswith(f"{wanted}/")])
    return copy / wanted
