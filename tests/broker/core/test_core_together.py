"""Requests of one frame that are carried out together come to the same as those that come one by one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from photograph import photograph
from wired import Chat, Client, FragileStore, is_unavailable

from broker.commands import COMMANDS
from broker.core.outbox import LogEvent
from client.core.receiving.runs import apart
from messages.base import Request
from messages.documents import Document
from messages.errors import ErrorCode
from messages.events import Message, System
from messages.moderation import Mute
from messages.replies import Accepted, Error
from messages.requests import Confirm, History, Join, Leave, Ping, Send, Topic

IDS = st.integers(1, 6).map(str)
PLACES = st.sampled_from(["#lobby", "#tea", "#Tea", "#nowhere", "@bob", "@carol", "@nobody", "@alice"])
SENDS = st.builds(Send, IDS, PLACES, st.sampled_from(["hello", "again"]))
OTHERS = st.one_of(
    st.builds(Ping, IDS),
    st.builds(Leave, IDS, st.just("#tea")),
    st.builds(Join, IDS, st.just("#tea")),
    st.builds(Confirm, IDS, st.sampled_from(["#lobby", "#tea"]), st.integers(0, 4)),
    st.builds(History, IDS, st.sampled_from(["#lobby", "#tea", "@bob"]), after=st.just(0)),
    st.builds(Topic, IDS, st.just("#tea"), st.sampled_from([None, "tea"])),
)
FRAMES = st.lists(st.lists(SENDS | SENDS | OTHERS, min_size=1, max_size=12), min_size=1, max_size=4)


def gathering(*, runs: bool = False) -> tuple[Chat, list[Client]]:
    """Three users in the lobby and in #tea, of whom the second is muted there."""
    chat = Chat()
    clients = chat.users("alice", "bob", "carol")
    for client in clients:
        client.ask(Join, "#tea")
    assert not isinstance(clients[0].ask(Mute, "#tea", "bob"), Error)
    for client in clients:
        client.inbox.clear()
        client.peer.runs = runs
    return chat, clients


def heard(
    frames: Sequence[Sequence[Request]], who: int, *, together: bool = True, runs: bool = False
) -> list[list[Document]]:
    """Return what each of three users hears when one of them asks for all this, a batch for each frame."""
    chat, clients = gathering(runs=runs)
    for frame in frames:
        if together:
            clients[who].put_all(*frame)
        else:
            for request in frame:
                chat.core.handle(clients[who].peer, request)
        chat.flush()
    return [client.inbox for client in clients]


@given(FRAMES, st.sampled_from([0, 1]))
def test_everybody_hears_the_same_whether_requests_come_in_one_frame_or_singly(
    frames: list[list[Request]], who: int
) -> None:
    one, other = heard(frames, who, together=True), heard(frames, who, together=False)
    assert [_by_kind(inbox) for inbox in one] == [_by_kind(inbox) for inbox in other]


@given(FRAMES, st.sampled_from([0, 1]))
def test_who_knows_runs_is_told_the_same(frames: list[list[Request]], who: int) -> None:
    one, other = heard(frames, who, runs=True), heard(frames, who, runs=False)
    assert [[part for document in inbox for part in apart(document)] for inbox in one] == other


def _by_kind(inbox: list[Document]) -> list[list[Document]]:
    """Return replies and events, each in their order: a frame's replies may come behind its events."""
    told = [document for document in inbox if isinstance(document, Message | System)]
    return [told, [document for document in inbox if document not in told]]


@pytest.mark.parametrize("place", ["#lobby", "@bob"])
def test_messages_of_one_frame_are_numbered_and_delivered_in_order(place: str) -> None:
    chat, (alice, bob, _) = gathering()
    alice.ask(Send, place, "first")
    bob.inbox.clear()
    alice.put_all(*(Send(f"m{number}", place, f"text {number}") for number in range(20)))
    chat.flush()
    replies = [document for document in alice.inbox if isinstance(document, Accepted)]
    assert [(reply.re, reply.seq) for reply in replies] == [(f"m{n}", n + 2) for n in range(20)]
    told = bob.events(Message)
    assert [(m.seq, m.id, m.text) for m in told] == [(n + 2, f"m{n}", f"text {n}") for n in range(20)]


def test_a_frame_that_was_sent_again_is_stored_once() -> None:
    chat, (alice, bob, _) = gathering()
    sends = [Send(str(number), "#lobby", "hello") for number in range(5)]
    alice.put_all(*sends)
    chat.flush()
    bob.inbox.clear()
    alice.put_all(*sends, Send("5", "#lobby", "new"))
    chat.flush()
    assert [reply.seq for reply in alice.inbox] == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6]
    assert [message.seq for message in bob.events(Message)] == [6]


def test_one_id_for_two_texts_of_a_frame_is_refused_for_the_second() -> None:
    chat, (alice, bob, _) = gathering()
    alice.put_all(Send("1", "#lobby", "one"), Send("1", "#lobby", "two"), Send("1", "#lobby", "one"))
    chat.flush()
    one, two, again = alice.inbox
    assert isinstance(two, Error)
    assert two.code is ErrorCode.ID_REUSED
    assert one == again
    assert [message.text for message in bob.events(Message)] == ["one"]


def test_what_the_log_tells_of_messages_is_the_same() -> None:
    chat, (alice, *_) = gathering()
    alice.put_all(Send("1", "#tea", "one"), Send("2", "#tea", "two"))
    chat.flush()
    assert chat.noted(LogEvent.MESSAGE)[-2:] == [
        {"name": "alice", "conversation": "#tea", "text": text} for text in ("one", "two")
    ]


def test_a_frame_that_cannot_be_stored_leaves_nothing_behind_and_each_request_is_answered() -> None:
    store = FragileStore("epoch")
    chat = Chat(store)
    alice, bob = chat.users("alice", "bob")
    before = photograph(chat.core)
    for client in (alice, bob):
        client.inbox.clear()
    store.broken = True
    alice.put_all(*(Send(str(number), "#lobby", "hello") for number in range(3)))
    chat.flush()
    assert [reply.re for reply in alice.inbox if is_unavailable(reply)] == ["0", "1", "2"]  # type: ignore[union-attr]
    assert bob.inbox == []
    assert photograph(chat.core) == before
    alice.inbox.clear()
    alice.put_all(Send("8", "#lobby", "hello"), Send("9", "#lobby", "hello"))  # it stores nothing now
    chat.flush()
    assert [is_unavailable(reply) for reply in alice.inbox] == [True, True]


def test_a_fault_in_the_middle_of_a_frame_is_that_of_one_request() -> None:
    chat, (alice, bob, _) = gathering()
    chat.core.commands = {**COMMANDS}
    handler = COMMANDS[Send].handler

    def together(*_: object) -> None:
        raise ZeroDivisionError

    def singly(context: object, request: Send) -> object:
        if request.id == "2":
            raise ZeroDivisionError
        return handler(context, request)  # type: ignore[arg-type]

    chat.core.commands[Send] = replace(COMMANDS[Send], handler=singly, together=together)  # type: ignore[index]
    alice.put_all(*(Send(str(number), "#lobby", "hello") for number in range(1, 4)))
    chat.flush()
    assert [getattr(reply, "code", None) for reply in alice.inbox] == [None, ErrorCode.INTERNAL, None]
    assert [message.id for message in bob.events(Message)] == ["1", "3"]
    assert len(chat.noted(LogEvent.FAULT)) == 1
