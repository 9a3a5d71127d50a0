"""A database of an earlier program comes through all migrations whole: see README.md in this folder.

There was no release yet when it was made.
The tests read what they expect from the database as version 3 defined it, in SQL that stays as it is.
"""

import json
import runpy
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
from broker.core.facts.moderation import AuditRecord
from broker.core.store import Query, StoreBroken
from broker.store import checksums
from broker.store.check import check_all
from broker.store.checksums import Table
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import back_up, restore, verify
from broker.store.verbs.dump import export, load
from broker.store.versions import earlier_facts, schema
from broker.store.versions.migrations import migrate
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
def opened(earlier: Path) -> Iterator[SqliteStore]:
    """The database in use by the present program, which has taken it through all migrations."""
    with closing(SqliteStore(earlier, "other")) as store:
        yield store


def test_it_has_some_of_everything(earlier: Path) -> None:
    kinds = Counter(kind for (kind,) in rows(earlier, "SELECT kind FROM facts"))
    assert set(kinds) == {
        "key", "revoked-key", "released-name", "new-key", "invite-use", "granted-role", "password",
        "rank", "room-rules", "invitation", "ban", "mute", "ignore", "deed",
    }  # fmt: skip
    assert rows(earlier, "SELECT id FROM users WHERE away IS NOT NULL AND discreet") == [(5,)]
    assert rows(earlier, "SELECT count(*) FROM conversations WHERE id LIKE '@%' AND first > 1") == [(5,)]
    assert rows(earlier, "SELECT max(delivered), max(read) FROM members WHERE at > 0") == [(30, 29)]
    assert rows(earlier, "SELECT count(*) FROM messages") == [(MESSAGES,)]
    assert rows(earlier, "SELECT 0 < upto AND upto < max(number) FROM indexing, messages") == [(1,)]
    ((next_user,),) = rows(earlier, "SELECT next_user FROM log")
    assert set(range(1, next_user)) - set(IDS.values()) == {1, 8}  # these were forgotten


def test_users_rooms_and_members_come_through(earlier: Path) -> None:
    users = rows(earlier, "SELECT id, name, away, seen, discreet FROM users")
    rooms = rows(earlier, "SELECT id, name, topic FROM rooms")
    members = rows(
        earlier,
        """
        SELECT c.id, m.user, m.delivered, m.joined, m.read, m.at
        FROM members m JOIN conversations c ON c.number = m.conversation
        """,
    )
    with closing(SqliteStore(earlier, "other")) as store:
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


def test_the_log_as_a_whole_comes_through(earlier: Path) -> None:
    log = rows(earlier, "SELECT epoch, next_user FROM log")
    conversations = rows(earlier, "SELECT id, first, head FROM conversations")
    last_sent = rows(
        earlier,
        "SELECT c.id, l.user, l.seq FROM last_sent l JOIN conversations c ON c.number = l.conversation",
    )
    ((latest,),) = rows(earlier, "SELECT at FROM messages ORDER BY number DESC LIMIT 1")
    with closing(SqliteStore(earlier, "other")) as store:
        found = store.load()
    assert [(found.epoch, found.next_user)] == log
    assert found.heads == {name: head for name, _, head in conversations if head}
    assert found.firsts == {name: first for name, first, _ in conversations if first > 1}
    assert found.last_sent == {(name, user): seq for name, user, seq in last_sent}
    assert found.latest == latest


def test_every_fact_comes_through_and_is_known(earlier: Path) -> None:
    stored = rows(earlier, "SELECT kind, key, value FROM facts")
    facts = [("audit", key, in_present_words(value)) if kind == "deed" else (kind, key, value)
             for kind, key, value in stored]  # fmt: skip
    with closing(SqliteStore(earlier, "other")) as store:
        found = store.load().facts
    assert found == {(kind, key): value for kind, key, value in facts}
    known = Facts(found, Changes(), [])
    counts = Counter(kind for kind, _, _ in facts)
    assert {kind: len(known.of(KINDS[kind])) for kind in counts} == counts


def in_present_words(value: bytes) -> bytes:
    """Return an entry of the audit log with the present names of fields and actions."""
    value = value.replace(b'"deed":"rank ', b'"deed":"set-role ')
    return value.replace(b'"deed":', b'"action":').replace(b'"whom":', b'"target":')


def test_the_audit_log_has_the_present_names_and_roles(earlier: Path) -> None:
    with closing(SqliteStore(earlier, "other")) as store:
        log = Facts(store.load().facts, Changes(), []).of(AuditRecord)
    assert [entry.number for entry in log.values()] == list(range(1, 19))
    entry = log[f"{16:016}"]
    assert (entry.by, entry.action, entry.target, entry.room) == (
        "root",
        "set-role moderator",
        "Alice",
        "#tea",
    )
    assert (log[f"{1:016}"].action, log[f"{1:016}"].target) == ("use-invite", "iUHSPSng")
    assert not [entry for entry in log.values() if entry.action.startswith("rank")]


def test_a_damaged_entry_of_the_audit_log_is_not_renamed_and_stays_damaged(earlier: Path) -> None:
    with closing(sqlite3.connect(earlier / "chat.db")) as connection, connection:
        changed = "CAST(replace(CAST(value AS TEXT), 'kick', 'link') AS BLOB)"
        connection.execute(f"UPDATE facts SET value = {changed} WHERE key = '0000000000000017'")
        connection.execute("UPDATE facts SET key = CAST(x'ff' AS TEXT) WHERE key = '0000000000000018'")
    with closing(sqlite3.connect(earlier / "chat.db", isolation_level=None)) as connection:
        migrate(connection, earlier / "chat.db")
        left = connection.execute("SELECT CAST(key AS BLOB) FROM facts WHERE kind = 'deed'").fetchall()
        assert left == [(b"0000000000000017",), (b"\xff",)]
        connection.execute("DELETE FROM facts WHERE key = CAST(x'ff' AS TEXT)")
    with pytest.raises(StoreBroken, match=r"a row of facts .*: 'deed', '0*17'"):
        verify(earlier / "chat.db")


def test_an_export_of_the_earlier_program_has_the_same_audit_log(earlier: Path, tmp_path: Path) -> None:
    lines: list[bytes] = []
    export(earlier / "chat.db", lines.append)
    version_1 = [json.dumps(in_earlier_words(json.loads(line))).encode() for line in lines]
    assert b'"deed": "rank moderator"' in b"".join(version_1)
    load(version_1, tmp_path / "new", "imported")
    again: list[bytes] = []
    export(tmp_path / "new" / "chat.db", again.append)
    assert [json.loads(line) for line in again[1:]] == [json.loads(line) for line in lines[1:]]


def in_earlier_words(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line of an export as version 1 has it."""
    if line["type"] == "export":
        return line | {"version": 1}
    if line.get("kind") != "audit":
        return line
    fields = line["value"]
    action = fields["action"].replace("set-role ", "rank ")
    others = {name: fields[name] for name in ("number", "at", "by", "room", "until", "reason")}
    return line | {"kind": "deed", "value": others | {"deed": action, "whom": fields["target"]}}


def test_a_step_of_a_migration_writes_only_the_columns_of_its_time(
    earlier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexing = checksums.INDEXING
    monkeypatch.setattr(checksums, "INDEXING", Table("indexing", "upto", {"later": 0}))
    monkeypatch.setattr(earlier_facts, "FACTS", Table("facts", "kind, key, value", {"later": 0}, key=2))
    steps = runpy.run_path(schema.__file__)["STEPS"]
    with closing(sqlite3.connect(earlier / "chat.db", isolation_level=None)) as connection:
        connection.execute("ALTER TABLE facts RENAME TO kept")
        connection.execute("PRAGMA user_version = 1")
        migrate(connection, earlier / "chat.db", steps[:3], keep=False)
        connection.execute("DROP TABLE facts")
        connection.execute("ALTER TABLE kept RENAME TO facts")
        migrate(connection, earlier / "chat.db", steps, keep=False)
        assert check_all(connection) == MESSAGES
        assert list(indexing.checked(connection.execute(indexing.select()))) == [(0, 0)]


def test_every_message_comes_through_and_is_found_by_its_id(earlier: Path) -> None:
    messages = rows(
        earlier,
        """
        SELECT c.id, m.seq, m.id, m.user, m.sender, m.text, m.at, m."to"
        FROM messages m JOIN conversations c ON c.number = m.conversation
        """,
    )
    with closing(SqliteStore(earlier, "other")) as store:
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


def test_what_is_sent_again_is_recognised(earlier: Path) -> None:
    keys = rows(earlier, "SELECT key, value FROM facts WHERE kind = 'key'")
    key = next(key for key, value in keys if json.loads(value)["user"] == IDS["alice"])
    with closing(SqliteStore(earlier, "other")) as store:
        alice = Chat(store).connect(identity=key)
        alice.ask(Login, PROTOCOL, "Alice")
        again = alice.ask(Send, "#tea", "this can be sent again", id="sent-again")
        assert isinstance(again, Accepted)
        assert (again.conversation, again.seq) == ("#tea", 39)
        assert store.load().heads["#tea"] == 639


def test_it_is_whole_before_and_after(earlier: Path, tmp_path: Path) -> None:
    assert verify(earlier / "chat.db") == MESSAGES
    assert back_up(earlier, tmp_path / "of the old one") == MESSAGES
    SqliteStore(earlier, "other").close()
    assert verify(earlier / "chat.db") == back_up(earlier, tmp_path / "backup") == MESSAGES
    assert restore(tmp_path / "backup", tmp_path / "new", "restored")[0] == MESSAGES


def test_the_exports_of_the_old_and_the_migrated_database_are_equal(earlier: Path, tmp_path: Path) -> None:
    before: list[bytes] = []
    after: list[bytes] = []
    assert export(earlier / "chat.db", before.append) == MESSAGES
    SqliteStore(earlier, "other").close()
    export(earlier / "chat.db", after.append)
    assert after == before
    assert load(before, tmp_path / "new", "imported") == MESSAGES


def test_a_still_older_one_is_verified_exported_and_backed_up_too(earlier: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(earlier / "chat.db")) as connection, connection:
        connection.execute("DROP TABLE facts")
        connection.execute("PRAGMA user_version = 2")
    before = (earlier / "chat.db").read_bytes()
    lines: list[bytes] = []
    assert verify(earlier / "chat.db") == export(earlier / "chat.db", lines.append) == MESSAGES
    assert back_up(earlier, tmp_path / "backup") == load(lines, tmp_path / "new", "imported") == MESSAGES
    assert (earlier / "chat.db").read_bytes() == before


def test_damage_in_a_still_older_one_is_found(earlier: Path) -> None:
    with closing(sqlite3.connect(earlier / "chat.db")) as connection, connection:
        connection.execute("DROP TABLE facts")
        connection.execute("UPDATE messages SET text = 'fix' WHERE number = 100")
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreBroken, match="a row of messages is not what was written: 100"):
        verify(earlier / "chat.db")
    with closing(sqlite3.connect(earlier / "chat.db")) as connection, connection:
        connection.execute("DROP INDEX sent")
    with pytest.raises(StoreBroken, match="its tables are not defined as they were"):
        verify(earlier / "chat.db")
