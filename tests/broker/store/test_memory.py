"""The memory store: it holds a limited number of messages, and drops the oldest."""

import gc
import tracemalloc
from itertools import pairwise

import msgspec
import pytest
from stored import find

from broker.core.store import ForgottenUser, Query, StoredMember, StoredMessage, StoredUser
from broker.store.memory import MemoryStore
from messages.limits import MAX_SEQ
from messages.replies import Durability


def said(seq: int, conversation: str = "#lobby") -> StoredMessage:
    return StoredMessage(conversation, seq, f"{conversation}-{seq}", 1, "alice", "hello", 0)


def seqs(store: MemoryStore, conversation: str = "#lobby") -> list[int]:
    return [message.seq for message in store.page(conversation, 0, MAX_SEQ, 100)]


@pytest.fixture
def store() -> MemoryStore:
    """Holds three messages."""
    return MemoryStore("epoch", capacity=3)


def test_it_keeps_nothing_on_a_disk(store: MemoryStore) -> None:
    assert store.durability is Durability.MEMORY


def test_the_oldest_messages_give_way_and_seqs_go_on(store: MemoryStore) -> None:
    store.commit([said(seq) for seq in range(1, 6)])
    assert seqs(store) == [3, 4, 5]
    assert [message.seq for message in store.last_page("#lobby", 5, 100)] == [3, 4]
    assert [message.seq for message in store.page("#lobby", 1, MAX_SEQ, 2)] == [3, 4]
    assert store.last_page("#lobby", 3, 100) == []
    assert store.load().heads == {"#lobby": 5}


def test_the_oldest_of_all_conversations_give_way(store: MemoryStore) -> None:
    store.commit([said(1), said(1, "#zmq"), said(2), said(2, "#zmq"), said(3, "#zmq")])
    assert (seqs(store), seqs(store, "#zmq")) == ([2], [2, 3])
    store.commit([said(4, "#zmq")])
    assert (seqs(store), seqs(store, "#zmq")) == ([], [2, 3, 4])
    store.commit([said(3)])
    assert (seqs(store), seqs(store, "#zmq")) == ([3], [3, 4])


def test_a_message_that_gave_way_is_not_found_by_its_id(store: MemoryStore) -> None:
    store.commit([said(seq) for seq in range(1, 5)])
    assert store.find_sent(1, "#lobby-1") is None
    assert store.find_sent(1, "#lobby-2") == said(2)


def test_a_conversation_forgotten_with_a_user_makes_room_like_any_other(store: MemoryStore) -> None:
    store.commit(
        [StoredUser(1, "alice", None), StoredMember("@1|@2", 1, 0), said(1, "@1|@2"), said(2, "@1|@2")]
    )
    store.commit([ForgottenUser(1)])
    store.commit([said(seq) for seq in range(1, 5)])
    assert seqs(store) == [2, 3, 4]
    assert seqs(store, "@1|@2") == []


def test_a_step_of_a_search_looks_at_few_messages_and_at_few_characters() -> None:
    store = MemoryStore("epoch")
    store.commit([said(seq) for seq in range(1, 2_001)])
    long = [StoredMessage("#long", seq, f"l{seq}", 1, "alice", "x" * 4_000, 0) for seq in range(1, 101)]
    store.commit(long)
    nowhere = Query(("nowhere",), frozenset(["#lobby", "#long"]), None, 0, MAX_SEQ, None, 100)
    positions = [part.position for part in store.search(nowhere)]
    steps = [before - after for before, after in pairwise([2_101, *positions])]  # type: ignore[list-item]
    assert (max(steps), max(steps[: 100 // 5])) == (512, 5)
    assert positions[-1] == 1


def test_a_search_knows_messages_that_gave_way_to_others(store: MemoryStore) -> None:
    store.commit([said(seq) for seq in range(1, 8)])
    everything = Query((), frozenset(["#lobby"]), None, 0, MAX_SEQ, None, 100)
    assert [message.seq for message in find(store, everything)] == [7, 6, 5]
    steps = store.search(everything)
    store.commit([said(8)])
    assert [message.seq for part in steps for _, message in part.hits] == [8, 7, 6]
    older = msgspec.structs.replace(everything, older_than=7)
    assert [message.seq for message in find(store, older)] == [6]


def test_a_message_of_100_characters_takes_less_than_420_bytes() -> None:
    """It has 10 conversations and 50 senders; it took 365 bytes, and 505 with a table by seq for each."""
    store, count, rooms = MemoryStore("epoch"), 4_000, [f"#{number}" for number in range(10)]
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(count):
            seq, user = 1 + number // 10, number // 4 % 50
            text = f"{number:0100}"
            store.commit([StoredMessage(rooms[number % 10], seq, f"id-{number}", user, "alice", text, 0)])
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / count < 420
