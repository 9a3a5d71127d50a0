"""The SQLite store: it lasts, and notices crashes and other brokers."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from stored import ALICE, BOB, batch, copy_as_a_crash_leaves_it, fill, find, read_everything, said, search_all

from broker.core.store import (
    DepartedMember,
    ForgottenUser,
    Pruned,
    Query,
    StoredMember,
    StoredMessage,
    StoredUser,
    StoreError,
)
from broker.store import sqlite
from broker.store.database import LOG_LIMIT
from broker.store.rows import searching
from broker.store.rows.reading import _THREAD
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import reading
from messages.limits import MAX_SEQ
from messages.replies import Durability


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chat"


def test_it_keeps_what_it_is_given_on_a_disk(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    assert store.durability is Durability.DISK
    store.close()


def test_everything_is_there_after_a_restart(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    fill(store)
    before, found = read_everything(store), search_all(store)
    store.close()
    again = SqliteStore(directory, "second")
    assert read_everything(again) == before
    assert again.load().epoch == "first"
    assert search_all(again) == found
    again.close()


def test_everything_is_there_after_a_crash(directory: Path, tmp_path: Path) -> None:
    store = SqliteStore(directory, "first")
    fill(store)
    before = read_everything(store)
    again = SqliteStore(copy_as_a_crash_leaves_it(directory, tmp_path / "copy"), "second")
    assert read_everything(again) == before
    assert again.load().epoch == "first"
    again.close()
    store.close()


def test_it_goes_on_after_a_restart_where_it_stopped(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    fill(store)
    store.commit([Pruned("#lobby", 5)])
    store.commit([ForgottenUser(BOB.id)])
    store.close()
    again = SqliteStore(directory, "second")
    assert again.load().next_user == 3
    assert [message.seq for message in again.page("#lobby", 0, MAX_SEQ, 2)] == [5, 6]
    again.commit([said(19), said(1, "#new")])
    assert again.load().heads == {"#lobby": 19, "#zmq": 18, "#new": 1}
    query = Query(("fox",), frozenset(["#new"]), None, 0, MAX_SEQ, None, 9)
    assert find(again, query) == [said(1, "#new")]
    again.close()


def test_nobody_else_may_read_what_is_stored(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    store.close()


def test_nobody_else_may_read_it_in_a_directory_that_all_may_enter(directory: Path) -> None:
    directory.mkdir(parents=True, mode=0o755)
    store = SqliteStore(directory, "first")
    fill(store)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()} == dict.fromkeys(
        ["chat.db", "chat.db-wal", "chat.db-shm", "synced", "lock"], 0o600
    )
    store.close()


def test_two_brokers_never_share_a_directory(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    with pytest.raises(
        StoreError, match=f"another broker or verb uses {directory}; wait for it, stop it or choose another"
    ):
        SqliteStore(directory, "second")
    store.commit([ALICE])
    store.close()
    SqliteStore(directory, "second").close()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        StoreError, match=r"cannot use .*/file/data: Not a directory; choose another with --data"
    ):
        SqliteStore(tmp_path / "file" / "data", "first")


def test_a_message_that_is_not_the_next_of_its_conversation_is_refused_with_all_else(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    store.commit([ALICE, said(1)])
    before = store.load()
    with pytest.raises(StoreError, match="#lobby has 1 messages; 3 cannot be the next"):
        store.commit([BOB, said(1, "#zmq"), said(3)])
    assert store.load() == before
    store.commit([said(2)])
    assert store.load().heads == {"#lobby": 2}
    store.close()


def test_the_outcome_of_the_check_is_reported(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    fill(store)
    store.close()
    reports: list[str] = []
    store = SqliteStore(directory, "second", reports.append)
    assert not store.checking
    assert len(reports) == 1
    assert reports[0].startswith(f"{directory}/chat.db is whole: 54 messages checked in ")
    store.close()


def test_a_log_that_a_long_reader_made_large_shrinks_again(directory: Path) -> None:
    log = directory / "chat.db-wal"
    with closing(SqliteStore(directory, "epoch")) as store:
        store.commit([StoredUser(1, "alice", None)])
        with reading(directory / "chat.db") as reader:
            reader.execute("SELECT count(*) FROM users").fetchone()
            store.commit([StoredUser(1, "alice", "x" * LOG_LIMIT)])
            store.commit([StoredUser(1, "alice", None)])
        assert log.stat().st_size > LOG_LIMIT
        store.commit([StoredUser(1, "alice", "x" * 5_000 * 4_096)])  # enough to move the log once more
        store.commit([StoredUser(1, "alice", None)])
        assert log.stat().st_size == LOG_LIMIT


def test_the_index_is_filled_behind_the_messages_and_a_search_does_a_part_of_it(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "CATCH_UP", 3)
    monkeypatch.setattr(sqlite, "SLICE", 60.0)  # each time as many messages as it takes at once
    store = SqliteStore(directory, "first")
    messages = [
        StoredMessage("#lobby", seq, str(seq), 1, "alice", "fox" if seq % 1_000 == 0 else "hen", seq)
        for seq in range(1, 5_001)
    ]
    store.commit(messages)
    query = Query(("fox",), frozenset(["#lobby"]), None, 0, MAX_SEQ, None, 10)
    assert find(store, query) == []
    assert store.unindexed == 5_000 - 3 * 256
    assert [message.seq for message in find(store, query)] == [1_000]
    while store.upkeep():
        pass
    assert [message.seq for message in find(store, query)] == [5_000, 4_000, 3_000, 2_000, 1_000]
    assert store.unindexed == 0
    store.close()


def test_the_log_is_moved_into_the_database_as_it_grows(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    for seq in range(1, 201):
        store.commit([said(seq, size=5_000)])
    assert (directory / "chat.db").stat().st_size > 8_000_000
    assert (directory / "chat.db-wal").stat().st_size < 25_000_000
    store.close()


def test_a_commit_torn_by_a_crash_is_dropped_and_the_epoch_stays(directory: Path, tmp_path: Path) -> None:
    store = SqliteStore(directory, "first")
    fill(store)
    before = read_everything(store)
    crashed = copy_as_a_crash_leaves_it(directory, tmp_path / "copy")
    size = (crashed / "chat.db-wal").stat().st_size
    store.commit(batch(19))
    log = (directory / "chat.db-wal").read_bytes()
    store.close()
    assert len(log) > size + 2 * 4_120
    for torn in (log[:-1], log[:-4_096], log[:-5_000], log[:size] + log[size:-4_096] + bytes(4_096)):
        (crashed / "chat.db-wal").write_bytes(torn)
        again = SqliteStore(copy_as_a_crash_leaves_it(crashed, tmp_path / f"torn {hash(torn)}"), "second")
        assert read_everything(again) == before
        assert again.load().epoch == "first"
        again.close()


def test_the_loss_of_a_confirmed_commit_changes_the_epoch(directory: Path, tmp_path: Path) -> None:
    store = SqliteStore(directory, "first")
    fill(store)
    crashed = copy_as_a_crash_leaves_it(directory, tmp_path / "copy")
    store.close()
    log = (crashed / "chat.db-wal").read_bytes()
    for number, damaged in enumerate((log[:-5_000], log[:-2_000] + bytes(2_000), log[:32], b"")):
        lost = copy_as_a_crash_leaves_it(crashed, tmp_path / f"lost {number}")
        (lost / "chat.db-wal").write_bytes(damaged)
        reports: list[str] = []
        again = SqliteStore(lost, "second", alarm=reports.append)
        assert again.load().epoch == "second"
        (aside,) = lost.glob("damaged-*")
        held = sum(again.load().heads.values())
        assert reports == [
            f"{lost}/chat.db has lost at least the last {54 - held} of its messages to damage; "
            f"clients will be told, and copies of the files are in {aside}"
        ]
        assert (aside / "chat.db-wal").read_bytes() == damaged
        for name in ("chat.db", "synced"):
            assert (aside / name).read_bytes() == (crashed / name).read_bytes()
        again.close()
        third = SqliteStore(lost, "third", alarm=reports.append)
        assert third.load().epoch == "second"
        third.close()
        assert len(reports) == len(list(lost.glob("damaged-*"))) == 1


def test_a_loss_in_the_log_is_noticed_by_what_follows_it(directory: Path, tmp_path: Path) -> None:
    store = SqliteStore(directory, "first")
    fill(store)
    crashed = copy_as_a_crash_leaves_it(directory, tmp_path / "copy")
    size = (crashed / "chat.db-wal").stat().st_size
    store.commit(batch(19))
    store.commit(batch(25))
    log = bytearray((directory / "chat.db-wal").read_bytes())
    store.close()
    log[size + 100] ^= 1
    (crashed / "chat.db-wal").write_bytes(log)
    again = SqliteStore(crashed, "second")
    assert again.load().epoch == "second"
    assert again.load().heads["#lobby"] == 18
    again.close()


def test_counting_looks_at_the_last_messages_only_if_a_user_sent_a_lot_and_read_nothing(
    directory: Path,
) -> None:
    store = SqliteStore(directory, "first")
    others = [StoredMessage("#den", seq, str(seq), BOB.id, "bob", "hi", seq) for seq in (1, 2)]
    own = [StoredMessage("#den", seq, str(seq), ALICE.id, "alice", "hi", seq) for seq in range(3, 10_002)]
    store.commit([*others, *own])
    assert store.count_others("#den", 0, ALICE.id, 1_000) == 1
    assert store.count_others("#den", 0, BOB.id, 1_000) == 1_000
    store.close()


def test_a_thread_takes_as_much_work_however_many_amendments_a_message_has(directory: Path) -> None:
    """Reactions that one user gives and takes back for hours neither hold up others nor hide answers."""
    SqliteStore(directory, "first").close()
    with closing(sqlite3.connect(directory / "chat.db")) as connection:
        _add(connection, 1, 1, 0, "")
        _add(connection, 2, 10_000, 1, "reacted")
        _add(connection, 10_001, 10_001, 1, "")
        few = _thread_work(connection)
        _add(connection, 10_002, 40_000, 1, "reacted")
        _add(connection, 40_001, 40_001, 10_001, "")
        assert _thread_work(connection) <= few + 1
        found = connection.execute(f"SELECT seq FROM messages {_THREAD}", (1, 1, 10_000, 10)).fetchall()
    assert found == [(10_001,), (40_001,)]


def _add(connection: sqlite3.Connection, first: int, last: int, of: int, kind: str) -> None:
    """Add entries whose checksums are wrong."""
    connection.execute(
        """
        WITH RECURSIVE added (seq) AS (SELECT ?1 UNION ALL SELECT seq + 1 FROM added WHERE seq < ?2)
        INSERT INTO messages SELECT seq, 1, seq, seq, 1, '', '', 0, '', 0, ?3, ?4, '' FROM added
        """,
        (first, last, of, kind),
    )


def _thread_work(connection: sqlite3.Connection) -> int:
    """Return how many times 10,000 steps SQLite takes to find a thread."""
    steps: list[None] = []
    connection.set_progress_handler(lambda: steps.append(None), 10_000)
    connection.execute(f"SELECT seq FROM messages {_THREAD}", (1, 1, 0, 10)).fetchall()
    connection.set_progress_handler(None, 0)
    return len(steps)


def test_many_users_are_forgotten_in_a_few_statements(directory: Path) -> None:
    store = SqliteStore(directory, "first")
    numbers = range(1, 201)
    store.commit([StoredUser(number, f"user{number}", None) for number in numbers])
    store.commit([StoredMember("#den", number, 0) for number in numbers])
    statements: list[str] = []
    store._connection.set_trace_callback(statements.append)
    store.commit(
        [entry for number in numbers for entry in (DepartedMember("#den", number), ForgottenUser(number))]
    )
    assert sum("user IN" in statement for statement in statements) == 2
    assert (store.load().users, store.load().members) == ([], [])
    store.close()
