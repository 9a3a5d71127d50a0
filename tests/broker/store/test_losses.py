"""Messages that a damaged log has lost: nothing that happens afterwards hides it."""

import sqlite3
from pathlib import Path

import pytest
from stored import batch, copy_as_a_crash_leaves_it, fill

from broker.store.sqlite import SqliteStore


@pytest.fixture
def lossy(tmp_path: Path) -> Path:
    """A data directory that a crash left, with damage in the middle of its log."""
    store = SqliteStore(tmp_path / "data", "first")
    fill(store)
    store.close()
    store = SqliteStore(tmp_path / "data", "other")
    for first in (19, 25, 31):
        store.commit(batch(first))
    left = copy_as_a_crash_leaves_it(tmp_path / "data", tmp_path / "left")
    store.close()
    log = bytearray((left / "chat.db-wal").read_bytes())
    log[len(log) // 2] ^= 1
    (left / "chat.db-wal").write_bytes(log)
    return left


def test_a_crash_while_the_tables_are_brought_up_to_date_does_not_hide_a_loss(
    lossy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = (lossy / "chat.db-wal").stat().st_size

    def writes_much_and_is_interrupted(connection: sqlite3.Connection, path: Path) -> None:
        connection.execute("CREATE TABLE large AS SELECT zeroblob(?) AS x", (2 * size,))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("broker.store.sqlite.migrate", writes_much_and_is_interrupted)
        with pytest.raises(KeyboardInterrupt):
            SqliteStore(lossy, "second")
    store = SqliteStore(lossy, "third")
    assert store.load().epoch == "second"
    store.close()
