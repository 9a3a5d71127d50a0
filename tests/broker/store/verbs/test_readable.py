"""A database on a disk that is mounted read-only is verified, backed up and exported without a write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from stored import change, copy_as_a_crash_leaves_it, fill

from broker.core.store import StoreBroken
from broker.store.files.lock import lock_for_reading
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up, restore, verify
from broker.store.verbs.dump import export


@pytest.fixture(autouse=True)
def read_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Say of all data directories that nothing can be written there."""
    monkeypatch.setattr("broker.store.verbs.readable.can_write", lambda directory: False)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "temporary"))


def closed(place: Path) -> Path:
    with closing(SqliteStore(place, "epoch")) as store:
        fill(store)
    return place


def crashed(place: Path) -> Path:
    with closing(SqliteStore(place.with_name("origin"), "epoch")) as store:
        fill(store)
        return copy_as_a_crash_leaves_it(place.with_name("origin"), place)


def crashed_with_shared_memory(place: Path) -> Path:
    crashed(place)
    with closing(SqliteStore(place.with_name("another"), "epoch")) as store:
        fill(store, 1)
        shutil.copy(place.with_name("another") / "chat.db-shm", place)
    (place / "lock").touch()
    return place


def without_lock(place: Path) -> Path:
    (closed(place) / "lock").unlink()
    return place


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.mark.parametrize("make", [closed, crashed, crashed_with_shared_memory, without_lock])
def test_it_is_read_without_a_write(make: Callable[[Path], Path], tmp_path: Path) -> None:
    data = make(tmp_path / "data")
    before = contents(data)
    assert verify(data / "chat.db") == 54
    assert back_up(data, tmp_path / "backup") == 54
    assert export(data / "chat.db", bytes) == 54
    assert contents(data) == before
    assert list((tmp_path / "temporary").iterdir()) == []
    assert restore(tmp_path / "backup", tmp_path / "new", "restored") == (54, None)


def test_a_loss_is_found_there_too(tmp_path: Path) -> None:
    data = crashed(tmp_path / "data")
    log = (data / "chat.db-wal").read_bytes()
    (data / "chat.db-wal").write_bytes(log[:-9_000])
    before = contents(data)
    with pytest.raises(StoreBroken, match=f"^{data}/chat.db has lost its last messages to damage"):
        verify(data / "chat.db")
    assert contents(data) == before


def test_damage_is_named_by_its_own_path(tmp_path: Path) -> None:
    data = closed(tmp_path / "data")
    change(data, "UPDATE messages SET text = 'no' WHERE number = 2")
    with pytest.raises(StoreBroken, match=f"^{data}/chat.db is damaged .a row of messages is not"):
        verify(data / "chat.db")


def test_while_a_broker_uses_it_through_another_mount_its_log_is_read_too(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "data", "epoch")) as store:
        fill(store)
        assert verify(tmp_path / "data" / "chat.db") == 54
        assert back_up(tmp_path / "data", tmp_path / "backup") == 54


def test_several_can_read_at_once(tmp_path: Path) -> None:
    data = closed(tmp_path / "data")
    locks = [lock_for_reading(data), lock_for_reading(data)]
    assert verify(data / "chat.db") == 54
    for lock in locks:
        os.close(lock)
