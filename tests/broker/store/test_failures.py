"""The errors for failures of the database and the disk."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from broker.core.store import StoreBroken, StoreError
from broker.store.failures import damaged, failure, translated_errors


def sqlite_error(name: str) -> sqlite3.Error:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize("name", ["SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE", "SQLITE_CANTOPEN"])
def test_a_full_disk_is_recognised_by_any_error_of_sqlite(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chat.db"
    assert "is full" not in str(failure(path, sqlite_error(name)))
    found = list(os.statvfs(tmp_path))
    found[4] = 1  # blocks that are free for everybody
    full = os.statvfs_result(found)
    with monkeypatch.context() as patched:
        patched.setattr("os.statvfs", lambda _: full)
        told = failure(path, sqlite_error(name))
    assert isinstance(told, StoreError)
    assert str(told) == f"the disk of {path} is full; free some space"


def test_where_room_is_missing_is_where_is_written(tmp_path: Path) -> None:
    told = failure(tmp_path / "chat.db", sqlite_error("SQLITE_FULL"), Path("/elsewhere/backup"))
    assert str(told) == "the disk of /elsewhere/backup is full; free some space"
    sentence = "^the disk of /elsewhere/backup is full"
    with pytest.raises(StoreError, match=sentence), translated_errors(tmp_path, Path("/elsewhere/backup")):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_damage_is_reported_in_one_line(tmp_path: Path) -> None:
    told = damaged(tmp_path / "file", "*** in database main ***\nPage 3 is never used")
    assert isinstance(told, StoreBroken)
    assert "(*** in database main *** Page 3 is never used); use another one" in str(told)
