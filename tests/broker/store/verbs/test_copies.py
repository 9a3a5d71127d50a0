import sqlite3
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from stored import copy_as_a_crash_leaves_it

from broker.core.store import (
    Pruned,
    StoreBroken,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
    StoreError,
)
from broker.store.files.naming import new_part, publish
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up, compact, restore, verify
from broker.store.verbs.dump import export
from messages.limits import MAX_SEQ

TALK = 200


def said(seq: int, text: str = "hello") -> StoredMessage:
    return StoredMessage("#lobby", seq, f"id-{seq}", 1, "alice", f"{text} {seq}", 1_000 + seq)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[SqliteStore]:
    """A store with messages that a broker uses."""
    store = SqliteStore(data, "epoch")
    store.commit([StoredUser(1, "alice", None), StoredRoom("#lobby", "#lobby", "weather")])
    store.commit([StoredMember("#lobby", 1, 7), *map(said, range(1, TALK + 1))])
    yield store
    store.close()


def texts(directory: Path) -> tuple[str, list[str]]:
    """Return the epoch and the texts in a data directory."""
    with closing(SqliteStore(directory, "never used")) as store:
        return store.load().epoch, [m.text for m in store.page("#lobby", 0, MAX_SEQ, 10_000)]


def spoil(path: Path) -> None:
    """Change a letter of a message in a database that nobody uses."""
    content = path.read_bytes()
    assert b"hello 100" in content
    path.write_bytes(content.replace(b"hello 100", b"hellO 100"))


def test_a_backup_of_a_store_in_use_has_all_that_was_committed(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    assert back_up(data, target) == TALK
    store.commit([said(TALK + 1)])
    assert verify(target) == TALK
    assert [path.name for path in tmp_path.iterdir() if path.name != "data"] == ["backup"]


def test_a_backup_is_for_its_owner_only_and_replaces_nothing(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    back_up(data, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    before = target.read_bytes()
    store.commit([said(TALK + 1)])
    with pytest.raises(FileExistsError):
        back_up(data, target)
    assert target.read_bytes() == before


def test_without_hard_links_a_backup_is_made_and_replaces_nothing_either(
    store: SqliteStore, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_not_permitted(part: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", is_not_permitted)
    assert back_up(data, tmp_path / "backup") == verify(tmp_path / "backup") == TALK
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "data"]
    before = (tmp_path / "backup").read_bytes()
    with new_part(tmp_path / "backup") as part, pytest.raises(FileExistsError):
        publish(part, tmp_path / "backup")
    assert (tmp_path / "backup").read_bytes() == before


def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database at"):
        back_up(tmp_path, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_database_gives_no_backup(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    store.close()
    spoil(data / "chat.db")
    with pytest.raises(StoreBroken, match="is damaged"):
        back_up(data, tmp_path / "backup")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_backup_has_the_messages_in_a_killed_brokers_log(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    left = tmp_path / "left"
    left.mkdir()
    for name in ("chat.db", "chat.db-wal"):
        (left / name).write_bytes((data / name).read_bytes())
    assert (left / "chat.db-wal").stat().st_size
    assert back_up(left, tmp_path / "backup") == TALK


def test_a_database_in_use_can_be_verified(store: SqliteStore, data: Path) -> None:
    assert verify(data / "chat.db") == TALK
    store.commit([said(TALK + 1)])
    assert verify(data / "chat.db") == TALK + 1


@pytest.mark.parametrize("content", [b"", b"no database at all"])
def test_a_file_that_is_not_a_chat_database_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(StoreBroken, match="is damaged"):
        verify(file)


def test_a_backup_that_was_restored_is_another_log_with_the_same_messages(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    back_up(data, tmp_path / "backup")
    store.commit([said(TALK + 1)])
    store.close()
    count, aside = restore(tmp_path / "backup", data, "restored")
    assert count == TALK
    assert texts(data) == ("restored", [f"hello {seq}" for seq in range(1, TALK + 1)])
    assert aside is not None
    assert texts(aside) == ("epoch", [f"hello {seq}" for seq in range(1, TALK + 2)])


def test_a_backup_can_be_restored_where_nothing_was(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "backup")
    assert restore(tmp_path / "backup", tmp_path / "new", "restored") == (TALK, None)
    assert texts(tmp_path / "new")[0] == "restored"
    assert verify(tmp_path / "backup") == TALK


@pytest.mark.parametrize("moved", ["chat.db", "synced"])
def test_a_restore_that_was_interrupted_is_finished_by_whatever_uses_the_directory_next(
    store: SqliteStore, data: Path, tmp_path: Path, moved: str
) -> None:
    back_up(data, tmp_path / "backup")
    store.commit([said(TALK + 1)])
    store.close()
    restore(tmp_path / "backup", tmp_path / "other", "restored")
    (data / "replaced").mkdir()
    (data / moved).rename(data / "replaced" / moved)
    (tmp_path / "other" / "chat.db").rename(data / "chat.db.new")
    refused = [
        lambda: verify(data / "chat.db"),
        lambda: back_up(data, tmp_path / "b"),
        lambda: compact(data, ""),
    ]
    for use in refused:
        with pytest.raises(StoreError, match="is being replaced; if that was interrupted, start the broker"):
            use()
    reports: list[str] = []
    with closing(SqliteStore(data, "never used", reports.append)) as opened:
        assert opened.load().epoch == "restored"
    (aside,) = data.glob("replaced-*")
    assert reports[0] == f"a restore that was interrupted is finished; the previous data is in {aside}"
    assert texts(aside) == ("epoch", [f"hello {seq}" for seq in range(1, TALK + 2)])
    assert not (data / "replaced").exists()


def test_nothing_is_restored_under_a_broker(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "backup")
    with pytest.raises(StoreError, match="another broker or verb uses"):
        restore(tmp_path / "backup", data, "restored")
    store.commit([said(TALK + 1)])
    assert verify(data / "chat.db") == TALK + 1


def test_a_damaged_backup_is_not_restored(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "backup")
    spoil(tmp_path / "backup")
    store.close()
    with pytest.raises(StoreBroken, match="is damaged"):
        restore(tmp_path / "backup", data, "restored")
    assert texts(data)[0] == "epoch"
    assert not list(data.glob("*.part"))


def test_deleted_messages_give_back_their_room(store: SqliteStore, data: Path) -> None:
    store.commit([said(seq, "long " * 500) for seq in range(TALK + 1, 2 * TALK + 1)])
    store.commit([Pruned("#lobby", TALK + 151)])
    store.close()
    before, after = compact(data, "lost")
    assert after < before / 2
    assert verify(data / "chat.db") == 50
    assert len(texts(data)[1]) == 50


def test_to_compact_does_not_hide_that_messages_were_lost(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    crashed = copy_as_a_crash_leaves_it(data, tmp_path / "crashed")
    log = bytearray((crashed / "chat.db-wal").read_bytes())
    log[-1_000] ^= 1
    (crashed / "chat.db-wal").write_bytes(log)
    compact(crashed, "lost")
    assert texts(crashed) == ("lost", [])


def test_to_compact_in_vain_after_a_crash_is_not_taken_for_a_loss(
    store: SqliteStore, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed = copy_as_a_crash_leaves_it(data, tmp_path / "crashed")

    def is_interrupted(connection: sqlite3.Connection, **_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("broker.store.verbs.copies.check_all", is_interrupted)
    with pytest.raises(KeyboardInterrupt):
        compact(crashed, "lost")
    assert texts(crashed)[0] == "epoch"


def test_nothing_is_compacted_under_a_broker(store: SqliteStore, data: Path) -> None:
    with pytest.raises(StoreError, match="another broker or verb uses"):
        compact(data, "lost")
    store.commit([said(TALK + 1)])


def test_a_backup_needs_nothing_beside_it(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "backup")
    uri = f"{(tmp_path / 'backup').as_uri()}?immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_of_several_backups_to_one_name_the_first_gets_it(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    target = tmp_path / "backup"

    def outcome(_: int) -> int | str | None:
        try:
            return back_up(data, target)
        except FileExistsError as error:
            return str(error.filename or error)

    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(outcome, range(4)))
    assert sorted(outcomes, key=str) == sorted([TALK, *[str(target)] * 3], key=str)
    assert verify(target) == TALK
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup", "data"]


def test_a_database_of_a_later_version_is_refused(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    store.close()
    path = data / "chat.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")
        connection.execute("DROP TABLE indexing")
    works: list[Callable[[], object]] = [
        lambda: SqliteStore(data, "epoch"),
        lambda: verify(path),
        lambda: export(path, bytes),
        lambda: compact(data, "epoch"),
        lambda: back_up(data, tmp_path / "backup"),
        lambda: restore(path, tmp_path / "new", "epoch"),
    ]
    for work in works:
        with pytest.raises(
            StoreError, match=f"^{path} was written by a later version of chat-broker; use that"
        ):
            work()


def test_an_error_names_the_damaged_file(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "backup")
    spoil(tmp_path / "backup")
    store.close()
    sentence = r"/backup is damaged, or not a backup of a chat \(a row of .*\); use another one$"
    with pytest.raises(StoreBroken, match=sentence):
        verify(tmp_path / "backup")
    with pytest.raises(StoreBroken, match=sentence):
        restore(tmp_path / "backup", data, "restored")
    spoil(data / "chat.db")
    with pytest.raises(
        StoreBroken, match=r"/data/chat\.db is damaged .*; stop the broker and restore a backup$"
    ):
        back_up(data, tmp_path / "another")
