"""While the store fails: what changes something is refused, the rest goes on, and it heals by itself."""

from collections.abc import Sequence

import pytest
from photograph import photograph
from wired import Chat, FragileStore, is_unavailable

from broker.core.outbox import LogEvent
from broker.core.store import Entry, StoreBroken, StoreError
from messages.events import System
from messages.notices import NoticeLevel, Notify
from messages.replies import Done, Error, Page, Pong, Welcome
from messages.requests import (
    Away,
    Confirm,
    History,
    Join,
    Login,
    Logout,
    Nick,
    Ping,
    ReadReceipts,
    Request,
    Send,
    Topic,
    Who,
)
from messages.version import PROTOCOL


class CountingStore(FragileStore):
    """Counts how often it was asked to store something."""

    tried = 0

    def commit(self, entries: Sequence[Entry]) -> None:
        self.tried += 1
        super().commit(entries)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore("epoch")


@pytest.fixture
def chat(store: CountingStore) -> Chat:
    return Chat(store)


def fail(chat: Chat) -> None:
    """Have the store fail, and somebody find it out."""
    assert isinstance(chat.store, FragileStore)
    finder = chat.login("finder")
    chat.store.broken = True
    assert is_unavailable(finder.ask(Away, "looking"))
    finder.ask(Logout)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Send, ("#lobby", "hello")),
        (Send, ("@bob", "hello")),
        (Confirm, ("#lobby", 1)),
        (Join, ("#new",)),
        (Topic, ("#lobby", "tea")),
        (Nick, ("alicia",)),
        (Away, ("lunch",)),
        (ReadReceipts, (False,)),
        (Notify, ("#lobby", NoticeLevel.ALL)),
    ],
)
def test_what_changes_something_is_refused_at_once_and_the_store_is_not_asked(
    chat: Chat, store: CountingStore, kind: type[Request], values: tuple[object, ...]
) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Send, "#lobby", "before")
    fail(chat)
    before, tried = photograph(chat.core), store.tried
    alice.events()
    bob.events()
    assert is_unavailable(alice.ask(kind, *values))
    assert photograph(chat.core) == before
    assert store.tried == tried
    assert bob.events() == []


def test_what_changes_nothing_is_answered_as_always(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Send, "#lobby", "before", id="same")
    fail(chat)
    assert isinstance(alice.ask(Ping), Pong)
    assert [user.name for user in alice.ask(Who).users] == ["alice"]
    assert [message.text for message in alice.ask(History, "#lobby").messages] == ["before"]
    assert alice.ask(Send, "#lobby", "before", id="same").seq == 1
    assert isinstance(alice.ask(Confirm, "#lobby", 0), Done)
    assert alice.ask(Topic, "#lobby").topic == ""


def test_who_is_known_logs_in_and_out_and_others_see_it(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Logout)
    fail(chat)
    alice.events()
    back = chat.login("bob")
    back.ask(Logout)
    assert [(event.kind, event.user) for event in alice.events(System)] == [
        ("joined", "bob"),
        ("left", "bob"),
    ]


def test_a_lost_session_is_taken_up_again(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    token = next(iter(chat.core.state.sessions))
    fail(chat)
    chat.core.lose([alice.peer], "connection lost")
    chat.flush()
    assert chat.connect().login("alice", token).resumed


def test_a_new_name_is_refused_as_retryable_and_is_let_in_when_the_store_works(chat: Chat) -> None:
    fail(chat)
    carol = chat.connect()
    assert is_unavailable(carol.ask(Login, PROTOCOL, "carol"))
    assert "carol" not in chat.core.state.users
    chat.mend()
    assert isinstance(carol.ask(Login, PROTOCOL, "carol"), Welcome)


def test_it_heals_by_itself_within_a_second(chat: Chat, store: CountingStore) -> None:
    alice, bob = chat.users("alice", "bob")
    fail(chat)
    bob.events()
    store.broken = False
    assert is_unavailable(alice.ask(Send, "#lobby", "too early"))
    chat.forward(1)
    assert alice.ask(Send, "#lobby", "hello").seq == 1
    assert bob.texts() == ["hello"]


def test_as_long_as_the_store_fails_nothing_heals(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    fail(chat)
    chat.forward(5)
    assert is_unavailable(alice.ask(Send, "#lobby", "hello"))
    assert chat.noted(LogEvent.STORE_RECOVERED) == []


def test_the_log_tells_once_that_the_store_failed_and_once_that_it_works(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    fail(chat)
    for _ in range(3):
        alice.ask(Send, "#lobby", "hello")
        chat.forward(2)
    assert chat.noted(LogEvent.STORE_FAILED) == [{"reason": "no space left on the device"}]
    chat.mend()
    chat.forward(3)
    assert chat.noted(LogEvent.STORE_RECOVERED) == [{}]


def test_a_store_that_fails_again_is_told_of_again(chat: Chat) -> None:
    for _ in range(2):
        fail(chat)
        chat.mend()
    assert len(chat.noted(LogEvent.STORE_FAILED)) == len(chat.noted(LogEvent.STORE_RECOVERED)) == 2


def test_where_names_are_shared_those_who_went_meanwhile_are_forgotten_when_it_heals() -> None:
    chat = Chat(names="shared")
    alice, bob = chat.users("alice", "bob")
    fail(chat)
    bob.ask(Logout)
    assert "bob" in chat.core.state.users
    chat.mend()
    assert chat.core.state.users.keys() == {"alice"}
    assert [user.name for user in chat.store.load().users] == ["alice"]
    assert isinstance(alice.ask(Ping), Pong)


def test_time_goes_on_and_who_is_silent_is_gone(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    fail(chat)
    alice.events()
    for _ in range(50):
        chat.forward(1)
        alice.ask(Ping)
    assert [event.reason for event in alice.events(System)] == ["timed out"]
    assert bob.peer not in chat.core.peers


def test_a_batch_in_which_the_store_is_found_to_fail_still_answers_those_who_only_read(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert isinstance(chat.store, FragileStore)
    chat.store.broken = True
    lost, read = alice.put(Send, "#lobby", "lost"), bob.put(History, "#lobby")
    chat.flush()
    assert is_unavailable(alice.reply(lost))
    assert isinstance(bob.reply(read), Page)


class BrokenStore(FragileStore):
    """What it holds can no longer be relied on, once that is said."""

    lost = False

    def commit(self, entries: Sequence[Entry]) -> None:
        if self.lost:
            raise StoreBroken("the disk lost what it said it had stored")
        super().commit(entries)

    def find_sent(self, user: int, id: str) -> None:
        if self.lost:
            raise StoreBroken("the database is damaged")


def test_a_store_that_cannot_be_relied_on_ends_the_broker_and_nothing_is_sent() -> None:
    store = BrokenStore("epoch")
    chat = Chat(store)
    alice, bob = chat.users("alice", "bob")
    store.lost = True
    alice.put(Topic, "#lobby", "tea")
    alice.put(History, "#lobby")
    with pytest.raises(StoreBroken, match="the disk lost what it said it had stored"):
        chat.flush()
    assert alice.inbox == bob.inbox == []


def test_so_does_one_that_is_found_out_in_the_middle_of_a_batch() -> None:
    store = BrokenStore("epoch")
    chat = Chat(store)
    (alice,) = chat.users("alice")
    store.lost = True
    alice.put(Topic, "#lobby", "tea")
    alice.put(History, "#lobby")
    with pytest.raises(StoreBroken, match="the disk lost what it said it had stored"):
        alice.put(Ping)
    assert alice.inbox == []


def test_damage_that_a_request_finds_ends_the_broker_too() -> None:
    store = BrokenStore("epoch")
    chat = Chat(store)
    alice, bob = chat.users("alice", "bob")
    store.lost = True
    with pytest.raises(StoreBroken, match="the database is damaged"):
        alice.put(Send, "#lobby", "hello")
    assert alice.inbox == bob.inbox == []


def test_an_error_says_that_it_is_worth_trying_again(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    fail(chat)
    reply = alice.ask(Send, "#lobby", "hello")
    assert isinstance(reply, Error)
    assert reply.text == "the broker cannot store this now; try again"


def test_if_the_store_then_fails_in_another_way_everybody_is_told_that(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = chat.login("alice")
    fail(chat)

    def locked() -> None:
        raise StoreError("the database is locked", "another program uses its database")

    monkeypatch.setattr(chat.store, "probe", locked)
    for _ in range(2):
        chat.forward(1)
    refusal = alice.ask(Away, "lunch")
    assert "another program uses its database" in refusal.text
    reasons = [fields["reason"] for fields in chat.noted(LogEvent.STORE_FAILED)]
    assert reasons == ["no space left on the device", "the database is locked"]
