"""The dispatcher: what must hold before a handler is called, and what happens when one breaks."""

import pytest
from photograph import photograph
from wired import Chat, Client

from broker.commands import COMMANDS
from broker.core.context import Context
from broker.core.outbox import LogEvent
from broker.core.registry import Command
from messages.amendments import Delete, Edit, Pin, Pins, React
from messages.errors import ErrorCode
from messages.events import Goodbye, Message, System
from messages.files import Chunk, Fetch, Upload
from messages.game import Hand
from messages.identity import ResetKeys, Uninvite
from messages.members import Members
from messages.moderation import (
    Ban,
    Ignore,
    InviteUser,
    Kick,
    Mute,
    Role,
    RoomRules,
    SetRole,
    Unban,
    Unignore,
    Unmute,
)
from messages.names import LOBBY
from messages.notices import Notify
from messages.replies import Clock, Error, Pong
from messages.requests import (
    Confirm,
    History,
    Join,
    Leave,
    Login,
    Nick,
    Ping,
    Play,
    ReadReceipts,
    Request,
    Revoke,
    Search,
    Send,
    Time,
    Topic,
    Who,
    Whois,
)
from messages.sessions import EndSession
from messages.typing import Typing, TypingNotices

VALUES: dict[type[Request], tuple[object, ...]] = {
    Send: ("#lobby", "hello"),
    Confirm: ("#lobby", 0),
    Join: ("#zmq",),
    Leave: ("#zmq",),
    Topic: ("#zmq",),
    Nick: ("bob",),
    Play: (Hand.ROCK,),
    History: ("#lobby",),
    Search: ("hello", "#lobby"),
    ReadReceipts: (False,),
    Revoke: ("SHA256:12345678",),
    Whois: ("bob",),
    ResetKeys: ("bob",),
    Uninvite: ("AAAAAAAA",),
    RoomRules: ("#tea", True),
    InviteUser: ("#tea", "bob"),
    SetRole: ("bob", Role.MODERATOR, "#tea"),
    Kick: ("bob",),
    Ban: ("bob",),
    Unban: ("bob",),
    Mute: ("#tea", "bob"),
    Unmute: ("#tea", "bob"),
    Edit: ("#lobby", 1, "hello"),
    Delete: ("#lobby", 1),
    React: ("#lobby", 1, "👍"),
    Pin: ("#lobby", 1),
    Pins: ("#lobby",),
    Members: ("#lobby",),
    EndSession: (1,),
    Typing: ("#lobby",),
    TypingNotices: (False,),
    Ignore: ("bob",),
    Unignore: ("bob",),
    Notify: ("#lobby",),
    Upload: ("list.txt", 3, "0" * 64),
    Chunk: ("upload", 0, b"abc"),
    Fetch: ("#lobby", 1),
}


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.mark.parametrize(
    "kind", [kind for kind in COMMANDS if kind is not Login], ids=lambda kind: kind.__name__
)
def test_a_stranger_is_told_to_log_in(chat: Chat, kind: type[Request]) -> None:
    before = photograph(chat.core)
    stranger = chat.connect()
    assert stranger.refused(kind, *VALUES.get(kind, ())) is ErrorCode.NOT_LOGGED_IN
    assert photograph(chat.core, without=(stranger.peer,)) == before


@pytest.mark.parametrize("kind", [Send, Leave, Topic, History, Confirm])
def test_a_command_about_a_room_is_for_its_members(chat: Chat, kind: type[Request]) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#zmq")
    values = ("#zmq", *VALUES[kind][1:])
    assert bob.refused(kind, *values) is ErrorCode.NOT_IN_ROOM


@pytest.mark.parametrize("kind", [Send, Leave, Topic, History, Confirm])
def test_a_command_about_a_room_that_is_not_there_is_refused(chat: Chat, kind: type[Request]) -> None:
    (alice,) = chat.users("alice")
    values = ("#nowhere", *VALUES[kind][1:])
    assert alice.refused(kind, *values) is ErrorCode.NO_SUCH_ROOM


@pytest.mark.parametrize("kind", [Send, History, Confirm])
@pytest.mark.parametrize(
    ("name", "code"), [("@nobody", ErrorCode.NO_SUCH_USER), ("@Alice", ErrorCode.TO_YOURSELF)]
)
def test_a_conversation_needs_somebody_else(
    chat: Chat, kind: type[Request], name: str, code: ErrorCode
) -> None:
    (alice,) = chat.users("alice")
    values = (name, *VALUES[kind][1:])
    assert alice.refused(kind, *values) is code


def test_replies_and_events_come_in_the_order_of_the_batch(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.put(Ping, id="1")
    alice.put(Send, "#lobby", "one")
    bob.put(Time, id="2")
    alice.put(Send, "#lobby", "two")
    chat.flush()
    assert [type(document) for document in bob.inbox] == [Pong, Message, Clock, Message]


def test_commands_are_noted_but_those_of_every_second(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    for kind in (Time, Ping, Who):
        alice.ask(kind)
    assert chat.noted(LogEvent.COMMAND) == [{"name": "alice", "command": name} for name in ("time", "who")]


def test_commands_are_not_noted_where_the_log_is_quiet() -> None:
    chat = Chat(log_messages=False)
    (alice,) = chat.users("alice")
    alice.ask(Time)
    assert chat.noted(LogEvent.COMMAND) == []


# A handler that breaks


@pytest.fixture
def broken_topic(chat: Chat) -> None:
    """Have `topic` change all it can reach and then fail."""

    def handler(context: Context, request: Topic) -> None:
        context.state.set_topic(context.state.lobby, "half")
        context.state.append(context.state.lobby, context.user, [Send(request.id, LOBBY, "half")], "", 0)
        context.outbox.send(context.state.lobby.peers, Error(None, ErrorCode.INVALID, "half", False))
        context.outbox.log(LogEvent.MESSAGE)
        raise ZeroDivisionError("half done")

    commands = dict(chat.core.commands)
    commands[Topic] = Command(Topic, handler, "break", logged=False)
    chat.core.commands = commands


@pytest.mark.usefixtures("broken_topic")
def test_an_unexpected_exception_refuses_that_one_request(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    before = alice.put(Send, "#lobby", "before")
    broken = alice.put(Topic, "#lobby", id="broken")
    after = bob.put(Send, "#lobby", "after")
    chat.flush()
    reply = alice.reply(broken)
    assert (reply.code, reply.retryable) == (ErrorCode.INTERNAL, False)
    assert "half" not in reply.text
    assert (alice.reply(before).seq, bob.reply(after).seq) == (1, 2)
    assert (alice.texts(), bob.texts()) == (["after"], ["before"])


@pytest.mark.usefixtures("broken_topic")
def test_an_unexpected_exception_leaves_memory_and_store_as_they_were(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    memory, stored = photograph(chat.core), chat.store.load()
    assert alice.refused(Topic, "#lobby") is ErrorCode.INTERNAL
    assert photograph(chat.core) == memory
    assert chat.store.load() == stored


@pytest.mark.usefixtures("broken_topic")
def test_what_broke_in_the_same_batch_was_never_sent(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.put(Topic, "#lobby", id="same")
    alice.put(Send, "#lobby", "half", id="same")
    chat.flush()
    assert [getattr(reply, "seq", None) for reply in alice.inbox] == [None, 1]
    assert len(chat.store.page("#lobby", 0, 10, 10)) == 1


@pytest.mark.usefixtures("broken_topic")
def test_an_unexpected_exception_is_noted_with_its_cause_for_the_operator_only(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    chat.notes.clear()
    alice.ask(Topic, "#lobby")
    (note,) = chat.notes
    assert (note.event, note.fields) == (LogEvent.FAULT, {"address": "10.0.0.1", "request": "topic"})
    assert isinstance(note.error, ZeroDivisionError)


# Peers who send what cannot be decoded


def test_what_cannot_be_decoded_is_answered_with_its_id_if_it_has_one(chat: Chat) -> None:
    stranger = chat.connect()
    stranger.garble(id="7")
    stranger.garble()
    chat.flush()
    assert [reply.re for reply in stranger.inbox] == ["7", None]
    assert [fields["address"] for fields in chat.noted(LogEvent.REFUSED)] == ["10.0.0.1"] * 2


def garble(chat: Chat, client: Client, times: int) -> None:
    for _ in range(times):
        client.garble()
    chat.flush()


def test_who_sends_too_much_that_cannot_be_decoded_is_put_out(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    garble(chat, alice, 99)
    assert bob.inbox == []
    assert alice.events(Goodbye) == []
    garble(chat, alice, 1)
    assert [goodbye.reason for goodbye in alice.events()] == ["protocol-error"]
    assert [(event.text, event.reason) for event in bob.events(System)] == [
        ("alice left the chat (protocol error)", "protocol error")
    ]
    assert alice.refused(Ping) is ErrorCode.NOT_LOGGED_IN


def test_who_was_put_out_can_log_in_anew_but_not_resume() -> None:
    chat = Chat(most_faults=3)
    alice = chat.connect()
    token = alice.login("alice").session
    garble(chat, alice, 3)
    assert not alice.login("alice", token).resumed
    garble(chat, alice, 2)
    assert isinstance(alice.ask(Ping), Pong)


def test_a_good_request_now_and_then_is_no_misbehaviour() -> None:
    chat = Chat(most_faults=3)
    (alice,) = chat.users("alice")
    for _ in range(5):
        garble(chat, alice, 2)
        assert isinstance(alice.ask(Ping), Pong)
    assert alice.events(Goodbye) == []


def test_a_stranger_who_misbehaves_is_only_answered() -> None:
    chat = Chat(most_faults=3)
    stranger = chat.connect()
    garble(chat, stranger, 10)
    assert [reply.code for reply in stranger.inbox] == [ErrorCode.INVALID] * 10


# The end


def test_a_broker_that_stops_says_goodbye_to_each_session() -> None:
    chat = Chat()
    alice, bob, carol = chat.users("alice", "bob", "carol")
    stranger = chat.connect()
    carol.gone = True
    chat.core.lose([carol.peer], "connection lost")
    chat.flush()
    for client in (alice, bob):
        client.events()
    chat.core.stop()
    chat.flush()
    assert [[goodbye.reason for goodbye in client.events(Goodbye)] for client in (alice, bob)] == [
        ["shutting-down"],
        ["shutting-down"],
    ]
    assert stranger.inbox == carol.inbox == []
