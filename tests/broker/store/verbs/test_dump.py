import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from stored import copy_as_a_crash_leaves_it

from broker.core.entries import Form, Mentioned, Reacting, digest
from broker.core.facts.base import Fact
from broker.core.facts.moderation import Banned, Ignoring, Rank, RoomSettings
from broker.core.facts.notices import ChosenKeywords, ChosenLevels, ChosenQuietHours
from broker.core.store import (
    DepartedMember,
    Pruned,
    ReplacedMessage,
    Snapshot,
    StoredFact,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
    StoreError,
)
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import verify
from broker.store.verbs.dump import export, load
from messages.limits import MAX_MENTIONS, MAX_SEQ
from messages.notices import Day, NoticeLevel, QuietSpan

ALICE, BOB = StoredUser(1, "alice", "lunch", 5, True), StoredUser(2, "bób", None)


def said(conversation: str, seq: int, user: StoredUser) -> StoredMessage:
    to = "alice" if conversation.startswith("@") else ""
    return StoredMessage(conversation, seq, f"{conversation}{seq}", user.id, user.name, "grüß\nGott", seq, to)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[SqliteStore]:
    """A store in use, with entries of every kind."""
    store = SqliteStore(data, "epoch")
    store.commit([ALICE, BOB, StoredRoom("#lobby", "#Lobby", "weather"), StoredRoom("#empty", "#empty", "")])
    store.commit(
        [StoredMember("#lobby", 1, 3, 1, 2, 9), StoredMember("#empty", 2, 0), StoredMember("#lobby", 2, 0)]
    )
    store.commit([said("#lobby", seq, ALICE) for seq in range(1, 6)])
    store.commit([said("@1|@2", seq, BOB) for seq in range(1, 4)])
    store.commit([said("#empty", 1, BOB), DepartedMember("#lobby", 2)])
    store.commit([StoredMember("@1|@2", 1, 0), StoredMember("@1|@2", 2, 2)])
    ban = Banned(by="alice", at=6, until=0, reason="spam", what="name", value="bob", shown="bob")
    night = QuietSpan([Day.MON], "22:00", "07:00")
    facts: list[Fact] = [
        *(ban, Rank(1, "operator", "#lobby"), RoomSettings("#empty", private=True), Ignoring(2, (1,))),
        *(ChosenLevels(2, {"#lobby": NoticeLevel.ALL}), ChosenKeywords(1, ("deploy",))),
        ChosenQuietHours(1, "UTC", (night,)),
    ]
    store.commit([StoredFact(fact.KIND, fact.key, msgspec.json.encode(fact)) for fact in facts])
    store.commit([StoredFact("of a later version", "7", b"[[[]]]")])
    store.commit([Pruned("#lobby", 3), Pruned("#empty", 2)])
    yield store
    store.close()


def exported(data: Path) -> list[bytes]:
    lines: list[bytes] = []
    export(data / "chat.db", lines.append)
    return lines


def everything(directory: Path) -> tuple[Snapshot, list[list[StoredMessage]]]:
    store = SqliteStore(directory, "never used")
    found = store.load()
    pages = [store.page(conversation, 0, MAX_SEQ, 1_000) for conversation in sorted(found.heads)]
    store.close()
    return found, pages


def test_an_import_has_everything_that_was_exported(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    assert load(exported(data), tmp_path / "new", "imported") == 6
    store.close()
    (before, messages), (after, again) = everything(data), everything(tmp_path / "new")
    assert again == messages
    assert after.epoch == "imported"
    for field in ("users", "rooms", "members"):
        assert sorted(getattr(after, field), key=str) == sorted(getattr(before, field), key=str)
    for field in ("heads", "last_sent", "next_user", "latest", "facts"):
        assert getattr(after, field) == getattr(before, field)


@pytest.mark.usefixtures("store")
def test_each_line_is_an_object_that_says_its_type(data: Path) -> None:
    lines = [json.loads(line) for line in exported(data)]
    assert lines[0] == {"type": "export", "version": 3, "epoch": "epoch", "next_user": 3}
    kinds = [line["type"] for line in lines]
    assert set(kinds) == {
        "export",
        "user",
        "room",
        "conversation",
        "member",
        "last-sent",
        "message",
        "fact",
        "end",
    }
    assert {"type": "conversation", "id": "#lobby", "first": 3, "head": 5} in lines


@pytest.mark.usefixtures("store")
def test_messages_stand_in_the_order_in_which_they_were_accepted(data: Path) -> None:
    messages = [json.loads(line) for line in exported(data) if b'"type":"message"' in line]
    assert [(m["conversation"], m["seq"]) for m in messages] == [
        ("#lobby", 3), ("#lobby", 4), ("#lobby", 5), ("@1|@2", 1), ("@1|@2", 2), ("@1|@2", 3)
    ]  # fmt: skip


def test_an_export_that_nobody_reads_does_not_keep_the_log_from_shrinking(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    checkpoints: list[tuple[int, int, int]] = []
    lines: list[bytes] = []

    def wait(line: bytes) -> None:
        if not lines:
            store.commit([said("#lobby", seq, ALICE) for seq in range(6, 2_000)])
            truncate = store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            checkpoints.append(truncate.fetchone())
        lines.append(line)

    assert export(data / "chat.db", wait) == 6
    assert checkpoints == [(0, 0, 0)]  # it was not busy, and the log is empty
    assert load(lines, tmp_path / "new", "imported") == 6


def test_an_export_without_room_for_its_copy_says_where(
    store: SqliteStore, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(sqlite3.Connection):
        def backup(self, *_: object, **__: object) -> None:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error

    connect = sqlite3.connect
    monkeypatch.setattr("sqlite3.connect", lambda *args, **options: connect(*args, factory=Full, **options))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    with pytest.raises(StoreError, match=f"^the disk of {tmp_path} is full; free some space$"):
        export(data / "chat.db", bytes)


def test_nothing_is_imported_over_a_database(store: SqliteStore, data: Path) -> None:
    lines = exported(data)
    store.close()
    with pytest.raises(StoreError, match="exists already"):
        load(lines, data, "imported")
    assert everything(data)[0].epoch == "epoch"


def changed(lines: list[bytes], kind: str, **fields: Any) -> list[bytes]:
    """Return the lines with other fields in the last one of a kind."""
    index = max(i for i, line in enumerate(lines) if json.loads(line)["type"] == kind)
    return [*lines[:index], json.dumps(json.loads(lines[index]) | fields).encode(), *lines[index + 1 :]]


def without(lines: list[bytes], part: bytes) -> list[bytes]:
    """Return the lines without the only one that contains a part."""
    (index,) = (number for number, line in enumerate(lines) if part in line)
    return lines[:index] + lines[index + 1 :]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda lines: [], "this is not an export"),
        (lambda lines: lines[1:], "this is not an export"),
        (
            lambda lines: [b"{}", *lines],
            "^line 1 is not a line of an export: its field `type` is missing or wrong$",
        ),
        (lambda lines: [lines[0], b"[]"], "^line 2 is not a line of an export: it is not a JSON object$"),
        (lambda lines: [lines[0], b"user"], "^line 2 is not a line of an export: it is not a JSON object$"),
        (
            lambda lines: [lines[0], b'{"type":"\xff"}'],
            "^line 2 is not a line of an export: it is not a JSON object$",
        ),
        (lambda lines: [lines[0], b'{"type":"users"}'], "its field `type` is missing or wrong$"),
        (lambda lines: [lines[0], b'{"type":"user","id":1}'], "its field `name` is missing or wrong$"),
        (lambda lines: [lines[0], b'{"type":"fact","value":' + b"[" * 5_000], "it is not a JSON object$"),
        (lambda lines: changed(lines, "export", version=4), "has version 4"),
        (
            lambda lines: [b'{"type":"export","version":9,"life":1}', *lines[1:]],
            "has version 9; this program reads the versions 1 to 3",
        ),
        (
            lambda lines: changed(lines, "message", text="\x1b[2J"),
            "line 29 is invalid.*`text`: a text is Unicode",
        ),
        (lambda lines: changed(lines, "message", text=" "), "`text`: a text is not empty"),
        (lambda lines: changed(lines, "message", sender="a b"), "`sender`: a name has"),
        (lambda lines: changed(lines, "message", to="~"), "`to`: a name"),
        (lambda lines: changed(lines, "message", id="a b"), "`id` must be"),
        (lambda lines: changed(lines, "message", at=2**70), "its field `at` is missing or wrong$"),
        (lambda lines: changed(lines, "user", name="1"), "`name`: a name begins with a letter"),
        (lambda lines: changed(lines, "user", away="a\nb"), "`away`: this text is one line"),
        (lambda lines: changed(lines, "room", name="#a b"), "`name`: a room's name has"),
        (lambda lines: changed(lines, "room", name="#other"), "is not the id of #other"),
        (lambda lines: changed(lines, "room", topic="x" * 301), "`topic`: this text has at most"),
        (lambda lines: changed(lines, "member", user=7), "user 7 of .* is not in this export"),
        (lambda lines: changed(lines, "export", next_user=1), "itself: user [12] does not exist yet$"),
        (lambda lines: changed(lines, "room", name="#other", id="#other"), "#lobby is of a room or user"),
        (lambda lines: without(lines, b'"id":"#lobby","name"'), "conversation #lobby is of a room or user"),
        (
            lambda lines: [line.replace(b"@1|@2", b"@1|@99") for line in lines],
            "the conversation @1|@99 is of a room or user who is unknown$",
        ),
        (
            lambda lines: [line.replace(b'"of a later version"', b'"rank"') for line in lines],
            "the rank 7 cannot be read by this version$",
        ),
        (
            lambda lines: [line.replace(b'"value":{', b'"value":' + b'{"a":' * 100_000) for line in lines],
            "it is not a JSON object$",
        ),
        (
            lambda lines: [line.replace(b'"operator"', b'"king"') for line in lines],
            "be used: there is no role king",
        ),
        (lambda lines: changed(lines, "member", delivered=9), "user . is ahead of .*$"),
        (lambda lines: without(lines, b'"conversation":"@1|@2","user":1,"d'), "one of the two users of"),
        (lambda lines: changed(lines, "last-sent", seq=9), "has not sent message 9 of"),
        (lambda lines: changed(lines, "message", user=1, sender="alice", to=""), "cannot have sent message"),
        (lambda lines: changed(lines, "user", name="ALICE"), "users 1 and 2 have the same name$"),
        (lambda lines: lines[:1], "its last line is missing"),
        (lambda lines: lines[:-1], "its last line is missing"),
        (lambda lines: [*lines[:-2], lines[-1]], "messages are missing"),
        (lambda lines: [*lines[:-3], *lines[-2:]], "is not the next"),
        (lambda lines: [*lines[:-1], *lines[-2:]], "is not the next"),
        (lambda lines: [*lines, lines[-2]], "lines after its end"),
        (lambda lines: [*lines[:-1], lines[0]], "two exports"),
        (
            lambda lines: [*lines[:2], lines[1], *lines[2:]],
            "^two lines for the table users have the same key$",
        ),
        (lambda lines: changed(lines, "message", conversation="#nowhere"), "#nowhere must come before"),
        (lambda lines: changed(lines, "message", seq="1"), "its field `seq` is missing or wrong$"),
    ],
)
@pytest.mark.usefixtures("store")
def test_lines_that_do_not_belong_together_make_no_database(
    data: Path, tmp_path: Path, change: Any, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        load(change(exported(data)), tmp_path / "new", "imported")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["lock"]


def test_files_of_a_removed_database_are_not_used_with_the_new_one(
    store: SqliteStore, data: Path, tmp_path: Path
) -> None:
    lines = exported(data)
    left = copy_as_a_crash_leaves_it(data, tmp_path / "left")
    (left / "chat.db").unlink()
    assert load(lines, left, "imported") == 6
    assert everything(left)[0].epoch == "imported"
    (aside,) = left.glob("replaced-*")
    assert sorted(path.name for path in aside.iterdir()) == ["chat.db-wal", "synced"]


def test_amendments_and_present_forms_come_through(store: SqliteStore, data: Path, tmp_path: Path) -> None:
    form = Form(edited=9, reactions=(Reacting.of("👍", (1, 5), (2, 6)),), digest=digest("first"))
    edit = StoredMessage("@1|@2", 4, "e", 2, "bób", "", 9, "alice", 1, "edited", Form(digest=digest("x")))
    reaction = StoredMessage("@1|@2", 5, "r", 1, "alice", "", 9, "bób", 1, "reacted", Form(reaction="👍"))
    deletion = StoredMessage("@1|@2", 6, "d", 2, "bób", "", 9, "alice", 2, "deleted")
    mentions = Mentioned(((1, "alice"),), here=(1, 2))
    answer = replace(said("@1|@2", 7, BOB), of=1, form=Form(mentions=mentions, bot=True))
    present = [replace(said("@1|@2", 1, BOB), form=form)]
    present += [replace(said("@1|@2", 2, BOB), text="", form=Form(deleted=6, digest=digest("x")))]
    store.commit([edit, reaction, deletion, answer, *map(ReplacedMessage, present)])
    new = tmp_path / "new"
    lines: list[bytes] = []
    count = export(data / "chat.db", lines.append)
    assert load(lines, new, "imported") == count == 10
    assert verify(new / "chat.db") == count
    with closing(SqliteStore(new, "other")) as copy:
        assert copy.page("@1|@2", 0, 100, 100) == store.page("@1|@2", 0, 100, 100)
        assert (copy.load().amended, copy.load().mentioning) == ({"@1|@2": 6}, {"@1|@2": 7})
        assert copy.mentioning("@1|@2", 0) == [(7, 2, answer.form)]
    wrong = [line.replace(b'"kind":"deleted"', b'"kind":"sung"') for line in lines]
    with pytest.raises(ValueError, match="its field `kind` is missing or wrong"):
        load(wrong, tmp_path / "wrong", "imported")
    unnamed = [line.replace(b'[[1,"alice"]]', b'[[1,"\\u001b"]]') for line in lines]
    with pytest.raises(ValueError, match="is invalid: `mentions`: a name begins with a letter"):
        load(unnamed, tmp_path / "unnamed", "imported")
    unknown = [line.replace(b'"here":[1,2]', b'"here":[1,9]') for line in lines]
    with pytest.raises(ValueError, match="message 7 cannot mention user 9"):
        load(unknown, tmp_path / "unknown", "imported")
    for damage in (b"[[1,5], [2,6]]", b"[]", b"[[1,5,6]]", b'{"1":5}'):
        mangled = [line.replace(b"[[1,5],[2,6]]", damage) for line in lines]
        with pytest.raises(ValueError, match="the users of the reaction 👍 cannot be read"):
            load(mangled, tmp_path / "mangled", "imported")
    late = [line.replace(b'"of":2,', b'"of":6,') for line in lines]
    with pytest.raises(ValueError, match="entry 6 is about 6, which is not an earlier one"):
        load(late, tmp_path / "late", "imported")
    hidden = [line.replace('"reaction":"👍"'.encode(), b'"reaction":"\\u202eab"') for line in lines]
    with pytest.raises(ValueError, match="is invalid: `reaction`: a reaction is one emoji"):
        load(hidden, tmp_path / "hidden", "imported")
    for wrong_form in (b'"edited":-1', b'"edited":9007199254740992'):
        changed_forms = [line.replace(b'"edited":9', wrong_form) for line in lines]
        with pytest.raises(ValueError, match="what is stored about entry 1 is impossible"):
            load(changed_forms, tmp_path / "impossible", "imported")
    many = b'"users":[%s]' % b",".join([b'[1,"alice"]'] * (MAX_MENTIONS + 1))
    crowded = [line.replace(b'"users":[[1,"alice"]]', many) for line in lines]
    with pytest.raises(ValueError, match="what is stored about entry 7 is impossible"):
        load(crowded, tmp_path / "crowded", "imported")
    nobody = [
        line.replace('"reaction":"👍"'.encode(), '"reaction":"👍","tenth":9'.encode()) for line in lines
    ]
    with pytest.raises(ValueError, match="user 9 cannot have a reaction of entry 5"):
        load(nobody, tmp_path / "nobody", "imported")
