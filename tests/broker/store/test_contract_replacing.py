"""The contract of every store: replacing messages of a user whose data is removed."""

from pathlib import Path

import msgspec
import pytest
from stored import find

from broker.core.store import (
    Pruned,
    Query,
    ReplacedMessage,
    Store,
    StoredMessage,
    StoredRoom,
    StoredUser,
    StoreError,
)
from broker.store.database import DATABASE
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import compact, verify
from broker.store.verbs.dump import export, load
from messages.limits import MAX_SEQ


def said(seq: int, text: str, user: int = 1) -> StoredMessage:
    return StoredMessage("#lobby", seq, f"r{seq}", user, "alice" if user == 1 else "bob", text, 1_000 + seq)


def removed(message: StoredMessage, number: int = 1) -> ReplacedMessage:
    return ReplacedMessage(
        msgspec.structs.replace(message, id=f"gone-{number}", user=0, sender="removed~1", text="(removed)")
    )


def found(store: Store, word: str) -> list[int]:
    query = Query((word,), frozenset({"#lobby"}), None, 0, MAX_SEQ, None, 10)
    return [message.seq for message in find(store, query)]


def talk(store: Store) -> list[StoredMessage]:
    messages = [said(1, "apple secret"), said(2, "pears secret", 2), said(3, "cherry secret")]
    users = StoredUser(1, "alice", None), StoredUser(2, "bob", None)
    store.commit([*users, StoredRoom("#lobby", "#lobby", ""), *messages])
    return messages


def test_a_replaced_message_keeps_its_place_and_nothing_finds_the_old_one(store: Store) -> None:
    first, second, third = talk(store)
    assert found(store, "secret") == [3, 2, 1]
    store.commit([removed(first)])
    page = store.page("#lobby", 0, MAX_SEQ, 10)
    assert page == [removed(first).message, second, third]
    assert found(store, "secret") == [3, 2]
    assert found(store, "removed") == [1]
    assert store.find_sent(1, "r1") is None
    assert store.never_sent(1, ["r1"])
    assert store.sent_by(1, 10) == [third]


def test_a_message_that_is_not_indexed_yet_is_replaced_too(store: Store) -> None:
    messages = talk(store)
    store.commit([removed(messages[0])])
    assert found(store, "apple") == []
    assert found(store, "removed") == [1]


def test_the_messages_of_one_user_are_found_up_to_a_limit(store: Store) -> None:
    first, second, third = talk(store)
    assert sorted(store.sent_by(1, 10), key=lambda message: message.seq) == [first, third]
    assert len(store.sent_by(1, 1)) == 1
    assert store.sent_by(2, 10) == [second]
    assert store.sent_by(3, 10) == []


def test_replaced_messages_are_pruned_like_others(store: Store) -> None:
    messages = talk(store)
    found(store, "secret")
    store.commit([removed(messages[0]), removed(messages[2], 2)])
    store.commit([Pruned("#lobby", 3)])
    assert [message.seq for message in store.page("#lobby", 0, MAX_SEQ, 10)] == [3]
    assert found(store, "removed") == [3]


class TestOnDisk:
    def test_a_message_that_does_not_exist_is_not_replaced(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path, "epoch")
        messages = talk(store)
        for wrong in (said(4, "no"), msgspec.structs.replace(messages[0], conversation="#other")):
            with pytest.raises(StoreError, match="to replace"):
                store.commit([removed(wrong)])
        assert store.page("#lobby", 0, MAX_SEQ, 10) == messages
        store.close()

    def test_replaced_messages_are_exported_and_imported(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "one", "epoch")
        messages = talk(store)
        replaced = [removed(messages[0]), removed(messages[2], 2)]
        store.commit(replaced)
        store.close()
        lines: list[bytes] = []
        assert export(tmp_path / "one" / DATABASE, lines.append) == 3
        assert load(lines, tmp_path / "two", "another") == 3
        store = SqliteStore(tmp_path / "two", "another")
        assert store.page("#lobby", 0, MAX_SEQ, 10) == [replaced[0].message, messages[1], replaced[1].message]
        store.close()

    def test_the_data_is_whole_and_the_text_is_gone_from_the_disk_after_compacting(
        self, tmp_path: Path
    ) -> None:
        store = SqliteStore(tmp_path, "epoch")
        messages = talk(store)
        found(store, "secret")
        store.commit([removed(messages[0]), removed(messages[2], 2)])
        store.close()
        assert verify(tmp_path / DATABASE) == 3
        compact(tmp_path, "another")
        left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        for word in (b"apple", b"cherry"):
            assert word not in left
        assert b"pears secret" in left
