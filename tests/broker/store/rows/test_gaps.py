"""Looking up request ids: a range without messages is known, and shrinks as it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from stored import ALICE, said

from broker.core.store import Entry, Pruned, ReplacedMessage, StoredMessage, StoreError
from broker.store.rows import gaps
from broker.store.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path, "epoch")
    made.commit([ALICE])
    yield made
    made.close()


def sent(seq: int, id: str, user: int = 1, place: str = "#lobby") -> StoredMessage:
    return StoredMessage(place, seq, id, user, f"user{user}", "hello", 1_000)


def count_statements(store: SqliteStore, ids: list[list[str]]) -> int:
    statements: list[str] = []
    store._connection.set_trace_callback(statements.append)
    assert all(store.never_sent(1, some) for some in ids)
    store._connection.set_trace_callback(None)
    return len(statements)


def test_ids_that_grow_are_looked_up_once(store: SqliteStore) -> None:
    """A frame of messages after another costs no look into the database."""
    frames = [[f"{start + place:04}" for place in range(16)] for start in range(0, 160, 16)]
    statements = 0
    for number, frame in enumerate(frames):
        statements += count_statements(store, [frame])
        store.commit([sent(number * 16 + place + 1, one) for place, one in enumerate(frame)])
    assert statements == 1


def test_an_id_is_known_as_sent_at_once(store: SqliteStore) -> None:
    assert store.never_sent(1, ["b", "c"])
    store.commit([sent(1, "b")])
    assert not store.never_sent(1, ["b"])
    assert not store.never_sent(1, ["a", "b", "c"])
    assert store.never_sent(1, ["a", "c"])
    assert store.never_sent(2, ["b"])


def test_after_a_failed_commit_its_ids_are_new_again(store: SqliteStore) -> None:
    assert store.never_sent(1, ["b"])
    with pytest.raises(StoreError):
        store.commit([sent(1, "b"), said(5)])
    assert store.find_sent(1, "b") is None
    assert store.never_sent(1, ["b"])


def test_an_id_that_a_stored_message_gets_is_known_at_once(store: SqliteStore) -> None:
    store.commit([sent(1, "b")])
    assert store.never_sent(2, ["x"])
    store.commit([ReplacedMessage(sent(1, "x", user=2))])
    assert not store.never_sent(2, ["x"])


@pytest.mark.parametrize("most", [2, 1_000])
def test_no_sent_id_is_ever_taken_for_a_new_one(
    store: SqliteStore, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "MOST", most)
    random, stored = Random(3), dict[tuple[int, str], StoredMessage]()
    heads = {"#lobby": 0, "@1|@2": 0}

    def make_id() -> str:
        return random.choice("abcd") * random.randint(1, 4)

    def say() -> Iterator[Entry]:
        for _ in range(random.randrange(4)):
            user, made = random.choice((1, 2, 3)), make_id()
            place = "@1|@2" if user < 3 and random.random() < 0.3 else "#lobby"
            if (user, made) not in stored:
                heads[place] += 1
                stored[user, made] = sent(heads[place], made, user, place)
                yield stored[user, made]

    def prune() -> Iterator[Entry]:
        if random.random() < 0.1:
            place, first = random.choice(list(heads.items()))
            for key, message in list(stored.items()):
                if message.conversation == place and message.seq < first:
                    del stored[key]
            yield Pruned(place, first)

    for _ in range(300):
        store.commit([*say(), *prune()])
        user, ids = random.choice((1, 2, 3)), [make_id() for _ in range(random.randint(1, 3))]
        assert store.never_sent(user, ids) is not any((user, one) in stored for one in ids)
