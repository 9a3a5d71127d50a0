"""Bringing a database to the version this program writes."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from stored import fill, find, search_all

from broker.core.store import Query, StoreError
from broker.store.checksums import CONVERSATIONS, INDEXING, MESSAGES
from broker.store.sqlite import SqliteStore
from broker.store.versions.migrations import migrate
from broker.store.versions.schema import STEPS
from messages.limits import MAX_SEQ

FIRST = ("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")
SECOND = ("ALTER TABLE a ADD COLUMN y DEFAULT 2", "CREATE TABLE b (z)")
FAILING = ("CREATE TABLE c (z)", "INSERT INTO nowhere VALUES (1)")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()
        return [str(version), *connection.iterdump()]


def test_a_new_database_goes_through_all_steps_and_is_not_copied_when_empty(
    connection: sqlite3.Connection, path: Path
) -> None:
    migrate(connection, path, (FIRST, SECOND))
    assert connection.execute("SELECT * FROM a").fetchall() == [(1, 2)]
    assert [other.name for other in path.parent.iterdir()] == ["chat.db"]


def test_an_older_database_goes_through_the_steps_it_lacks_and_is_copied_before(
    connection: sqlite3.Connection, path: Path
) -> None:
    migrate(connection, path, (FIRST,))
    before = dump(path)
    migrate(connection, path, (FIRST, SECOND))
    assert connection.execute("SELECT * FROM a").fetchall() == [(1, 2)]
    assert dump(path.with_name("chat.db.v1")) == before


def test_the_copy_of_an_older_database_is_for_its_owner_only(
    connection: sqlite3.Connection, path: Path
) -> None:
    migrate(connection, path, (FIRST,))
    migrate(connection, path, (FIRST, SECOND))
    assert stat.S_IMODE(path.with_name("chat.db.v1").stat().st_mode) == 0o600
    assert sorted(other.name for other in path.parent.iterdir()) == ["chat.db", "chat.db.v1"]


def test_of_a_copy_no_other_copy_is_kept(connection: sqlite3.Connection, path: Path) -> None:
    migrate(connection, path, (FIRST,))
    migrate(connection, path, (FIRST, SECOND), keep=False)
    assert connection.execute("SELECT * FROM a").fetchall() == [(1, 2)]
    assert [other.name for other in path.parent.iterdir()] == ["chat.db"]


def test_a_database_of_this_version_is_left_alone(connection: sqlite3.Connection, path: Path) -> None:
    migrate(connection, path, (FIRST,))
    before = path.read_bytes()
    migrate(connection, path, (FIRST,))
    assert path.read_bytes() == before


def test_a_step_that_fails_leaves_the_database_as_it_was(connection: sqlite3.Connection, path: Path) -> None:
    migrate(connection, path, (FIRST,))
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, path, (FIRST, SECOND, FAILING))
    assert not connection.in_transaction
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    assert dump(path) == dump(path.with_name("chat.db.v2"))
    migrate(connection, path, (FIRST, SECOND, FAILING[:1]))
    assert connection.execute("SELECT * FROM c").fetchall() == []


def test_the_index_of_words_of_an_older_database_is_made_anew_in_silence(path: Path) -> None:
    with closing(SqliteStore(path.parent, "first")) as store:
        fill(store)
        found = search_all(store)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE facts")
        connection.execute("DROP TABLE found")
        connection.execute("DROP TABLE blocks")
        connection.execute("DROP INDEX about")
        connection.execute("DROP INDEX mentioning")
        for column in ('"of"', "kind", "form"):
            connection.execute(f"ALTER TABLE messages DROP COLUMN {column}")
        connection.execute("ALTER TABLE conversations DROP COLUMN amended")
        connection.execute("ALTER TABLE indexing DROP COLUMN erasing")
        for table in (MESSAGES, CONVERSATIONS, INDEXING):
            rows = connection.execute(table.at(0).select()).fetchall()
            connection.executemany(table.at(0).replace, [table.at(0).row(*row[:-1]) for row in rows])
        connection.execute(STEPS[0][-1])
        connection.execute("PRAGMA user_version = 1")
    reports: list[str] = []
    with closing(SqliteStore(path.parent, "second", reports.append)) as store:
        assert search_all(store) == found
        party = Query(("fox",), frozenset(), None, 0, MAX_SEQ, None, 100, party=2)
        assert find(store, party) == [hit for hit in found if hit.conversation == "@1|@2"]
        assert store.load().epoch == "first"
    assert len(reports) == 1
    assert path.with_name("chat.db.v1").exists()


def test_a_database_of_a_later_version_is_refused_and_left_alone(path: Path) -> None:
    SqliteStore(path.parent, "first").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(
        StoreError, match=f"{path} was written by a later version of chat-broker; use that version"
    ):
        SqliteStore(path.parent, "second")
    assert dump(path)[0] == "(99,)"
