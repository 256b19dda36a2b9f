"""One writer per table: a second one waits, a killed one frees it, a superseded one may not write."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shelfwise.core.errors import LeaseError
from shelfwise.core.lease import hold_lease, lease_folder

HOLDER = """
import sys, time
from pathlib import Path
from shelfwise.core.lease import hold_lease
with hold_lease(Path(sys.argv[1]), "gold.orders", 5) as lease:
    print(lease.token, flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_process_holding(folder: Path) -> Iterator[subprocess.Popen[str]]:
    paths = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": paths},
    )
    try:
        assert process.stdout and process.stdout.readline().strip() == "1"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_is_refused_with_the_table_and_the_lease_file(tmp_path: Path) -> None:
    refused = pytest.raises(LeaseError, match=r"gold\.orders is being written by another process.*gold\.orders\.lease")
    with another_process_holding(tmp_path), refused, hold_lease(tmp_path, "gold.orders", 0.2):
        pass


def test_a_second_process_that_waits_gets_the_lease_when_the_first_ends(tmp_path: Path) -> None:
    """The first holds token 1; it ends when it reads a line; the next token is 2."""
    with another_process_holding(tmp_path) as first:
        assert first.stdin
        first.stdin.write("\n")
        first.stdin.flush()
        with hold_lease(tmp_path, "gold.orders", 30) as lease:
            assert lease.token == 2


def test_a_killed_holder_frees_the_lease(tmp_path: Path) -> None:
    """No time to wait is needed once the killed process is gone."""
    with another_process_holding(tmp_path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        with hold_lease(tmp_path, "gold.orders", 0) as lease:
            lease.check()
            assert lease.token == 2


def test_other_tables_are_not_held_up(tmp_path: Path) -> None:
    with another_process_holding(tmp_path), hold_lease(tmp_path, "gold.kpis", 0) as lease:
        assert lease.token == 1


def test_a_holder_whose_token_is_no_longer_the_newest_may_not_write(tmp_path: Path) -> None:
    """Its lock file is removed, so that another gets a lock: of the file that is there now."""
    with hold_lease(tmp_path, "gold.orders", 0):
        pass
    with hold_lease(tmp_path, "gold.orders", 0) as old:
        old.check()
        old.path.unlink()
        with hold_lease(tmp_path, "gold.orders", 0), pytest.raises(LeaseError, match="lease 2 was superseded by 1"):
            old.check()


def test_tokens_that_start_again_in_a_new_file_do_not_revive_an_old_holder(tmp_path: Path) -> None:
    """Both hold token 1, of two files: the first file is gone, so its holder may not write."""
    with hold_lease(tmp_path, "gold.orders", 0) as old:
        old.path.unlink()
        with hold_lease(tmp_path, "gold.orders", 0) as new:
            assert old.token == new.token == 1
            new.check()
            with pytest.raises(LeaseError, match="superseded"):
                old.check()


def test_a_holder_whose_lease_file_is_gone_may_not_write(tmp_path: Path) -> None:
    with hold_lease(tmp_path, "gold.orders", 0) as lease:
        lease.path.unlink()
        with pytest.raises(LeaseError, match="superseded by 0"):
            lease.check()


@pytest.mark.parametrize("root", ["/data/lake", "file:/data/lake", "file:///data/lake"])
def test_a_local_lake_has_one_folder_of_leases_however_it_is_written(root: str) -> None:
    assert lease_folder(root) == Path("/data/lake/_leases")


@pytest.mark.parametrize("root", ["s3a://bucket/lake", "abfss://box@host/lake", "hdfs://name/lake", "dbfs:/lake"])
def test_no_lease_lies_beside_a_lake_that_is_elsewhere(root: str) -> None:
    assert lease_folder(root) is None
