"""Bits that rot and files that are cut: the SQLite store notices, or serves exactly what was stored.

`make torture` tries 5,000 cases in the place of 25.
"""

import os
import random
from contextlib import closing
from pathlib import Path

import pytest
from eventually import eventually
from stored import (
    CONVERSATIONS,
    Everything,
    batch,
    change,
    copy_as_a_crash_leaves_it,
    fill,
    read_everything,
    search_all,
)
from torture.figures import figure

from broker.core.store import (
    Snapshot,
    StoreBroken,
    StoredMember,
    StoredMessage,
    StoredUser,
    StoreError,
)
from broker.store.files.wal import read_log
from broker.store.sqlite import SqliteStore

CASES = figure(25, 5_000)


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Everything]:
    """The files of a store after a crash, half in the database and half in its log, and its content."""
    base = tmp_path_factory.mktemp("whole")
    store = SqliteStore(base / "data", "first")
    fill(store, 5)
    store.close()
    store = SqliteStore(base / "data", "other")
    for first in range(31, 61, 6):
        store.commit(batch(first))
    whole = read_everything(store)
    copy_as_a_crash_leaves_it(base / "data", base / "crashed")
    store.close()
    return base / "crashed", whole


def harm(path: Path, chance: random.Random) -> None:
    """Flip some bits of a file, wipe a part of it, or cut it."""
    data = bytearray(path.read_bytes())
    kind = chance.choice(["flip", "flip", "flip", "wipe", "cut"])
    place = chance.randrange(len(data))
    if kind == "flip":
        for _ in range(chance.choice([1, 1, 8])):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == "wipe":
        size = min(chance.choice([16, 512, 4_096]), len(data) - place)
        data[place : place + size] = bytes(size)
    else:
        del data[place:]
    path.write_bytes(data)


def is_earlier(found: Snapshot, whole: Snapshot) -> bool:
    """Return whether a snapshot is an earlier state of the store, with another epoch."""
    return found.epoch == "second" and all(seq <= whole.heads[name] for name, seq in found.heads.items())


def read_harmed(copy: Path, checked_at_once: int) -> tuple[Everything, list[StoredMessage]] | str:
    """Return all that a damaged store serves, or the sentence with which it refuses."""
    try:
        store = SqliteStore(copy, "second", checked_at_once=checked_at_once)
    except (StoreBroken, StoreError) as refusal:
        return str(refusal)
    try:
        found, hits = read_everything(store), search_all(store)
        eventually(lambda: not store.upkeep() and not store.checking, "the check is over")
    except StoreBroken as refusal:
        return str(refusal)
    finally:
        store.close()
    return found, hits


@pytest.mark.parametrize("case", range(CASES))
def test_damage_is_noticed_or_harmless(crashed: tuple[Path, Everything], case: int, tmp_path: Path) -> None:
    directory, whole = crashed
    chance = random.Random(case)
    copy = copy_as_a_crash_leaves_it(directory, tmp_path / "copy")
    harm(copy / chance.choice(["chat.db", "chat.db-wal"]), chance)
    outcome = read_harmed(copy, chance.choice([0, 2**30]))
    if isinstance(outcome, str):
        assert str(copy) in outcome
        return
    found, hits = outcome
    for name in CONVERSATIONS:
        assert found.messages[name] == whole.messages[name][: len(found.messages[name])]
        assert len(found.messages[name]) == found.snapshot.heads.get(name, 0)
    assert found == whole or is_earlier(found.snapshot, whole.snapshot)
    assert all(hit in found.messages[hit.conversation] for hit in hits)


CHANGES = [
    "UPDATE messages SET text = 'fix' WHERE number = 7",
    "UPDATE messages SET at = at + 1 WHERE number = 7",
    "UPDATE messages SET sum = 0 WHERE number = 7",
    "UPDATE messages SET text = x'ff' WHERE number = 7",
    "UPDATE messages SET text = CAST(x'ff' AS TEXT) WHERE number = 7",
    "DELETE FROM messages WHERE number = 7",
    "DELETE FROM messages WHERE seq > 17",
    "DELETE FROM messages WHERE seq = 1",
    "UPDATE conversations SET head = head - 1",
    "DELETE FROM conversations",
    "UPDATE users SET name = 'mallory'",
    "UPDATE users SET discreet = 2",
    "UPDATE rooms SET topic = ''",
    "UPDATE members SET delivered = 1",
    "UPDATE last_sent SET seq = 1",
    "UPDATE log SET epoch = 'other'",
    "UPDATE log SET next_user = 1",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_a_row_that_is_not_what_was_written_is_found_at_start(stored: Path, statement: str) -> None:
    change(stored, statement)
    for _ in range(2):
        with pytest.raises(
            StoreBroken, match=rf"{stored}/chat.db is damaged \(.*\); stop the broker and restore"
        ):
            SqliteStore(stored, "second")


@pytest.mark.parametrize("statement", CHANGES)
def test_the_same_is_found_in_a_large_database_while_it_is_used(stored: Path, statement: str) -> None:
    change(stored, statement)

    def use() -> None:
        store = SqliteStore(stored, "second", checked_at_once=0)
        try:
            eventually(lambda: not store.upkeep() and not store.checking, "the check is over")
        finally:
            store.close()

    with pytest.raises(StoreBroken, match="restore a backup"):
        use()


@pytest.mark.parametrize("statement", CHANGES[:8])
def test_a_message_that_is_not_what_was_written_is_not_served(stored: Path, statement: str) -> None:
    store = SqliteStore(stored, "second")
    change(stored, statement)
    with pytest.raises(StoreBroken, match="restore a backup"):
        read_everything(store)
    store.close()


def test_a_large_database_that_is_whole_is_checked_while_it_is_used(stored: Path) -> None:
    reports: list[str] = []
    store = SqliteStore(stored, "second", reports.append, checked_at_once=0)
    assert store.checking
    assert reports == [f"{stored}/chat.db is being checked"]
    store.commit(batch(19))
    eventually(lambda: not store.upkeep() and not store.checking, "the check is over")
    assert reports[1].startswith(f"{stored}/chat.db is whole: ")
    store.close()


def test_a_store_can_be_closed_while_it_is_checked(stored: Path) -> None:
    store = SqliteStore(stored, "second", checked_at_once=0)
    assert store.checking
    store.close()
    SqliteStore(stored, "third").close()


def test_tables_that_are_not_as_they_were_are_found(stored: Path) -> None:
    change(stored, "DROP INDEX sent")
    with pytest.raises(StoreBroken, match="its tables are not defined as they were"):
        SqliteStore(stored, "second")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER found_more AFTER INSERT ON messages BEGIN DELETE FROM messages; END",
        "CREATE UNIQUE INDEX once ON messages (number, user)",
        "CREATE VIEW broker_key AS SELECT 1 AS text, 2 AS sum",
    ],
)
def test_what_could_change_or_refuse_messages_is_found(stored: Path, sql: str) -> None:
    change(stored, sql)
    with pytest.raises(StoreBroken, match="which the broker has not made"):
        SqliteStore(stored, "second")


def test_tables_of_others_do_no_harm(stored: Path) -> None:
    change(stored, "CREATE TABLE notes (text TEXT UNIQUE)")
    SqliteStore(stored, "second").close()


def test_statistics_of_sqlite_about_its_tables_do_no_harm(stored: Path) -> None:
    change(stored, "ANALYZE")
    SqliteStore(stored, "second").close()


def test_a_log_whose_header_is_damaged_is_not_passed_over(
    crashed: tuple[Path, Everything], tmp_path: Path
) -> None:
    copy = copy_as_a_crash_leaves_it(crashed[0], tmp_path / "copy")
    log = bytearray((copy / "chat.db-wal").read_bytes())
    log[13] ^= 1
    (copy / "chat.db-wal").write_bytes(log)
    with pytest.raises(StoreBroken, match=r"the header of .*chat.db-wal is not what was written"):
        SqliteStore(copy, "second")
    assert (copy / "chat.db-wal").read_bytes() == log


def epochs_of_crashes(directory: Path, base: Path, epochs: list[str]) -> list[str]:
    """Return the epochs of a store that is opened, used a little and left by a crash, again and again."""
    found = []
    for epoch in epochs:
        store = SqliteStore(directory, epoch)
        found.append(store.load().epoch)
        store.commit([StoredUser(9, epoch, None)])
        directory = copy_as_a_crash_leaves_it(directory, base / f"after {epoch}")
        store.close()
    return found


def test_a_loss_changes_the_epoch_once_and_not_again_with_each_later_crash(
    crashed: tuple[Path, Everything], tmp_path: Path
) -> None:
    copy = copy_as_a_crash_leaves_it(crashed[0], tmp_path / "copy")
    log = bytearray((copy / "chat.db-wal").read_bytes())
    log[len(log) // 2] ^= 1
    (copy / "chat.db-wal").write_bytes(log)
    assert epochs_of_crashes(copy, tmp_path, ["second", "third", "fourth"]) == ["second"] * 3


def test_a_commit_torn_by_one_crash_is_not_taken_for_a_loss_after_another(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data", "first")
    fill(store)
    store.commit([StoredUser(8, "carol", "x" * 100_000)])
    torn = copy_as_a_crash_leaves_it(tmp_path / "data", tmp_path / "torn")
    store.close()
    with (torn / "chat.db-wal").open("r+b") as log:
        log.truncate(log.seek(0, os.SEEK_END) - 4_096 - 24)
    (torn / "synced").write_bytes(b"")  # it was not confirmed
    store = SqliteStore(torn, "second")
    store.commit([StoredUser(9, "short", None)])
    again = copy_as_a_crash_leaves_it(torn, tmp_path / "again")
    store.close()
    after = read_log(again / "chat.db")
    assert after
    with (again / "chat.db-wal").open("r+b") as log:
        log.seek(32 + (after.commits[-1] - 1) * (4_096 + 24) + 24)
        log.write(bytes(4_096))  # the commit's last page had not got there yet
    (again / "synced").write_bytes(b"")
    store = SqliteStore(again, "third")
    assert store.load().epoch == "first"
    store.close()


@pytest.mark.parametrize("left", ["chat.db-wal", "synced"])
def test_a_missing_database_with_a_log_is_not_replaced_by_an_empty_one(
    crashed: tuple[Path, Everything], left: str, tmp_path: Path
) -> None:
    copy = copy_as_a_crash_leaves_it(crashed[0], tmp_path / "copy")
    for path in copy.iterdir():
        if path.name != left:
            path.unlink()
    with pytest.raises(StoreBroken, match=r"chat\.db is empty, but it had data; restore a backup, or remove"):
        SqliteStore(copy, "second")


@pytest.mark.parametrize("checked_at_once", [0, 32_000_000])
def test_rows_that_do_not_belong_together_are_named_before_anyone_is_served(
    tmp_path: Path, checked_at_once: int
) -> None:
    with closing(SqliteStore(tmp_path, "epoch")) as store:
        fill(store)
        store.commit([StoredMember("#lobby", 99, 0)])
    with pytest.raises(StoreBroken, match=r"chat\.db is damaged \(user 99 of #lobby is unknown\)"):
        SqliteStore(tmp_path, "never used", checked_at_once=checked_at_once)
