"""The memory store: it holds a limited number of messages, and drops the oldest."""

import pytest

from broker.core.store import ForgottenUser, StoredMember, StoredMessage, StoredUser
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
