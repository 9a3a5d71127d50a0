"""Files in backups, exports and checks: all are there, or the verb says which are not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from wired import Chat

from broker.core.store import StoreBroken, StoreError
from broker.store.checksums import MESSAGES
from broker.store.contents.places import FILES, Places
from broker.store.replacing import NEW_FILES
from broker.store.sqlite import SqliteStore
from broker.store.verbs.contents import Findings
from broker.store.verbs.copies import back_up, restore, verify, verify_files
from broker.store.verbs.dump import export, load
from messages.files import Chunk, Fetch, Upload
from messages.requests import Send

FIRST, SECOND = b"eggs, milk, tea\n", bytes(range(256)) * 300


def hash_of(data: bytes) -> str:
    return sha256(data).hexdigest()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with two messages that have files, and an upload that none names."""
    directory = tmp_path / "data"
    directory.mkdir()
    with closing(SqliteStore(directory, "epoch")) as store:
        chat = Chat(store, max_file=1_000_000)
        alice, _ = chat.users("alice", "bob")
        uploads = []
        for name, content in (("a.txt", FIRST), ("b.bin", SECOND), ("empty", b""), ("unsent", b"unsent")):
            state = alice.ask(Upload, name, len(content), hash_of(content))
            while not state.complete:
                part = content[state.offset : state.offset + 32_768]
                state = alice.ask(Chunk, state.upload, state.offset, part)
            uploads.append(state.upload)
        alice.ask(Send, "#lobby", "two", files=(uploads[0], uploads[2]))
        alice.ask(Send, "@bob", "one", files=(uploads[1],))
    return directory


def fetched(directory: Path) -> list[bytes]:
    """Return what a broker with this data directory answers to fetches."""
    with closing(SqliteStore(directory, "another")) as store:
        chat = Chat(store, max_file=1_000_000)
        alice = chat.login("alice")
        found = [alice.ask(Fetch, "#lobby", 1), alice.ask(Fetch, "#lobby", 1, file=2)]
        return [one.data for one in (*found, alice.ask(Fetch, "@bob", 1))]


def content_of(directory: Path, data: bytes) -> Path:
    return Places(directory / FILES).content(hash_of(data))


def test_a_backup_has_the_files_beside_it_and_restores_them(data: Path, tmp_path: Path) -> None:
    found: list[Findings] = []
    backup = tmp_path / "backup"
    assert back_up(data, backup, told=found.append) == 2
    assert verify_files(backup) == verify_files(data / "chat.db") == Findings(3, []) == found[0]
    assert restore(backup, tmp_path / "new", "another", told=found.append)[0] == 2
    assert found[1] == Findings(3, [])
    assert fetched(tmp_path / "new") == [FIRST, b"", SECOND]
    assert not (tmp_path / "new" / NEW_FILES).exists()
    _, aside = restore(backup, tmp_path / "new", "another")
    assert aside is not None
    assert content_of(aside, FIRST).read_bytes() == FIRST
    with pytest.raises(FileExistsError):
        back_up(data, backup)
    backup.unlink()
    with pytest.raises((FileExistsError, StoreError)):
        back_up(data, backup)
    assert not backup.exists()


def test_a_check_names_what_is_missing_or_damaged(data: Path, tmp_path: Path) -> None:
    second = content_of(data, SECOND)
    changed = bytearray(SECOND)
    changed[70_000] ^= 1
    second.write_bytes(changed)
    content_of(data, FIRST).unlink()
    expected = ["a.txt of message 1 in #lobby is missing", "b.bin of message 1 in @alice and @bob is damaged"]
    assert verify(data / "chat.db") == 2
    assert verify_files(data / "chat.db") == Findings(3, expected)
    found: list[Findings] = []
    back_up(data, tmp_path / "backup", told=found.append)
    lines: list[bytes] = []
    export(data / "chat.db", lines.append, told=found.append)
    assert found == [Findings(3, expected)] * 2
    missing: list[int] = []
    load(lines, tmp_path / "new", "another", missing=missing.append)
    assert missing == [2]
    assert Findings(0, ["a"] * 21).sentence().endswith("and 1 more")


def test_an_export_carries_the_files_in_pieces(data: Path, tmp_path: Path) -> None:
    lines: list[bytes] = []
    export(data / "chat.db", lines.append)
    assert max(map(len, lines)) < 70_000
    assert load(lines, tmp_path / "new", "another") == 2
    assert fetched(tmp_path / "new") == [FIRST, b"", SECOND]
    assert verify_files(tmp_path / "new" / "chat.db") == Findings(3, [])


@pytest.mark.parametrize("fault", ["lost piece", "changed", "twice"])
def test_an_export_with_wrong_content_is_refused(data: Path, tmp_path: Path, fault: str) -> None:
    lines: list[bytes] = []
    export(data / "chat.db", lines.append)
    pieces = [place for place, line in enumerate(lines) if b'"type":"content"' in line]
    match fault:
        case "lost piece":
            del lines[pieces[-2]]
        case "changed":
            lines[pieces[0]] = lines[pieces[0]].replace(b'"data":"', b'"data":"QUFB')
        case "twice":
            lines.insert(pieces[-1] + 1, lines[pieces[0]])
    with pytest.raises(ValueError, match="content"):
        load(lines, tmp_path / "new", "another")
    assert os.listdir(tmp_path / "new") == ["lock"]  # noqa: PTH208


def test_at_its_start_a_broker_removes_what_nothing_holds_and_tells_what_is_missing(data: Path) -> None:
    content_of(data, FIRST).unlink()
    orphan = content_of(data, b"orphan")
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"orphan")
    left = data / FILES / "uploads" / "left"
    left.write_bytes(b"half")
    content_of(data, b"unsent").unlink()
    with closing(SqliteStore(data, "epoch")) as store:
        (unsent,) = (key for kind, key in store.load().facts if kind == "upload")
    with closing(SqliteStore(data, "epoch")) as store:
        chat = Chat(store, max_file=1_000_000)
        chat.tick()
        assert [note.fields["count"] for note in chat.notes if note.event.value == "files-lost"] == [2]
        assert not orphan.exists()
        assert not left.exists()
        alice = chat.login("alice")
        assert alice.refused(Fetch, "#lobby", 1) == "file-damaged"
        assert alice.refused(Send, "#lobby", "unsent", files=(unsent,)) == "no-such-file"
        state = alice.ask(Upload, "again", len(FIRST), hash_of(FIRST))
        assert not state.complete
        assert alice.ask(Chunk, state.upload, 0, FIRST).complete
        assert alice.ask(Fetch, "#lobby", 1).data == FIRST


def link_to_secret(content: Path) -> None:
    secret = content.parents[3] / "secret"
    secret.write_bytes(FIRST)
    content.symlink_to(secret)


def huge(content: Path) -> None:
    with content.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize("hostile", [link_to_secret, os.mkfifo, huge, os.mkdir])
def test_what_is_no_file_or_too_large_is_not_copied_from_a_backup(
    data: Path, tmp_path: Path, hostile: Callable[[Path], object]
) -> None:
    backup, found = tmp_path / "backup", list[Findings]()
    back_up(data, backup)
    content = Places(tmp_path / "backup.files").content(hash_of(FIRST))
    content.unlink()
    hostile(content)
    assert len(verify_files(backup).wrong) == 1
    restore(backup, tmp_path / "new", "another", told=found.append)
    assert [len(one.wrong) for one in found] == [1]
    copied = content_of(tmp_path / "new", FIRST)
    assert not copied.is_symlink()
    assert not copied.exists() or len(FIRST) < copied.stat().st_size < 10_000_000  # another size: it is lost


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (hash_of(SECOND), "../../secret"),
        (hash_of(SECOND), "/etc/passwd"),
        ('"b.bin"', '"a\\nb"'),
        (f",{len(SECOND)},", ",-1,"),
    ],
)
def test_a_backup_whose_messages_name_other_places_is_refused(
    data: Path, tmp_path: Path, was: str, becomes: str
) -> None:
    backup = tmp_path / "backup"
    back_up(data, backup)
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        (row,) = connection.execute(MESSAGES.select("WHERE form LIKE '%b.bin%'")).fetchall()
        *values, form = next(iter(MESSAGES.checked([row])))
        assert was in form
        connection.execute("DELETE FROM messages WHERE number = ?", (row[0],))
        connection.execute(MESSAGES.insert, MESSAGES.row(*values, form.replace(was, becomes)))
    for read in (verify, lambda path: restore(path, tmp_path / "new", "another")):
        with pytest.raises(StoreBroken, match="file"):
            read(backup)
    assert os.listdir(tmp_path / "new") == ["lock"]  # noqa: PTH208


def test_the_same_content_with_two_sizes_is_refused(data: Path, tmp_path: Path) -> None:
    lines: list[bytes] = []
    export(data / "chat.db", lines.append)
    hostile = [line.replace(hash_of(SECOND).encode(), hash_of(FIRST).encode()) for line in lines]
    hostile = [line for line in hostile if b'"type":"content"' not in line]
    with pytest.raises(ValueError, match="another size"):
        load(hostile, tmp_path / "new", "another")
