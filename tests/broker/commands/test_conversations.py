import pytest
from wired import BEGINNING, Chat, Client, FragileStore

from broker.core.outbox import LogEvent
from messages.codec import encode
from messages.errors import ErrorCode
from messages.events import Message, Receipt
from messages.limits import MAX_BROKER_FRAME
from messages.replies import Accepted, Done, Durability, Page
from messages.requests import Confirm, History, Join, Leave, Logout, Nick, Send

# send


def test_a_message_is_accepted_with_its_number_and_delivered_to_all_others_in_the_room(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    assert alice.ask(Send, "#LOBBY", "hello", id="7") == Accepted(
        "7", "#lobby", 1, BEGINNING.at, Durability.MEMORY, recipients=2
    )
    delivered = Message("#lobby", 1, "7", "alice", "hello", BEGINNING.at, sender_id=1)
    assert bob.events() == carol.events() == [delivered]
    assert alice.events() == []


def test_a_direct_message_for_another_user_of_that_name_is_refused_and_those_beside_it_are_not(
    chat: Chat,
) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.refused(Send, "@bob", "psst", to_id=1) is ErrorCode.OTHER_USER
    frame = [Send(f"s{number}", "@bob", "psst", to_id=number) for number in (2, 1, 0)]
    alice.put_all(*frame)
    chat.flush()
    assert [getattr(alice.reply(one.id), "code", None) for one in frame] == [None, ErrorCode.OTHER_USER, None]
    assert [(said.seq, said.id) for said in bob.events(Message)] == [(1, "s2"), (2, "s0")]


def test_a_direct_message_is_for_the_two_alone_and_each_sees_the_other(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    accepted = alice.ask(Send, "@BOB", "hello")
    assert (accepted.conversation, accepted.seq, accepted.recipients) == ("@bob", 1, 1)
    assert [(m.conversation, m.sender) for m in bob.events()] == [("@alice", "alice")]
    assert bob.ask(Send, "@alice", "hello yourself").seq == 2
    assert carol.inbox == []


def test_a_message_to_who_is_not_there_waits_for_them(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Logout)
    assert alice.ask(Send, "@bob", "call me").recipients == 1
    bob.login("bob")
    assert [message.text for message in bob.ask(History, "@alice", after=0).messages] == ["call me"]


def test_only_members_hear_a_room(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    alice.ask(Join, "#zmq")
    bob.ask(Join, "#zmq")
    alice.events()
    alice.ask(Send, "#zmq", "hello")
    bob.ask(Leave, "#zmq")
    alice.ask(Send, "#zmq", "anyone?")
    assert bob.texts() == ["hello"]
    assert carol.texts() == []


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("@alice", ErrorCode.TO_YOURSELF),
        ("@nobody", ErrorCode.NO_SUCH_USER),
        ("@bob~2", ErrorCode.NO_SUCH_USER),
        ("#nowhere", ErrorCode.NO_SUCH_ROOM),
        ("#zmq", ErrorCode.NOT_IN_ROOM),
    ],
)
def test_a_message_needs_somebody_to_hear_it(chat: Chat, to: str, code: ErrorCode) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Join, "#zmq")
    assert alice.refused(Send, to, "hello") is code
    assert bob.texts() == []


def test_messages_are_noted_with_their_conversation(chat: Chat) -> None:
    alice, _ = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    assert chat.noted(LogEvent.MESSAGE) == [{"name": "alice", "conversation": "@bob", "text": "hello"}]


def test_messages_are_not_noted_where_the_log_is_quiet() -> None:
    chat = Chat(log_messages=False)
    alice, _ = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    assert chat.noted(LogEvent.MESSAGE) == []


# The same id twice


@pytest.mark.parametrize("in_one_batch", [True, False])
@pytest.mark.parametrize("to", ["#lobby", "@bob"])
def test_a_message_sent_twice_is_delivered_once_and_gets_the_same_answer(
    chat: Chat, to: str, in_one_batch: bool
) -> None:
    alice, bob = chat.users("alice", "bob")
    replies = send_both(chat, alice, (to, "hello"), (to.upper(), "hello"), in_one_batch=in_one_batch)
    assert replies[0] == replies[1]
    assert replies[0].seq == 1
    assert bob.texts() == ["hello"]
    assert alice.ask(Send, to, "hello").seq == 2


@pytest.mark.parametrize("in_one_batch", [True, False])
@pytest.mark.parametrize("other", [("#lobby", "goodbye"), ("@bob", "hello")])
def test_an_id_used_for_another_message_is_refused(
    chat: Chat, other: tuple[str, str], in_one_batch: bool
) -> None:
    alice, bob = chat.users("alice", "bob")
    replies = send_both(chat, alice, ("#lobby", "hello"), other, in_one_batch=in_one_batch)
    assert isinstance(replies[0], Accepted)
    assert replies[1].code is ErrorCode.ID_REUSED
    assert bob.texts() == ["hello"]


def send_both(chat: Chat, client: Client, *messages: tuple[str, str], in_one_batch: bool) -> list[Accepted]:
    for to, text in messages:
        client.put(Send, to, text, id="same")
        if not in_one_batch:
            chat.flush()
    chat.flush()
    replies = [*client.inbox]
    client.inbox.clear()
    return replies  # type: ignore[return-value]


def test_ids_of_different_users_have_nothing_to_do_with_each_other(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.ask(Send, "#lobby", "hello", id="1").seq == 1
    assert bob.ask(Send, "#lobby", "hello to you", id="1").seq == 2


def test_a_message_sent_again_by_another_device_or_after_a_new_login_is_known(chat: Chat) -> None:
    alice = chat.login("alice", identity="key")
    alice.ask(Send, "#lobby", "hello", id="1")
    alice.ask(Logout)
    assert chat.login("alice", identity="key").ask(Send, "#lobby", "hello", id="1").seq == 1


def test_a_message_sent_again_from_outside_the_room_is_still_accepted(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "hello", id="1")
    alice.ask(Leave, "#zmq")
    bob.events()
    assert alice.ask(Send, "#zmq", "hello", id="1").seq == 1
    assert alice.refused(Send, "#zmq", "goodbye") is ErrorCode.NOT_IN_ROOM
    assert bob.texts() == []


# confirm


def test_a_cursor_goes_forward_only(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(3):
        alice.ask(Send, "#lobby", "hello")
    assert isinstance(bob.ask(Confirm, "#lobby", 2), Done)
    assert isinstance(bob.ask(Confirm, "#lobby", 1), Done)
    assert isinstance(bob.ask(Confirm, "#lobby", 2), Done)
    assert alice.events() == [Receipt("#lobby", 2, user="bob")]
    bob.ask(Logout)
    assert chat.connect().login("bob").conversations[0].delivered == 2


def test_nobody_confirms_what_was_not_said(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "hello")
    assert bob.refused(Confirm, "#lobby", 2) is ErrorCode.SEQ_UNKNOWN
    assert bob.refused(Confirm, "@alice", 1) is ErrorCode.SEQ_UNKNOWN
    assert isinstance(bob.ask(Confirm, "@alice", 0), Done)
    assert alice.events() == []


# history


def talk(chat: Chat, count: int, text: str = "{}") -> Client:
    """Return a client in whose lobby so much was said."""
    alice, bob = chat.users("alice", "bob")
    for number in range(1, count + 1):
        alice.put(Send, "#lobby", text.format(number))
    chat.flush()
    bob.events()
    return bob


def seqs(page: Page) -> list[int]:
    return [message.seq for message in page.messages]


@pytest.mark.parametrize(
    ("asked", "found", "more"),
    [
        ({}, [6, 7, 8, 9, 10], True),
        ({"limit": 20}, list(range(1, 11)), False),
        ({"limit": 10}, list(range(1, 11)), False),
        ({"after": 0}, [1, 2, 3, 4, 5], True),
        ({"after": 5}, [6, 7, 8, 9, 10], False),
        ({"after": 7}, [8, 9, 10], False),
        ({"after": 10}, [], False),
        ({"after": 2**53 - 1}, [], False),
        ({"before": 6}, [1, 2, 3, 4, 5], False),
        ({"before": 7}, [2, 3, 4, 5, 6], True),
        ({"before": 1}, [], False),
        ({"before": 0}, [], False),
        ({"before": 2**53 - 1}, [6, 7, 8, 9, 10], True),
        ({"before": 10, "limit": 1}, [9], True),
    ],
)
def test_history_gives_a_page_in_order_and_says_whether_there_is_more(
    chat: Chat, asked: dict[str, int], found: list[int], more: bool
) -> None:
    bob = talk(chat, 10)
    page = bob.ask(History, "#lobby", **{"limit": 5, **asked})
    assert (seqs(page), page.more) == (found, more)


def test_history_has_messages_as_they_were_delivered(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello", id="1")
    alice.ask(Nick, "Älice")
    page = bob.ask(History, "@Älice")
    assert page.conversation == "@Älice"
    assert page.messages == [Message("@Älice", 1, "1", "alice", "hello", BEGINNING.at, sender_id=1)]


@pytest.mark.parametrize("text", ["{}" + "a" * 3_990, "{}" + '"' * 3_990, "{}" + "𐐀" * 3_990])
def test_a_long_page_ends_early_and_says_there_is_more(chat: Chat, text: str) -> None:
    bob = talk(chat, 60, text)
    forward = bob.ask(History, "#lobby", after=0, limit=100)
    assert seqs(forward) == list(range(1, len(forward.messages) + 1))
    backward = bob.ask(History, "#lobby", limit=100)
    assert seqs(backward) == list(range(61 - len(backward.messages), 61))
    for page in (forward, backward):
        assert page.more
        assert 1 <= len(page.messages) < 60
        assert len(encode(page)) < MAX_BROKER_FRAME


def test_pages_one_after_the_other_give_everything_once(chat: Chat) -> None:
    bob = talk(chat, 100, "{}" + "a" * 3_000)
    found: list[int] = []
    more = True
    while more:
        page = bob.ask(History, "#lobby", after=found[-1] if found else 0, limit=100)
        more = page.more
        found += seqs(page)
    assert found == list(range(1, 101))


def test_messages_that_gave_way_are_missing_where_they_were() -> None:
    bob = talk(Chat(FragileStore("epoch", capacity=4)), 10)
    assert seqs(bob.ask(History, "#lobby")) == [7, 8, 9, 10]
    page = bob.ask(History, "#lobby", after=2, limit=2)
    assert (seqs(page), page.more) == ([7, 8], True)
    page = bob.ask(History, "#lobby", before=8)
    assert (seqs(page), page.more) == ([7], False)
    page = bob.ask(History, "#lobby", before=7)
    assert (seqs(page), page.more) == ([], False)


def test_a_pair_that_never_wrote_has_an_empty_history(chat: Chat) -> None:
    alice, _ = chat.users("alice", "bob")
    page = alice.ask(History, "@bob")
    assert (page.conversation, page.messages, page.more) == ("@bob", [], False)
