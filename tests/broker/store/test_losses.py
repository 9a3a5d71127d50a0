"""Messages that a damaged log has lost: nothing that happens afterwards hides it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from stored import CONVERSATIONS, batch, copy_as_a_crash_leaves_it, fill

from broker.core.store import Pruned, StoreBroken
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up, verify


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


def test_a_database_that_lost_messages_is_not_whole_and_gives_no_backup(lossy: Path, tmp_path: Path) -> None:
    log = (lossy / "chat.db-wal").read_bytes()
    for _ in range(2):
        with pytest.raises(
            StoreBroken, match=r"chat.db has lost its last messages to damage; start the broker"
        ):
            verify(lossy / "chat.db")
        with pytest.raises(StoreBroken, match="or restore a backup"):
            back_up(lossy, tmp_path / "backup")
    assert (lossy / "chat.db-wal").read_bytes() == log
    assert not list(tmp_path.glob("backup*"))


def test_a_log_that_is_gone_though_it_was_noted_is_a_loss_too(lossy: Path) -> None:
    (lossy / "chat.db-wal").unlink()
    with pytest.raises(StoreBroken, match="has lost its last messages"):
        verify(lossy / "chat.db")


def test_a_log_without_a_valid_header_is_damage(lossy: Path) -> None:
    log = bytearray((lossy / "chat.db-wal").read_bytes())
    log[13] ^= 1
    (lossy / "chat.db-wal").write_bytes(log)
    with pytest.raises(StoreBroken, match=r"the header of .*chat.db-wal is not what was written"):
        verify(lossy / "chat.db")


def test_a_loss_that_the_broker_has_told_of_is_none_any_more(lossy: Path, tmp_path: Path) -> None:
    with closing(SqliteStore(lossy, "second")) as store:
        messages = sum(store.load().heads.values())
        assert verify(lossy / "chat.db") == back_up(lossy, tmp_path / "while it runs") == messages
        store.commit(batch(messages // 3 + 1))
        left = copy_as_a_crash_leaves_it(lossy, tmp_path / "crashed again")
    assert verify(left / "chat.db") == back_up(lossy, tmp_path / "closed") == messages + 18


def test_a_backup_is_verified_for_itself_and_leaves_nothing_beside_it(lossy: Path, tmp_path: Path) -> None:
    SqliteStore(lossy, "second").close()
    (tmp_path / "backups").mkdir()
    back_up(lossy, tmp_path / "backups" / "chat.db")
    verify(tmp_path / "backups" / "chat.db")
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["chat.db"]


def test_a_database_with_another_name_beside_it_has_no_losses(lossy: Path) -> None:
    SqliteStore(lossy.parent / "data", "again").close()
    (lossy / "chat.db.v1").write_bytes((lossy.parent / "data" / "chat.db").read_bytes())
    assert verify(lossy / "chat.db.v1") == 108


def test_a_log_that_another_program_has_moved_into_the_database_is_no_loss(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "data", "first")) as store:
        fill(store)
        left = copy_as_a_crash_leaves_it(tmp_path / "data", tmp_path / "left")
    with closing(sqlite3.connect(left / "chat.db")) as other:
        assert other.execute("SELECT count(*) FROM messages").fetchone() == (54,)
    assert not (left / "chat.db-wal").exists()
    assert verify(left / "chat.db") == 54
    with closing(SqliteStore(left, "second")) as store:
        assert store.load().epoch == "first"


def test_an_earlier_database_in_the_place_of_the_last_one_is_a_loss(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "data", "first")) as store:
        fill(store)
    earlier = (tmp_path / "data" / "chat.db").read_bytes()
    with closing(SqliteStore(tmp_path / "data", "second")) as store:
        store.commit(batch(19))
    (tmp_path / "data" / "chat.db").write_bytes(earlier)
    with closing(SqliteStore(tmp_path / "data", "third")) as store:
        assert store.load().epoch == "third"


@pytest.mark.parametrize("emptied", [True, False])
def test_a_database_that_was_emptied_after_a_clean_end_is_not_begun_anew(
    tmp_path: Path, emptied: bool
) -> None:
    with closing(SqliteStore(tmp_path, "first")) as store:
        fill(store)
    (tmp_path / "chat.db").unlink()
    if emptied:
        (tmp_path / "chat.db").touch()
    for _ in range(2):
        with pytest.raises(
            StoreBroken, match=r"is empty, but it had data; .* or remove synced to start without it"
        ):
            SqliteStore(tmp_path, "second")
    (tmp_path / "synced").unlink()
    with closing(SqliteStore(tmp_path, "second")) as store:
        assert store.load().epoch == "second"


def test_a_database_without_tables_in_the_place_of_one_that_had_some_is_not_begun_anew(
    tmp_path: Path,
) -> None:
    with closing(SqliteStore(tmp_path, "first")) as store:
        fill(store)
    (tmp_path / "chat.db").unlink()
    with closing(sqlite3.connect(tmp_path / "chat.db")) as other:
        other.execute("PRAGMA user_version = 0")
        other.execute("VACUUM")
    with pytest.raises(StoreBroken, match="is empty, but it had data"):
        SqliteStore(tmp_path, "second")


def test_a_chat_whose_messages_are_all_past_their_time_is_no_loss(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path, "first")) as store:
        fill(store)
        store.commit([Pruned(name, 19) for name in CONVERSATIONS])
    with closing(SqliteStore(tmp_path, "second")) as store:
        assert store.load().epoch == "first"
