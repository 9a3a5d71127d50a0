"""A request that reads the store sees what was accepted before it in the same batch."""

from collections.abc import Sequence

import pytest
from wired import Chat, FragileStore, is_unavailable

from broker.core.outbox import Fact
from broker.core.store import Entry, StoredMessage, StoreError
from messages.replies import Accepted, Done
from messages.requests import Away, History, Ping, Send


@pytest.fixture
def store() -> FragileStore:
    return FragileStore("epoch")


@pytest.fixture
def chat(store: FragileStore) -> Chat:
    return Chat(store)


def test_history_has_what_was_accepted_before_it_in_the_batch_and_nothing_after(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.put(Send, "#lobby", "before")
    read = bob.put(History, "#lobby")
    alice.put(Send, "#lobby", "after")
    chat.flush()
    assert [message.text for message in bob.reply(read).messages] == ["before"]
    assert bob.texts() == ["before", "after"]


class CountingStore(FragileStore):
    """Counts what is paid for with an fsync elsewhere."""

    commits = 0

    def commit(self, entries: Sequence[Entry]) -> None:
        self.commits += 1
        super().commit(entries)


def test_a_batch_is_stored_at_once_unless_somebody_reads() -> None:
    store = CountingStore("epoch")
    chat = Chat(store)
    alice, bob = chat.users("alice", "bob")
    store.commits = 0
    for _ in range(3):
        alice.put(Send, "#lobby", "hello")
        bob.put(Ping)
    chat.flush()
    assert store.commits == 1
    bob.put(History, "#lobby")
    bob.put(Ping)
    chat.flush()
    assert store.commits == 1


def test_a_failure_in_mid_batch_answers_those_before_and_the_reader_but_not_those_after(
    chat: Chat, store: FragileStore
) -> None:
    alice, bob = chat.users("alice", "bob")
    store.broken = True
    sent = alice.put(Send, "#lobby", "lost")
    read = bob.put(History, "#lobby")
    store.broken = False
    again = alice.put(Send, "#lobby", "kept")
    chat.flush()
    assert is_unavailable(alice.reply(sent))
    assert is_unavailable(bob.reply(read))
    assert alice.reply(again).seq == 1
    assert bob.texts() == ["kept"]


def test_who_reads_in_a_batch_that_fails_twice_is_answered_once(chat: Chat, store: FragileStore) -> None:
    alice, bob = chat.users("alice", "bob")
    store.broken = True
    first = alice.put(Send, "#lobby", "lost")
    read = bob.put(History, "#lobby")
    second = alice.put(Send, "#lobby", "lost too")
    chat.flush()
    assert is_unavailable(alice.reply(first))
    assert is_unavailable(alice.reply(second))
    assert is_unavailable(bob.reply(read))


def test_what_was_stored_in_mid_batch_stands_although_the_rest_fails(chat: Chat, store: FragileStore) -> None:
    alice, bob = chat.users("alice", "bob")
    sent = alice.put(Send, "#lobby", "kept")
    read = bob.put(History, "#lobby")
    store.broken = True
    lost = alice.put(Send, "#lobby", "lost")
    chat.flush()
    assert isinstance(alice.reply(sent), Accepted)
    assert is_unavailable(bob.reply(read))
    assert is_unavailable(alice.reply(lost))
    assert bob.texts() == ["kept"]
    store.broken = False
    assert alice.ask(Send, "#lobby", "next").seq == 2


class UnreadableStore(FragileStore):
    """Takes everything, and can give nothing."""

    def last_page(self, conversation: str, before: int, limit: int) -> list[StoredMessage]:
        raise StoreError("disk I/O error")


def test_a_read_that_fails_is_refused_as_retryable_and_concerns_nobody_else() -> None:
    chat = Chat(UnreadableStore("epoch"))
    (alice,) = chat.users("alice")
    sent = alice.put(Send, "#lobby", "kept")
    read = alice.put(History, "#lobby")
    chat.flush()
    assert isinstance(alice.reply(sent), Accepted)
    assert is_unavailable(alice.reply(read))
    assert chat.noted(Fact.STORE_FAILED) == [{"reason": "disk I/O error"}]
    assert isinstance(alice.ask(Away), Done)
