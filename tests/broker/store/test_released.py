"""A database of an earlier release comes through all migrations whole: see README.md in this folder.

The tests read what they expect from the database as version 3 defined it, in SQL that stays as it is.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from stored import find
from wired import Chat

from broker.core.changes import Changes
from broker.core.facts.collection import KINDS, Facts
from broker.core.store import Query, StoreBroken
from broker.store.copies import back_up, restore, verify
from broker.store.dump import export, load
from broker.store.sqlite import SqliteStore
from messages.limits import MAX_SEQ
from messages.replies import Accepted
from messages.requests import Login, Send
from messages.version import PROTOCOL

MESSAGES = 623
IDS = {"alice": 2, "dave": 3, "gate": 4, "bob": 5, "Carla": 6, "Günther": 7}


def rows(directory: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a database in any order, sorted."""
    with closing(sqlite3.connect(directory / "chat.db")) as connection:
        return sorted(connection.execute(query), key=str)


@pytest.fixture
def opened(released: Path) -> Iterator[SqliteStore]:
    """The database in use by the present program, which has taken it through all migrations."""
    with closing(SqliteStore(released, "other")) as store:
        yield store


def test_it_has_some_of_everything(released: Path) -> None:
    kinds = Counter(kind for (kind,) in rows(released, "SELECT kind FROM facts"))
    assert set(kinds) == {
        "key", "revoked-key", "released-name", "new-key", "invite-use", "granted-role", "password",
        "rank", "room-rules", "invitation", "ban", "mute", "ignore", "deed",
    }  # fmt: skip
    assert rows(released, "SELECT id FROM users WHERE away IS NOT NULL AND discreet") == [(5,)]
    assert rows(released, "SELECT count(*) FROM conversations WHERE id LIKE '@%' AND first > 1") == [(5,)]
    assert rows(released, "SELECT max(delivered), max(read) FROM members WHERE at > 0") == [(30, 29)]
    assert rows(released, "SELECT count(*) FROM messages") == [(MESSAGES,)]
    assert rows(released, "SELECT 0 < upto AND upto < max(number) FROM indexing, messages") == [(1,)]
    ((next_user,),) = rows(released, "SELECT next_user FROM log")
    assert set(range(1, next_user)) - set(IDS.values()) == {1, 8}  # these were forgotten


def test_users_rooms_and_members_come_through(released: Path) -> None:
    users = rows(released, "SELECT id, name, away, seen, discreet FROM users")
    rooms = rows(released, "SELECT id, name, topic FROM rooms")
    members = rows(
        released,
        """
        SELECT c.id, m.user, m.delivered, m.joined, m.read, m.at
        FROM members m JOIN conversations c ON c.number = m.conversation
        """,
    )
    with closing(SqliteStore(released, "other")) as store:
        found = store.load()
    assert sorted(((u.id, u.name, u.away, u.seen, u.discreet) for u in found.users), key=str) == [
        (*user, bool(discreet)) for *user, discreet in users
    ]
    assert sorted(((room.id, room.name, room.topic) for room in found.rooms), key=str) == rooms
    assert (
        sorted(
            ((m.conversation, m.user, m.delivered, m.joined, m.read, m.at) for m in found.members), key=str
        )
        == members
    )


def test_the_log_as_a_whole_comes_through(released: Path) -> None:
    log = rows(released, "SELECT epoch, next_user FROM log")
    conversations = rows(released, "SELECT id, first, head FROM conversations")
    last_sent = rows(
        released,
        "SELECT c.id, l.user, l.seq FROM last_sent l JOIN conversations c ON c.number = l.conversation",
    )
    ((latest,),) = rows(released, "SELECT at FROM messages ORDER BY number DESC LIMIT 1")
    with closing(SqliteStore(released, "other")) as store:
        found = store.load()
    assert [(found.epoch, found.next_user)] == log
    assert found.heads == {name: head for name, _, head in conversations if head}
    assert found.firsts == {name: first for name, first, _ in conversations if first > 1}
    assert found.last_sent == {(name, user): seq for name, user, seq in last_sent}
    assert found.latest == latest


def test_every_fact_comes_through_and_is_known(released: Path) -> None:
    facts = rows(released, "SELECT kind, key, value FROM facts")
    with closing(SqliteStore(released, "other")) as store:
        found = store.load().facts
    assert found == {(kind, key): value for kind, key, value in facts}
    known = Facts(found, Changes(), [])
    counts = Counter(kind for kind, _, _ in facts)
    assert {kind: len(known.of(KINDS[kind])) for kind in counts} == counts


def test_every_message_comes_through_and_is_found_by_its_id(released: Path) -> None:
    messages = rows(
        released,
        """
        SELECT c.id, m.seq, m.id, m.user, m.sender, m.text, m.at, m."to"
        FROM messages m JOIN conversations c ON c.number = m.conversation
        """,
    )
    with closing(SqliteStore(released, "other")) as store:
        pages = [store.page(name, 0, MAX_SEQ, MESSAGES) for name in store.load().heads]
        sent = [store.find_sent(user, sent) for _, _, sent, user, *_ in messages]
    found = [(m.conversation, m.seq, m.id, m.user, m.sender, m.text, m.at, m.to) for p in pages for m in p]
    assert sorted(found, key=str) == messages
    assert [one and (one.conversation, one.seq) for one in sent] == [message[:2] for message in messages]


@pytest.mark.parametrize(
    ("words", "count"), [("fox", 600), ("grosse", 2), ("日本語のテキスト", 2), ("привет", 2), ("yawns", 2)]
)
def test_every_message_is_found_by_its_words(opened: SqliteStore, words: str, count: int) -> None:
    rooms = frozenset(room.id for room in opened.load().rooms)
    query = Query((words,), rooms, None, 0, MAX_SEQ, None, MESSAGES)
    assert (len(find(opened, query)), opened.unindexed) == (count, 0)


def test_what_is_sent_again_is_recognised(released: Path) -> None:
    keys = rows(released, "SELECT key, value FROM facts WHERE kind = 'key'")
    key = next(key for key, value in keys if json.loads(value)["user"] == IDS["alice"])
    with closing(SqliteStore(released, "other")) as store:
        alice = Chat(store).connect(identity=key)
        alice.ask(Login, PROTOCOL, "Alice")
        again = alice.ask(Send, "#tea", "this can be sent again", id="sent-again")
        assert isinstance(again, Accepted)
        assert (again.conversation, again.seq) == ("#tea", 39)
        assert store.load().heads["#tea"] == 639


def test_it_is_whole_before_and_after(released: Path, tmp_path: Path) -> None:
    assert verify(released / "chat.db") == MESSAGES
    assert back_up(released, tmp_path / "of the old one") == MESSAGES
    SqliteStore(released, "other").close()
    assert verify(released / "chat.db") == back_up(released, tmp_path / "backup") == MESSAGES
    assert restore(tmp_path / "backup", tmp_path / "new", "restored")[0] == MESSAGES


def test_the_exports_of_the_old_and_the_migrated_database_are_equal(released: Path, tmp_path: Path) -> None:
    before: list[bytes] = []
    after: list[bytes] = []
    assert export(released / "chat.db", before.append) == MESSAGES
    SqliteStore(released, "other").close()
    export(released / "chat.db", after.append)
    assert after == before
    assert load(before, tmp_path / "new", "imported") == MESSAGES


def test_a_still_older_one_is_verified_exported_and_backed_up_too(released: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(released / "chat.db")) as connection, connection:
        connection.execute("DROP TABLE facts")
        connection.execute("PRAGMA user_version = 2")
    before = (released / "chat.db").read_bytes()
    lines: list[bytes] = []
    assert verify(released / "chat.db") == export(released / "chat.db", lines.append) == MESSAGES
    assert back_up(released, tmp_path / "backup") == load(lines, tmp_path / "new", "imported") == MESSAGES
    assert (released / "chat.db").read_bytes() == before


def test_damage_in_a_still_older_one_is_found(released: Path) -> None:
    with closing(sqlite3.connect(released / "chat.db")) as connection, connection:
        connection.execute("DROP TABLE facts")
        connection.execute("UPDATE messages SET text = 'fix' WHERE number = 100")
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreBroken, match="a row of messages is not what was written: 100"):
        verify(released / "chat.db")
    with closing(sqlite3.connect(released / "chat.db")) as connection, connection:
        connection.execute("DROP INDEX sent")
    with pytest.raises(StoreBroken, match="its tables are not defined as they were"):
        verify(released / "chat.db")
