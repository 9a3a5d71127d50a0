"""Sent again: whatever happened meanwhile, the same id is answered with the first seq and stored once."""

import pytest
from wired import Chat, Client

from messages.errors import ErrorCode
from messages.moderation import Ban, Kick, RoomRules
from messages.replies import Done
from messages.requests import History, Join, Leave, Login, Logout, Nick, Request, Send
from messages.version import PROTOCOL


@pytest.fixture
def chat() -> Chat:
    return Chat()


def again(client: Client, to: str, text: str = "hello") -> int:
    """Send a message, or the same again, and return its seq."""
    seq: int = client.ask(Send, to, text, id="same").seq
    return seq


def stored(client: Client, conversation: str) -> list[str]:
    return [message.text for message in client.ask(History, conversation, after=0).messages]


def test_after_a_restart_a_message_has_its_first_seq_and_is_there_once(chat: Chat) -> None:
    alice, _ = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "before")
    assert again(alice, "@bob") == 2
    alice.ask(Send, "@bob", "behind")
    restarted = Chat(chat.store)
    alice, bob = restarted.users("alice", "bob")
    assert again(alice, "@bob") == 2
    assert bob.events() == []
    assert stored(alice, "@bob") == ["before", "hello", "behind"]


def test_the_answer_has_the_time_at_which_it_was_accepted(chat: Chat) -> None:
    alice, _ = chat.users("alice", "bob")
    first = alice.ask(Send, "@bob", "hello", id="same")
    chat.forward(10)
    assert alice.ask(Send, "@bob", "hello", id="same") == first


def test_from_another_device_it_is_the_same_message(chat: Chat) -> None:
    host, phone = (chat.login("alice", identity="key") for _ in range(2))
    (bob,) = chat.users("bob")
    assert again(host, "#lobby") == again(phone, "#lobby") == 1
    assert bob.texts() == ["hello"]


def test_in_one_batch_it_is_the_same_message(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(3):
        alice.put(Send, "@bob", "hello", id="same")
    chat.flush()
    assert [reply.seq for reply in alice.inbox] == [1, 1, 1]  # type: ignore[union-attr]
    assert bob.texts() == ["hello"]


def test_the_ids_of_others_are_their_own(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert again(alice, "#lobby") == 1
    assert again(bob, "#lobby") == 2


def test_a_room_that_one_has_left_still_answers_even_if_nobody_is_left(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Join, "#tea")
    assert again(alice, "#tea") == 1
    alice.ask(Leave, "#tea")
    reply = alice.ask(Send, "#TEA", "hello", id="same")
    assert (reply.seq, reply.recipients) == (1, 0)
    restarted = Chat(chat.store)
    assert again(restarted.login("alice"), "#tea") == 1


@pytest.mark.parametrize("how", [Ban, Kick, Leave])
def test_the_answer_tells_nothing_about_a_private_room_that_one_is_no_longer_in(
    chat: Chat, how: type[Request]
) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    for client in (bob, alice, carol):
        client.ask(Join, "#tea")
    bob.ask(RoomRules, "#tea", True)
    assert alice.ask(Send, "#tea", "hello", id="same").recipients == 2
    asking, fields = (alice, ("#tea",)) if how is Leave else (bob, ("alice",))
    assert isinstance(asking.ask(how, *fields, **({} if how is Leave else {"room": "#tea"})), Done)
    reply = alice.ask(Send, "#tea", "hello", id="same")
    assert (reply.seq, reply.recipients, reply.conversation) == (1, 0, "#tea")
    bob.ask(RoomRules, "#tea", False)  # everybody sees in the list of rooms how many are in this one
    assert alice.ask(Send, "#tea", "hello", id="same").recipients == 2


def test_the_same_id_does_not_tell_whether_there_is_a_private_room_of_another_name(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    bob.ask(Join, "#secret")
    bob.ask(RoomRules, "#secret", True)
    again(alice, "#lobby")
    for to in ("#secret", "#nowhere", "@nobody", "@alice"):
        assert alice.refused(Send, to, "hello", id="same") is ErrorCode.ID_REUSED


@pytest.mark.parametrize("restart", [False, True])
def test_after_the_addressee_was_renamed_the_old_name_and_the_new_one_mean_the_same(
    chat: Chat, restart: bool
) -> None:
    alice, bob = chat.users("alice", "bob")
    assert again(alice, "@bob") == 1
    bob.ask(Nick, "robert")
    if restart:
        chat = Chat(chat.store)
        alice, bob = chat.users("alice", "robert")
    bob.events()
    reply = alice.ask(Send, "@Bob", "hello", id="same")
    assert (reply.conversation, reply.seq) == ("@robert", 1)
    assert again(alice, "@robert") == 1
    assert bob.texts() == []


def test_the_old_name_still_means_the_first_addressee_when_another_bears_it(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert again(alice, "@bob") == 1
    bob.ask(Nick, "robert")
    newcomer = chat.login("bob")
    newcomer.events()
    bob.events()
    assert alice.ask(Send, "@bob", "hello", id="same").conversation == "@robert"
    assert newcomer.texts() == []
    reply = alice.ask(Send, "@bob", "hello")
    assert (reply.conversation, reply.seq) == ("@bob", 1)
    assert newcomer.texts() == ["hello"]
    assert bob.texts() == []


def test_another_text_or_addressee_under_the_same_id_is_refused_and_changes_nothing(chat: Chat) -> None:
    alice, _, _ = chat.users("alice", "bob", "carol")
    alice.ask(Join, "#tea")
    again(alice, "@bob")
    for to, text in (("@bob", "goodbye"), ("@carol", "hello"), ("#lobby", "hello"), ("#tea", "hello")):
        assert alice.refused(Send, to, text, id="same") is ErrorCode.ID_REUSED
    assert stored(alice, "@bob") == ["hello"]
    assert stored(alice, "#lobby") == stored(alice, "#tea") == []


def test_what_went_to_a_room_is_not_what_goes_to_a_user_or_another_room(chat: Chat) -> None:
    alice, _ = chat.users("alice", "bob")
    alice.ask(Join, "#tea")
    again(alice, "#tea")
    for to in ("#lobby", "@bob"):
        assert alice.refused(Send, to, "hello", id="same") is ErrorCode.ID_REUSED


def test_other_text_is_refused_after_a_restart_too(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    again(alice, "#lobby")
    alice = Chat(chat.store).login("alice")
    assert alice.refused(Send, "#lobby", "goodbye", id="same") is ErrorCode.ID_REUSED
    assert again(alice, "#lobby") == 1


def test_a_user_who_bears_the_sender_s_old_name_has_not_sent_it(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    again(alice, "#lobby")
    alice.ask(Nick, "alicia")
    assert again(chat.login("alice"), "#lobby") == 2
    assert again(alice, "#lobby") == 1


def test_a_login_with_resends_in_one_frame_answers_each_once(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for text in ("one", "two"):
        alice.ask(Send, "@bob", text, id=text)
    alice.ask(Logout)
    bob.events()
    back = chat.connect()
    back.put(Login, PROTOCOL, "alice")
    asked = [back.put(Send, "@bob", text, id=text) for text in ("one", "two", "three")]
    chat.flush()
    assert [back.reply(request).seq for request in asked] == [1, 2, 3]
    assert bob.texts()[1:] == ["three"]
