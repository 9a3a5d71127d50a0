"""A migration can add a column and compute its values; whole rows stay whole, damaged rows stay damaged.

The trial migration gives each message of the earlier database its number of characters.
"""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from broker.core.store import StoreBroken
from broker.store.check import check_all, check_definitions
from broker.store.checksums import FACTS, MESSAGES, ROOMS, TABLES, DamagedError, Table
from broker.store.files.wal import read_log
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import verify
from broker.store.versions import rewriting
from broker.store.versions.migrations import migrate
from broker.store.versions.rewriting import rewrite
from broker.store.versions.schema import STEPS, Step

COUNT = 623
"""Messages in the earlier database, see README.md in this folder."""

ADD = "ALTER TABLE messages ADD COLUMN characters INTEGER NOT NULL DEFAULT 0"
COUNTED = Table(
    "messages",
    ", ".join(MESSAGES.columns[:9]),
    {'"of"': 0, "kind": "", "form": ""},
    {"characters": 0},
)
AFTERWARDS = [COUNTED if table is MESSAGES else table for table in TABLES]


def characters(row: Mapping[str, Any]) -> dict[str, int]:
    return {"characters": len(row["text"])}


def fill(connection: sqlite3.Connection) -> None:
    rewrite(connection, COUNTED, characters)


TRIAL: tuple[Step, ...] = (*STEPS, (ADD, fill))


@pytest.fixture
def connection(earlier: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(earlier / "chat.db", isolation_level=None)) as connection:
        migrate(connection, earlier / "chat.db", keep=False)
        yield connection


def damaged(connection: sqlite3.Connection, table: Table) -> set[Any]:
    """Return the keys of the rows that are not what was written."""
    connection.text_factory = lambda text: text.decode(errors="backslashreplace")
    found = {row[0] for row in connection.execute(table.select()) if not table.is_whole(row)}
    connection.text_factory = str
    return found


def dump(connection: sqlite3.Connection) -> list[str]:
    return [str(connection.execute("PRAGMA user_version").fetchone()), *connection.iterdump()]


def test_every_row_gets_its_value_and_a_checksum_that_covers_it(
    connection: sqlite3.Connection, earlier: Path
) -> None:
    before = connection.execute(MESSAGES.select("ORDER BY number")).fetchall()
    migrate(connection, earlier / "chat.db", TRIAL)
    check_definitions(connection, TRIAL)
    assert check_all(connection, tables=AFTERWARDS) == COUNT
    after = connection.execute(COUNTED.select("ORDER BY number")).fetchall()
    assert [row[:-2] for row in after] == [row[:-1] for row in before]
    assert [row[-2] for row in after] == [len(row[6]) for row in before]
    assert {row[-1] >> 32 for row in before} == {0}
    assert {row[-1] >> 32 for row in after} == {2}
    assert verify(earlier / f"chat.db.v{len(STEPS)}") == COUNT


@pytest.mark.parametrize(
    "damage",
    [
        "text = 'fix'",
        "text = CAST(x'ff' AS TEXT)",
        "text = x'ff'",
        "at = at + 1",
        "sum = sum + 1",
        "sum = sum + (1 << 32)",
        "sum = sum + (7 << 32)",
        "sum = -1",
        "sum = 'sum'",
    ],
)
def test_a_damaged_row_stays_damaged_and_is_named(
    connection: sqlite3.Connection, earlier: Path, damage: str
) -> None:
    connection.execute(f"UPDATE messages SET {damage} WHERE number IN (100, 200)")
    before = connection.execute(
        "SELECT CAST(text AS BLOB), at, sum FROM messages WHERE number = 100"
    ).fetchall()
    assert damaged(connection, MESSAGES) == {100, 200}
    migrate(connection, earlier / "chat.db", TRIAL)
    assert damaged(connection, COUNTED) == {100, 200}
    again = connection.execute(
        "SELECT CAST(text AS BLOB), at, sum FROM messages WHERE number = 100"
    ).fetchall()
    assert again == before
    counts = connection.execute("SELECT count(*) FROM messages WHERE characters = 0").fetchone()
    assert counts == (2,)
    connection.execute("UPDATE messages SET text = 'fox' WHERE text = x'ff' OR text = CAST(x'ff' AS TEXT)")
    with pytest.raises(DamagedError, match="a row of messages is not what was written: 100"):
        check_all(connection, tables=AFTERWARDS)


@pytest.mark.parametrize("steps", [(*STEPS, (ADD,)), TRIAL])
def test_a_changed_value_of_the_new_column_is_damage_whether_or_not_it_was_computed(
    connection: sqlite3.Connection, earlier: Path, steps: tuple[Step, ...]
) -> None:
    migrate(connection, earlier / "chat.db", steps)
    assert check_all(connection, tables=AFTERWARDS) == COUNT
    connection.execute("UPDATE messages SET characters = characters + 1 WHERE number = 100")
    connection.execute("UPDATE messages SET characters = characters + 0.5 WHERE number = 200")
    assert damaged(connection, COUNTED) == {100, 200}


def test_rows_that_were_not_computed_stand_beside_new_ones(
    connection: sqlite3.Connection, earlier: Path
) -> None:
    migrate(connection, earlier / "chat.db", (*STEPS, (ADD,)))
    row = COUNTED.row(669, 2, 640, "new", 2, "alice", "hello", 1, "", 0, "", "", 5)
    connection.execute(COUNTED.insert, row)
    connection.execute("UPDATE messages SET sum = sum - (1 << 32) WHERE number = 669")
    assert damaged(connection, COUNTED) == {669}
    connection.execute("UPDATE messages SET sum = sum + (1 << 32) WHERE number = 669")
    assert damaged(connection, COUNTED) == set()


def test_steps_that_follow_each_other_each_use_the_table_as_it_was_then(
    connection: sqlite3.Connection, earlier: Path
) -> None:
    later = Table(
        "messages",
        ", ".join(MESSAGES.columns[:9]),
        {'"of"': 0, "kind": "", "form": ""},
        {"characters": 0},
        {"lines": 1, "shown": None},
    )

    def count_lines(connection: sqlite3.Connection) -> None:
        rewrite(connection, later, lambda row: {"lines": row["text"].count("\n") + 1})

    steps = (
        *STEPS,
        (ADD, lambda connection: rewrite(connection, later.at(2), characters)),
        (
            "ALTER TABLE messages ADD COLUMN lines INTEGER NOT NULL DEFAULT 1",
            "ALTER TABLE messages ADD COLUMN shown TEXT",
            count_lines,
        ),
    )
    migrate(connection, earlier / "chat.db", steps)
    assert damaged(connection, later) == set()
    query = 'SELECT characters, lines, shown, "to" FROM messages WHERE number = 66'
    assert connection.execute(query).fetchone() == (len("a question\nover two lines"), 2, None, "bob")
    assert (earlier / f"chat.db.v{len(STEPS) + 1}").exists()


def test_a_step_that_raises_leaves_the_database_as_it_was(
    connection: sqlite3.Connection, earlier: Path
) -> None:
    def fails(row: Mapping[str, Any]) -> dict[str, int]:
        if row["number"] == 500:
            raise KeyError("nowhere")
        return characters(row)

    migrate(connection, earlier / "chat.db", keep=False)
    before = dump(connection)
    with pytest.raises(KeyError, match="nowhere"):
        migrate(
            connection,
            earlier / "chat.db",
            (*STEPS, (ADD, lambda connection: rewrite(connection, COUNTED, fails))),
        )
    assert not connection.in_transaction
    assert connection.text_factory is str
    assert dump(connection) == before
    assert verify(earlier / "chat.db") == verify(earlier / f"chat.db.v{len(STEPS)}") == COUNT
    migrate(connection, earlier / "chat.db", TRIAL)
    assert check_all(connection, tables=AFTERWARDS) == COUNT


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from broker.store.database import Database
from broker.store.versions.migrations import migrate
from broker.store.versions.rewriting import rewrite
from test_computing_migrations import ADD, COUNTED, STEPS, characters

def is_killed(connection):
    rewrite(connection, COUNTED, characters)
    os.kill(os.getpid(), signal.SIGKILL)

database = Database(Path(sys.argv[1]))
database.connection.execute("PRAGMA cache_size = 1")  # so that changed pages are in the log by then
migrate(database.connection, database.path, (*STEPS, (ADD, is_killed)))
"""


def test_a_program_that_is_killed_in_a_step_leaves_the_database_as_it_was(earlier: Path) -> None:
    with closing(sqlite3.connect(earlier / "chat.db", isolation_level=None)) as connection:
        migrate(connection, earlier / "chat.db", keep=False)
        before = dump(connection)
    command = [sys.executable, "-c", KILLED, str(earlier / "chat.db"), str(Path(__file__).parent)]
    ended = subprocess.run(command, check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    log = read_log(earlier / "chat.db")
    assert log
    assert (log.commits, log.last > 0) == ((), True)
    with closing(sqlite3.connect(earlier / "chat.db")) as connection:
        assert dump(connection) == before
    assert verify(earlier / "chat.db") == verify(earlier / f"chat.db.v{len(STEPS)}") == COUNT
    with closing(SqliteStore(earlier, "other")) as store:
        assert store.load().epoch != "other"
    with closing(sqlite3.connect(earlier / "chat.db", isolation_level=None)) as connection:
        migrate(connection, earlier / "chat.db", TRIAL)
        assert check_all(connection, tables=AFTERWARDS) == COUNT


def test_a_database_that_a_trial_has_changed_is_of_a_later_version(
    connection: sqlite3.Connection, earlier: Path
) -> None:
    migrate(connection, earlier / "chat.db", TRIAL)
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    with pytest.raises(StoreBroken, match="its tables are not defined as they were"):
        verify(earlier / "chat.db")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_slices_of_any_size_visit_each_row_of_a_table_once(
    connection: sqlite3.Connection, table: Table, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SLICE", size)
    rewrite(connection, table, lambda _: {})  # gives rows of an earlier version the latest checksum
    before = dump(connection)
    visited: list[tuple[object, ...]] = []

    def visit(row: Mapping[str, Any]) -> dict[str, Any]:
        visited.append(tuple(row.values()))
        return {}

    rewrite(connection, table, visit)
    assert sorted(visited, key=str) == sorted(table.checked(connection.execute(table.select())), key=str)
    assert dump(connection) == before


def test_a_row_can_be_rewritten_without_a_new_version(connection: sqlite3.Connection) -> None:
    rewrite(connection, FACTS, lambda row: {"value": row["value"] + b" "})
    assert check_all(connection) == COUNT
    values = [value for (value,) in connection.execute("SELECT value FROM facts")]
    assert all(value.endswith(b"} ") for value in values)


def test_keys_are_not_rewritten(connection: sqlite3.Connection) -> None:
    for change in ({"kind": "other"}, {"nonsense": 1}):
        with pytest.raises(ValueError, match="facts has no such columns to change"):
            rewrite(connection, FACTS, lambda _, change=change: change)  # type: ignore[misc]


def test_a_damaged_key_that_hides_the_rows_behind_it_is_named(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewriting, "SLICE", 1)
    connection.execute("UPDATE rooms SET id = CAST(x'23ff' AS TEXT) WHERE id = '#lobby'")
    with pytest.raises(DamagedError, match="a row of rooms has a key that is not text"):
        rewrite(connection, ROOMS, lambda _: {})
