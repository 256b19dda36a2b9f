"""One writer per table on a local file system, where Delta promises nothing for two drivers.

The kernel frees the lock of a process that dies, so a kill leaves nothing to clean. Each holder takes the next
fencing token; a holder whose token is no longer the newest (its lock file was removed and taken by another) may not write.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shelfwise.core.errors import LeaseError

LEASES = "_leases"  # their folder's name


@dataclass(frozen=True)
class Lease:
    """The right to write one table, until the process ends or the lease is given back."""

    table: str
    path: Path
    token: int
    handle: int

    def check(self) -> None:
        """Called just before a commit."""
        # the file may have been removed and made anew, with tokens counted from 1 again: it must be the very file that we lock
        newest = int(self.path.read_text() or 0) if self.path.exists() else 0
        if newest != self.token or not os.path.samestat(os.fstat(self.handle), self.path.stat()):
            why = f"lease {self.token} was superseded by {newest}"
            raise LeaseError(f"{self.table}: {why}; nothing was written. Run the job again.")


def lease_folder(root: str) -> Path | None:
    """Where leases of the tables under `root` lie; None where it is no local folder: an object store coordinates commits itself."""
    folder = local_folder(root)
    return folder / LEASES if folder else None


def local_folder(root: str) -> Path | None:
    """The path of a folder on this machine; None for a place with another scheme (s3a:, dbfs:)."""
    scheme, colon, rest = root.partition(":")
    if not colon or "/" in scheme:
        return Path(root)
    return Path("/" + rest.lstrip("/")) if scheme == "file" else None


@contextmanager
def hold_lease(folder: Path, table: str, wait_seconds: float) -> Iterator[Lease]:
    """Waits at most `wait_seconds` for another writer; `folder` lies beside the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table}.lease"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _lock(handle, table, path, wait_seconds)
        token = int(os.pread(handle, 32, 0) or 0) + 1
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(token).encode(), 0)
        yield Lease(table, path, token, handle)
    finally:
        os.close(handle)


def _lock(handle: int, table: str, path: Path, wait_seconds: float) -> None:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                who = f"{table} is being written by another process (it holds {path})"
                raise LeaseError(f"{who}: wait for it to end, then run again.") from None
            time.sleep(0.1)
