"""A request that reads the store waits for what is accepted in the same batch, for one commit in all."""

from collections.abc import Sequence

import pytest
from wired import Chat, FragileStore, is_unavailable

from broker.core.outbox import LogEvent
from broker.core.store import Entry, StoredMessage, StoreError
from messages.admin import Forget
from messages.events import Message
from messages.replies import Accepted, Done, Page, Reply
from messages.requests import Away, History, Join, Leave, Logout, Ping, Send


@pytest.fixture
def store() -> FragileStore:
    return FragileStore("epoch")


@pytest.fixture
def chat(store: FragileStore) -> Chat:
    return Chat(store)


def test_history_has_what_was_accepted_in_the_same_batch_and_comes_behind_it(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.put(Send, "#lobby", "before")
    read = bob.put(History, "#lobby")
    alice.put(Send, "#lobby", "after")
    chat.flush()
    assert [type(document) for document in bob.inbox] == [Message, Message, Page]
    assert [message.text for message in bob.reply(read).messages] == ["before", "after"]
    assert bob.texts() == ["before", "after"]


@pytest.mark.parametrize("last", [(Leave, "#zmq"), (Logout,)])
def test_what_a_client_asks_behind_a_read_is_carried_out_behind_it(
    chat: Chat, last: tuple[type[Leave] | type[Logout]]
) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    alice.put(Send, "#zmq", "hello")
    read, left = bob.put(History, "#zmq"), bob.put(*last)
    chat.flush()
    assert [document.re for document in bob.inbox if isinstance(document, Reply)] == [read, left]
    assert [message.text for message in bob.reply(read).messages] == ["hello"]
    assert isinstance(bob.reply(left), Done)


def test_a_client_does_not_read_what_it_says_behind_its_read(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.put(Send, "#lobby", "before")
    read = alice.put(History, "#lobby")
    sent = alice.put(Send, "#lobby", "behind")
    chat.flush()
    assert [message.text for message in alice.reply(read).messages] == ["before"]
    assert alice.reply(sent).seq == 2


class CountingStore(FragileStore):
    """Counts what is paid for with an fsync elsewhere."""

    commits = 0

    def commit(self, entries: Sequence[Entry]) -> None:
        self.commits += 1
        super().commit(entries)


def test_a_batch_is_stored_at_once_and_one_without_changes_not_at_all() -> None:
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


def test_many_clients_that_send_and_read_in_one_batch_cost_one_commit() -> None:
    store = CountingStore("epoch")
    chat = Chat(store)
    clients = chat.users("alice", "bob", "carol", "dave")
    store.commits = 0
    reads = []
    for client in clients:
        client.put(Send, "#lobby", "hello")
        reads.append(client.put(History, "#lobby"))
    chat.flush()
    assert store.commits == 1
    for client, read in zip(clients, reads, strict=True):
        assert [message.seq for message in client.reply(read).messages] == [1, 2, 3, 4]


def test_who_reads_in_a_batch_that_cannot_be_stored_reads_what_was_stored_before(
    chat: Chat, store: FragileStore
) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "kept")
    store.broken = True
    sent = alice.put(Send, "#lobby", "lost")
    read = bob.put(History, "#lobby")
    chat.flush()
    assert is_unavailable(alice.reply(sent))
    assert [message.text for message in bob.reply(read).messages] == ["kept"]
    assert bob.texts() == ["kept"]


def test_what_a_client_asks_behind_its_read_is_answered_once_however_it_ends(
    chat: Chat, store: FragileStore
) -> None:
    (alice,) = chat.users("alice")
    store.broken = True
    lost = alice.put(Send, "#lobby", "lost")
    read = alice.put(History, "#lobby")
    behind = alice.put(Send, "#lobby", "lost too")
    chat.flush()
    assert is_unavailable(alice.reply(lost))
    assert alice.reply(read).messages == []
    assert is_unavailable(alice.reply(behind))


def test_what_was_stored_in_mid_batch_stands_although_the_rest_fails(chat: Chat, store: FragileStore) -> None:
    alice, bob = chat.users("alice", "bob")
    sent = alice.put(Send, "#lobby", "kept")
    read = bob.put(History, "#lobby")
    bob.put(Ping)  # for whose turn the read is carried out
    store.broken = True
    lost = alice.put(Send, "#lobby", "lost")
    chat.flush()
    assert isinstance(alice.reply(sent), Accepted)
    assert is_unavailable(bob.reply(read))
    assert is_unavailable(alice.reply(lost))
    assert bob.texts() == ["kept"]
    chat.mend()
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
    assert chat.noted(LogEvent.STORE_FAILED) == [{"reason": "disk I/O error"}]
    assert isinstance(alice.ask(Away), Done)


def test_what_a_request_that_reads_the_store_has_written_is_stored_with_the_batch() -> None:
    chat = Chat(own_uid=1)
    _, bob = chat.users("alice", "bob")
    operator = chat.connect(uid=1, admin=True)
    bob.put(Send, "#lobby", "hello")
    asked = operator.put(Forget, "alice")
    chat.flush()
    assert operator.reply(asked).done
    assert [user.name for user in chat.store.load().users] == ["bob"]
