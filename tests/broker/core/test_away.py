"""Messages to those who are away: they wait, they arrive, and the sender learns of it, hours later too."""

import pytest
from wired import Chat, Client

from messages.events import Message, Receipt
from messages.replies import Accepted, Welcome
from messages.requests import Confirm, History, Join, Login, Logout, Nick, Ping, ReadReceipts, Send
from messages.version import PROTOCOL

HOURS = 3_600.0


@pytest.fixture
def chat() -> Chat:
    return Chat()


def pass_hours(chat: Chat, *there: Client, hours: float = 3) -> None:
    """Let hours pass, in which some clients are there all the time."""
    for _ in range(round(hours * HOURS / 20)):
        for client in there:
            client.ask(Ping)
        chat.forward(20)


def logged_out(chat: Chat, *names: str) -> None:
    """Make users known who are not there."""
    for name in names:
        chat.login(name).ask(Logout)


def fetch(client: Client, welcome: Welcome, conversation: str) -> list[Message]:
    """Return what waits in a conversation, and confirm it."""
    (at,) = [at for at in welcome.conversations if at.conversation == conversation]
    page = client.ask(History, conversation, after=at.delivered)
    client.ask(Confirm, conversation, at.head)
    return list(page.messages)


def test_a_message_to_a_known_user_who_is_away_is_accepted_and_waits(chat: Chat) -> None:
    logged_out(chat, "bob")
    (alice,) = chat.users("alice")
    reply = alice.ask(Send, "@bob", "hello")
    assert isinstance(reply, Accepted)
    assert reply.recipient_offline
    assert reply.recipients == 1


def test_a_message_to_a_user_who_is_there_does_not_wait(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert not alice.ask(Send, "@bob", "hello").recipient_offline
    bob.full = True
    assert not alice.ask(Send, "@bob", "more").recipient_offline


def test_a_message_to_a_room_waits_for_nobody_in_particular(chat: Chat) -> None:
    logged_out(chat, "bob")
    (alice,) = chat.users("alice")
    assert not alice.ask(Send, "#lobby", "hello").recipient_offline


def test_a_user_whose_connection_is_lost_is_waited_for(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    assert alice.ask(Send, "@bob", "hello").recipient_offline


def test_what_was_sent_to_somebody_away_waits_no_more_once_it_has_arrived(chat: Chat) -> None:
    logged_out(chat, "bob")
    (alice,) = chat.users("alice")
    assert alice.ask(Send, "@bob", "hello", id="same").recipient_offline
    bob = chat.login("bob")
    assert not alice.ask(Send, "@bob", "hello", id="same").recipient_offline
    bob.ask(Logout)
    assert alice.ask(Send, "@bob", "hello", id="same").recipient_offline
    bob = chat.login("bob")
    bob.ask(Confirm, "@alice", 1)
    bob.ask(Logout)
    assert not alice.ask(Send, "@bob", "hello", id="same").recipient_offline


def test_hours_later_it_arrives_and_the_sender_who_is_there_gets_the_receipt(chat: Chat) -> None:
    logged_out(chat, "bob")
    (alice,) = chat.users("alice")
    for text in ("one", "two"):
        alice.ask(Send, "@bob", text)
    pass_hours(chat, alice)
    bob = chat.connect()
    assert [message.text for message in fetch(bob, bob.login("bob"), "@alice")] == ["one", "two"]
    assert alice.events(Receipt) == [Receipt("@bob", 2, user="bob")]


def test_a_sender_who_was_away_meanwhile_has_the_receipt_behind_the_next_welcome(chat: Chat) -> None:
    logged_out(chat, "bob")
    (alice,) = chat.users("alice")
    alice.ask(Send, "@bob", "hello")
    alice.ask(Logout)
    pass_hours(chat, hours=0.1)
    bob = chat.connect()
    fetch(bob, bob.login("bob"), "@alice")
    pass_hours(chat, bob, hours=0.1)
    back = chat.connect()
    back.put(Login, PROTOCOL, "alice")
    chat.flush()
    welcome, *news = back.inbox
    assert isinstance(welcome, Welcome)
    assert news == [Receipt("@bob", 1, user="bob")]


def test_what_somebody_was_told_is_no_news_at_their_next_login(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    bob.ask(Confirm, "@alice", 1, read=1)
    assert len(alice.events(Receipt)) == 1
    chat.forward(1)
    alice.ask(Logout)
    chat.forward(1)
    assert chat.login("alice").events(Receipt) == []


def test_what_comes_at_the_very_moment_of_leaving_is_told_at_the_next_login(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    alice.ask(Logout)
    bob.ask(Confirm, "@alice", 1)
    chat.forward(1)
    assert chat.login("alice").events(Receipt) == [Receipt("@bob", 1, user="bob")]


@pytest.mark.parametrize("ends", ["silence", "lagging", "stop"])
def test_what_was_sent_to_a_client_that_did_not_hear_it_is_told_at_the_next_login(
    chat: Chat, ends: str
) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    alice.full = ends == "lagging"
    chat.forward(10)
    bob.ask(Confirm, "@alice", 1)  # the lid of alice's laptop is closed, which does not show yet
    chat.forward(10)
    if ends == "stop":
        chat.core.stop()
        chat.flush()
        chat.restart()
    pass_hours(chat, hours=0.2)
    assert chat.login("alice").events(Receipt) == [Receipt("@bob", 1, user="bob")]


def test_news_are_told_once(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    alice.ask(Logout)
    chat.forward(1)
    bob.ask(Confirm, "@alice", 1)
    chat.forward(1)
    back = chat.login("alice")
    assert len(back.events(Receipt)) == 1
    chat.forward(1)
    back.ask(Logout)
    chat.forward(1)
    assert chat.login("alice").events(Receipt) == []


def test_that_it_was_read_is_news_too_unless_the_reader_is_discreet(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    bob.ask(Confirm, "@alice", 1)
    alice.ask(Logout)
    chat.forward(1)
    bob.ask(Confirm, "@alice", 1, read=1)
    chat.forward(1)
    assert chat.login("alice").events(Receipt) == [Receipt("@bob", 1, user="bob", read=1)]


def test_that_a_discreet_user_has_read_is_no_news_at_all(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(ReadReceipts, on=False)
    alice.ask(Send, "@bob", "one")
    bob.ask(Confirm, "@alice", 1)
    chat.forward(1)
    alice.ask(Logout)
    chat.forward(1)
    bob.ask(Confirm, "@alice", 1, read=1)
    assert chat.login("alice").events(Receipt) == []


def test_what_happens_in_rooms_is_no_news(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#tea")
    alice.ask(Send, "#tea", "hello")
    alice.ask(Logout)
    chat.forward(1)
    bob.ask(Confirm, "#tea", 1)
    assert chat.login("alice").events(Receipt) == []


def test_news_name_the_other_one_as_they_are_called_now(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "hello")
    alice.ask(Logout)
    chat.forward(1)
    bob.ask(Nick, "robert")
    bob.ask(Confirm, "@alice", 1)
    assert chat.login("alice").events(Receipt) == [Receipt("@robert", 1, user="robert")]


def test_what_waits_outlasts_a_restart_and_so_do_the_news_of_it(chat: Chat) -> None:
    logged_out(chat, "bob")
    (alice,) = chat.users("alice")
    alice.ask(Send, "@bob", "hello")
    alice.ask(Logout)
    second = Chat(chat.store)
    second.forward(5)
    bob = second.connect()
    assert [message.text for message in fetch(bob, bob.login("bob"), "@alice")] == ["hello"]
    third = Chat(chat.store)
    third.forward(10)
    assert third.login("alice").events(Receipt) == [Receipt("@bob", 1, user="bob")]


def test_a_broker_that_was_killed_tells_its_users_again_what_they_may_not_have_got(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    chat.forward(5)
    alice.ask(Send, "@bob", "hello")
    bob.ask(Confirm, "@alice", 1)  # the receipt may have been lost with the broker
    again = Chat(chat.store)
    again.forward(10)
    assert again.login("alice").events(Receipt) == [Receipt("@bob", 1, user="bob")]
