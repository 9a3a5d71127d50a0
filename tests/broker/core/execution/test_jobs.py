"""Searches are carried out in steps between batches, for each user one at a time, and paid for in tokens."""

from collections.abc import Iterator

import pytest
from wired import Chat, Client, FragileStore, is_unavailable

from broker.core.execution.jobs import MOST_SECONDS, MOST_WAITING
from broker.core.outbox import LogEvent
from broker.core.settings import Caps
from broker.core.store import Part, Query, StoreBroken, StoredMessage, StoreError
from messages.errors import ErrorCode
from messages.events import Goodbye
from messages.replies import Error, Found, Pong
from messages.requests import Join, Leave, Login, Logout, Ping, Search, Send
from messages.version import PROTOCOL

STEPS = 100
SLICE = 0.004


class SlowStore(FragileStore):
    """A store whose searches take 100 steps of 1 ms. Each step looks at one position, from 100 on."""

    def __init__(self) -> None:
        super().__init__("epoch")
        self.clock = 0.0
        self.steps: list[str] = []
        self.ended: list[str] = []
        self.queries: list[Query] = []
        self.hit: StoredMessage | None = None
        self.blind = False
        """Whether a search cannot go on from where it has come to."""
        self.failure: Exception | None = None

    def search(self, query: Query) -> Iterator[Part]:
        self.queries.append(query)
        word = query.words[0]
        try:
            for position in range(query.older_than or STEPS, 0, -1):
                self.clock += 0.001 if word != "long" else 0.1
                self.steps.append(word)
                if self.failure:
                    raise self.failure
                hits = [(STEPS, self.hit)] if self.hit and position == STEPS else []
                yield Part(hits, None if self.blind else position)
        finally:
            self.ended.append(word)


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
def chat(store: SlowStore) -> Chat:
    return Chat(store)


def advance(chat: Chat, times: int = 1) -> None:
    """Carry on for the time between two batches."""
    store = chat.store
    assert isinstance(store, SlowStore)
    for _ in range(times):
        chat.core.begin(chat.now)
        chat.core.advance(lambda: store.clock, SLICE)
        chat.deliver()


def replies(client: Client) -> list[str]:
    """Return the ids of the requests that were answered since the last call, in order."""
    found = [document.re for document in client.inbox if hasattr(document, "re")]
    client.inbox.clear()
    return found


def test_other_requests_are_answered_while_a_search_goes_on(chat: Chat, store: SlowStore) -> None:
    alice, bob = chat.users("alice", "bob")
    search = alice.put(Search, "one")
    chat.deliver()
    advance(chat)
    assert len(store.steps) == 4
    own, other = alice.put(Ping), bob.put(Ping)
    chat.deliver()
    assert (replies(alice), replies(bob)) == ([own], [other])
    advance(chat, STEPS // 4)
    assert replies(alice) == [search]
    assert not chat.core.jobs


def test_users_take_turns_and_the_searches_of_one_come_one_after_the_other(
    chat: Chat, store: SlowStore
) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    first, second = alice.put(Search, "a1"), alice.put(Search, "a2")
    bob.put(Search, "b")
    carol.put(Search, "c")
    chat.deliver()
    advance(chat, 6)
    assert store.steps == [word for word in ("a1", "b", "c", "a1", "b", "c") for _ in range(4)]
    advance(chat, 4 * STEPS)
    assert replies(alice) == [first, second]
    assert store.steps.index("a2") > len(store.steps) - 1 - store.steps[::-1].index("a1")


def test_a_search_that_ends_within_the_time_leaves_the_rest_to_the_next(chat: Chat, store: SlowStore) -> None:
    alice, bob = chat.users("alice", "bob")
    store.clock = 0.0
    alice.put(Search, "a")
    bob.put(Search, "b")
    chat.deliver()
    chat.core.advance(lambda: store.clock, 0.15)
    assert (store.steps.count("a"), store.steps.count("b")) == (100, 50)


def test_too_many_searches_of_a_user_are_refused_and_others_are_not(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(1 + MOST_WAITING):
        alice.put(Search, "one")
    refused = alice.put(Search, "one")
    taken = bob.put(Search, "one")
    chat.deliver()
    reply = alice.reply(refused)
    assert (reply.code, reply.retryable, reply.retry_after) == (ErrorCode.TOO_MANY_REQUESTS, True, 1_001)
    assert reply.text == "other requests of yours are not answered yet; wait 1.0 s"
    chat.flush()
    assert len(replies(alice)) == 1 + MOST_WAITING
    assert isinstance(bob.reply(taken), Found)


def test_a_search_that_takes_too_long_ends_and_the_next_one_goes_on_where_it_ended(
    chat: Chat, store: SlowStore
) -> None:
    (alice,) = chat.users("alice")
    asked = alice.put(Search, "long")
    chat.deliver()
    advance(chat, 100)
    first = alice.reply(asked)
    assert (len(store.steps), first.incomplete) == (round(MOST_SECONDS / 0.1), True)
    assert store.ended == ["long"]
    asked = alice.put(Search, "rest", page=first.next)
    chat.deliver()
    advance(chat, 100)
    assert store.queries[-1].older_than == STEPS + 1 - store.steps.count("long")
    last = alice.reply(asked)
    assert (last.next, last.incomplete) == (None, False)


def test_a_search_that_cannot_go_on_from_where_it_is_does_not_end_there(chat: Chat, store: SlowStore) -> None:
    (alice,) = chat.users("alice")
    store.blind = True
    asked = alice.put(Search, "long")
    chat.deliver()
    advance(chat, STEPS + 1)
    assert len(store.steps) == STEPS
    assert not alice.reply(asked).incomplete


def test_a_search_costs_tokens_by_its_time(store: SlowStore) -> None:
    chat = Chat(store, caps=Caps(rate=200, burst=1_000))
    alice, bob = chat.connect("10.0.0.1"), chat.connect("10.0.0.2")
    for client, name in ((alice, "alice"), (bob, "bob")):
        client.login(name)
    for _ in range(3):
        alice.put(Search, "long")
    chat.deliver()
    advance(chat, 100)
    assert len(replies(alice)) == 3
    chat.core.begin(chat.now)
    assert chat.core.admit(alice.peer, 64, 100) == pytest.approx((1_500 - 1_000 + 64) / 200, abs=0.3)
    assert not chat.core.admit(bob.peer, 64, 100)


def test_a_peer_without_limits_pays_nothing(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Search, "long")
    assert not chat.core.admit(alice.peer, 64, 100)


@pytest.mark.parametrize("lagging", [False, True])
def test_a_search_ends_when_nobody_hears_its_reply(chat: Chat, store: SlowStore, lagging: bool) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.put(Search, "one")
    chat.deliver()
    advance(chat)
    if lagging:
        chat.core.lag(alice.peer)
    else:
        chat.core.lose([alice.peer], "connection lost")
    chat.deliver()
    advance(chat)
    assert store.ended == ["one"]
    assert not replies(alice)
    assert isinstance(bob.ask(Ping), Pong)


def test_a_search_whose_session_has_ended_is_refused(chat: Chat, store: SlowStore) -> None:
    (alice,) = chat.users("alice")
    asked = alice.put(Search, "one")
    alice.put(Logout)
    alice.put(Login, PROTOCOL, "bob")
    chat.flush()
    reply = alice.reply(asked)
    assert (reply.code, reply.text) == (
        ErrorCode.NOT_LOGGED_IN,
        "this session has ended; log in, then ask again",
    )
    assert not store.steps


def test_the_end_of_the_broker_answers_searches_before_it_says_goodbye(chat: Chat, store: SlowStore) -> None:
    alice, bob = chat.users("alice", "bob")
    asked = [alice.put(Search, "one"), alice.put(Search, "two")]
    bob.put(Search, "three")
    chat.deliver()
    advance(chat)
    chat.core.lose([bob.peer], "connection lost")
    chat.core.stop()
    chat.deliver()
    documents = [document for document in alice.inbox if isinstance(document, Error | Goodbye)]
    assert [getattr(document, "re", "goodbye") for document in documents] == [*asked, "goodbye"]
    assert all(map(is_unavailable, documents[:2]))
    assert not chat.core.jobs
    assert not replies(bob)


@pytest.mark.parametrize(
    ("failure", "code", "event"),
    [
        (StoreError("the disk fails"), ErrorCode.UNAVAILABLE, LogEvent.STORE_FAILED),
        (ZeroDivisionError(), ErrorCode.INTERNAL, LogEvent.FAULT),
    ],
)
def test_a_search_that_fails_is_refused_and_the_others_go_on(
    chat: Chat, store: SlowStore, failure: Exception, code: ErrorCode, event: LogEvent
) -> None:
    alice, bob = chat.users("alice", "bob")
    store.failure = failure
    assert alice.refused(Search, "one") is code
    assert len(chat.noted(event)) == 1
    store.failure = None
    assert isinstance(bob.ask(Search, "one"), Found)


def test_a_search_that_finds_the_store_broken_ends_the_broker(chat: Chat, store: SlowStore) -> None:
    (alice,) = chat.users("alice")
    store.failure = StoreBroken("damaged")
    alice.put(Search, "one")
    with pytest.raises(StoreBroken):
        chat.flush()


def test_a_search_of_a_batch_that_is_not_stored_is_answered_once(chat: Chat, store: SlowStore) -> None:
    alice, bob = chat.users("alice", "bob")
    search, ping = alice.put(Search, "one"), alice.put(Ping)  # the search is carried out at once
    store.broken = True
    bob.put(Send, "#lobby", "hello")
    chat.flush()
    assert is_unavailable(alice.reply(search))
    assert is_unavailable(alice.reply(ping))
    assert not store.steps


def test_a_room_that_the_user_has_left_meanwhile_is_left_out(chat: Chat, store: SlowStore) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Join, "#tea")
    alice.ask(Send, "#tea", "one")
    (store.hit,) = store.page("#tea", 0, 2, 1)
    assert [message.text for message in alice.ask(Search, "one").messages] == ["one"]
    asked = alice.put(Search, "one")
    chat.deliver()
    advance(chat)
    alice.put(Leave, "#tea")
    chat.flush()
    assert alice.reply(asked).messages == []
