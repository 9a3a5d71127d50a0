"""Clients that know runs get one reply and one event for the messages of a frame; others see no change."""

import pytest
from wired import Chat, Client, FragileStore, is_unavailable

from messages.errors import ErrorCode
from messages.events import Message
from messages.replies import Accepted, Error
from messages.requests import Join, Login, Send
from messages.runs import Messages
from messages.version import PROTOCOL


def login(chat: Chat, name: str, *, runs: bool = True) -> Client:
    client = chat.connect()
    client.ask(Login, PROTOCOL, name, amendments=True, runs=runs)
    return client


@pytest.fixture
def chat() -> Chat:
    return Chat(FragileStore("epoch"))


@pytest.fixture
def alice(chat: Chat) -> Client:
    return login(chat, "alice")


@pytest.fixture
def bob(chat: Chat) -> Client:
    return login(chat, "bob")


@pytest.fixture
def carol(chat: Chat) -> Client:
    return login(chat, "carol", runs=False)


def say(chat: Chat, client: Client, *sends: Send) -> list[Accepted | Error]:
    """Send messages in one frame, and return all that the client gets."""
    client.put_all(*sends)
    chat.flush()
    got, client.inbox = client.inbox, []
    return [one for one in got if isinstance(one, Accepted | Error)]


def hello(*ids: str, to: str = "#lobby") -> list[Send]:
    return [Send(one, to, f"text {one}") for one in ids]


def answered(replies: list[Accepted | Error]) -> list[tuple[str | None, int, tuple[str, ...]]]:
    return [(one.re, one.seq, one.also) for one in replies if isinstance(one, Accepted)]


def test_the_messages_of_a_frame_are_one_reply_and_one_event(
    chat: Chat, alice: Client, bob: Client, carol: Client
) -> None:
    chat.flush()
    for client in (alice, bob, carol):
        client.inbox.clear()
    assert answered(say(chat, alice, *hello("x", "a", "m"))) == [("x", 1, ("a", "m"))]
    (run,) = bob.events()
    assert isinstance(run, Messages)
    assert (run.conversation, run.seq, run.sender, run.sender_id) == ("#lobby", 1, "alice", 1)
    assert [(one.id, one.text) for one in run.messages] == [("x", "text x"), ("a", "text a"), ("m", "text m")]
    assert [(one.seq, one.id) for one in carol.events(Message)] == [(1, "x"), (2, "a"), (3, "m")]


def test_a_client_that_does_not_ask_gets_a_reply_for_each(chat: Chat, carol: Client, bob: Client) -> None:
    bob.inbox.clear()
    assert answered(say(chat, carol, *hello("1", "2"))) == [("1", 1, ()), ("2", 2, ())]
    assert [type(one) for one in bob.events()] == [Messages]


def test_a_single_message_is_no_run(chat: Chat, alice: Client, bob: Client) -> None:
    bob.inbox.clear()
    assert answered(say(chat, alice, *hello("1"))) == [("1", 1, ())]
    assert [type(one) for one in bob.events()] == [Message]


def test_each_conversation_has_a_reply_of_its_own(chat: Chat, alice: Client, bob: Client) -> None:
    alice.ask(Join, "#tea")
    frame = [*hello("1", "2"), *hello("3", "4", to="#tea"), *hello("5", to="@bob"), *hello("6")]
    assert answered(say(chat, alice, *frame)) == [
        ("1", 1, ("2",)),
        ("3", 1, ("4",)),
        ("5", 1, ()),
        ("6", 3, ()),
    ]


def test_a_direct_run_goes_to_the_other_under_the_name_that_they_see(
    chat: Chat, alice: Client, bob: Client
) -> None:
    say(chat, alice, *hello("0", to="@bob"))
    bob.inbox.clear()
    assert answered(say(chat, alice, *hello("1", "2", to="@bob"))) == [("1", 2, ("2",))]
    (run,) = bob.events()
    assert (run.conversation, run.seq, [one.id for one in run.messages]) == ("@alice", 2, ["1", "2"])


@pytest.mark.parametrize("runs", [True, False])
def test_the_senders_other_device_gets_it_as_it_knows_it(chat: Chat, bob: Client, runs: bool) -> None:
    devices = [chat.connect(identity="key") for _ in range(2)]
    devices[0].ask(Login, PROTOCOL, "dora", amendments=True, runs=True)
    devices[1].ask(Login, PROTOCOL, "dora", amendments=True, runs=runs)
    for place in ("#lobby", "@bob"):
        say(chat, devices[0], *hello(f"{place}0", to=place))
        devices[1].inbox.clear()
        say(chat, devices[0], *hello(f"{place}1", f"{place}2", to=place))
        assert [type(one) for one in devices[1].events()] == ([Messages] if runs else [Message, Message])


def test_what_was_sent_before_gets_replies_of_its_own(chat: Chat, alice: Client) -> None:
    say(chat, alice, *hello("1", "2"))
    assert answered(say(chat, alice, *hello("2", "3", "4"))) == [("2", 2, ()), ("3", 3, ()), ("4", 4, ())]


def test_the_same_id_twice_in_a_frame_gets_two_replies(chat: Chat, alice: Client) -> None:
    assert answered(say(chat, alice, *hello("1", "1"))) == [("1", 1, ()), ("1", 1, ())]


def test_one_that_is_refused_is_refused_alone(chat: Chat, alice: Client) -> None:
    refused = Send("2", "#lobby", "what?", reply_to=77)
    one, two, three = say(chat, alice, *hello("1"), refused, *hello("3"))
    assert isinstance(two, Error)
    assert (two.re, two.code) == ("2", ErrorCode.NO_SUCH_MESSAGE)
    assert answered([one, three]) == [("1", 1, ()), ("3", 2, ())]


def test_replies_that_tell_of_mentions_stay_apart(chat: Chat, alice: Client, bob: Client) -> None:
    bob.inbox.clear()
    replies = say(chat, alice, Send("1", "#lobby", "hello"), Send("2", "#lobby", "@bob hello"))
    assert [(one.re, one.mentions) for one in replies if isinstance(one, Accepted)] == [
        ("1", ()),
        ("2", ("bob",)),
    ]
    (run,) = bob.events()
    assert [one.mentions for one in run.messages] == [(), ("bob",)]


def test_a_run_that_cannot_be_stored_is_refused_request_by_request(chat: Chat, alice: Client) -> None:
    assert isinstance(chat.store, FragileStore)
    chat.store.broken = True
    replies = say(chat, alice, *hello("1", "2"))
    assert [one.re for one in replies if is_unavailable(one)] == ["1", "2"]
    chat.mend()
    assert answered(say(chat, alice, *hello("1", "2"))) == [("1", 1, ("2",))]
