"""Files that root makes in a data directory belong to the directory's owner."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest
from stored import copy_as_a_crash_leaves_it, fill

from broker.core.store import StoreError
from broker.store.files.lock import lock_directory
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up, compact, restore, verify
from broker.store.verbs.dump import export, load

OWNER = 65_534 if os.geteuid() == 0 else os.geteuid()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data directory of another user, if root runs the tests."""
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", OWNER, -1)
    return tmp_path / "data"


def owners(directory: Path) -> dict[str, int]:
    return {str(path.relative_to(directory)): path.stat().st_uid for path in directory.rglob("*")}


def assert_owned(directory: Path, *names: str) -> None:
    """Fail unless everything belongs to the owner of the directory, and these files are there."""
    found = owners(directory)
    assert set(found.values()) == {OWNER}, found
    assert set(names) <= found.keys(), found


def test_what_a_broker_makes_belongs_to_the_owner_of_the_directory(data: Path) -> None:
    with closing(SqliteStore(data, "epoch")) as store:
        fill(store)
        assert_owned(data, "chat.db", "chat.db-wal", "chat.db-shm", "synced", "lock")
    assert_owned(data, "chat.db")


def test_what_the_verbs_make_belongs_to_the_owner_of_the_directory(
    data: Path, stored: Path, tmp_path: Path
) -> None:
    stored = stored.rename(tmp_path / "origin")
    data.mkdir()
    os.chown(data, OWNER, -1)
    back_up(stored, tmp_path / "backup")
    for epoch in ("first", "second"):
        restore(tmp_path / "backup", data, epoch)
        verify(data / "chat.db")
        compact(data, epoch)
    (aside,) = data.glob("replaced-*")
    assert_owned(data, "chat.db", "lock", aside.name, f"{aside.name}/chat.db")


def test_an_import_belongs_to_the_owner_of_the_directory(data: Path, earlier: Path) -> None:
    lines: list[bytes] = []
    export(earlier / "chat.db", lines.append)
    load(lines, data, "imported")
    assert_owned(data, "chat.db", "lock")


def test_copies_of_a_damaged_database_belong_to_the_owner_of_the_directory(
    data: Path, tmp_path: Path
) -> None:
    data.rmdir()
    with closing(SqliteStore(tmp_path / "origin", "epoch")) as store:
        fill(store)
        copy_as_a_crash_leaves_it(tmp_path / "origin", data)
    (data / "chat.db-wal").write_bytes((data / "chat.db-wal").read_bytes()[:-5_000])
    for path in (data, *data.iterdir()):
        os.chown(path, OWNER, -1)
    SqliteStore(data, "epoch").close()
    (aside,) = data.glob("damaged-*")
    assert_owned(data, aside.name, f"{aside.name}/chat.db")


def test_a_lock_of_another_user_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_refused(path: Path) -> int:
        path.touch()
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("broker.store.files.lock.open_or_make", is_refused)
    with pytest.raises(StoreError, match=rf"lock belongs to another user; run chown -R \d+ {data} as root$"):
        lock_directory(data)


def test_a_backup_belongs_to_whoever_makes_it(stored: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", OWNER, -1)
    back_up(stored, tmp_path / "theirs" / "backup")
    assert (tmp_path / "theirs" / "backup").stat().st_uid == os.geteuid()


def test_a_file_that_was_there_is_not_given_away(data: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch()
    os.link(tmp_path / "elsewhere", data / "lock")
    os.close(lock_directory(data))
    assert (tmp_path / "elsewhere").stat().st_uid == os.geteuid()
