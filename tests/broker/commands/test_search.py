"""Finding messages: where is looked, what can be asked for, and what is refused."""

import pytest
from wired import Chat, Client

from broker.store.memory import MemoryStore
from messages.codec import encode
from messages.errors import ErrorCode
from messages.limits import MAX_BROKER_FRAME
from messages.replies import Found
from messages.requests import Confirm, Join, Leave, Nick, Search, Send


def texts(client: Client, words: str, **fields: object) -> list[str]:
    """Return the texts that a client finds, in the order in which they come."""
    found = client.ask(Search, words, **fields)
    assert isinstance(found, Found), found
    return [message.text for message in found.messages]


def test_what_has_all_the_words_is_found_the_latest_first(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "lunch at noon")
    bob.ask(Send, "#lobby", "noon it is, lunch")
    bob.ask(Send, "#lobby", "lunch was good")
    assert texts(alice, "lunch noon") == ["noon it is, lunch", "lunch at noon"]


def test_a_found_message_is_as_in_the_log_and_its_conversation_as_the_reader_sees_it(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "lunch")
    alice.ask(Nick, "alicia")
    (message,) = bob.ask(Search, "lunch").messages
    assert (message.conversation, message.seq, message.sender) == ("@alicia", 1, "alice")


def test_nobody_finds_what_others_say_in_private_or_in_rooms_they_are_not_in(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    alice.ask(Join, "#tea")
    alice.ask(Send, "#tea", "lunch in the room")
    alice.ask(Send, "@bob", "lunch with bob")
    assert texts(carol, "lunch") == []
    assert texts(bob, "lunch") == ["lunch with bob"]
    assert carol.refused(Search, "lunch", "#tea") is ErrorCode.NOT_IN_ROOM
    assert texts(carol, "lunch", conversation="@bob") == []


def test_who_has_left_a_room_finds_nothing_of_it(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Join, "#tea")
    alice.ask(Send, "#tea", "lunch")
    assert texts(alice, "lunch") == ["lunch"]
    alice.ask(Leave, "#tea")
    assert texts(alice, "lunch") == []


def test_one_conversation_is_searched_where_it_is_named(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "lunch for all")
    alice.ask(Send, "@bob", "lunch for two")
    assert texts(bob, "lunch", conversation="@alice") == ["lunch for two"]
    assert texts(bob, "lunch", conversation="#lobby") == ["lunch for all"]


def test_what_is_accepted_in_the_same_batch_is_found(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.put(Send, "#lobby", "lunch")
    found = alice.put(Search, "lunch")
    chat.flush()
    assert len(alice.reply(found).messages) == 1


def test_a_sender_nobody_knows_and_a_conversation_that_is_not_there_are_refused(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    refusal = alice.ask(Search, "lunch", sender="nobody")
    assert refusal.code is ErrorCode.NO_SUCH_USER
    assert refusal.text == "no user has this name now; search without from:"
    assert alice.refused(Search, "lunch", "@nobody") is ErrorCode.NO_SUCH_USER
    assert alice.refused(Search, "lunch", "#nowhere") is ErrorCode.NO_SUCH_ROOM


def test_searching_moves_no_cursor(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "lunch")
    texts(bob, "lunch")
    assert alice.events() == []
    bob.ask(Confirm, "#lobby", 1)
    assert [receipt.delivered for receipt in alice.events()] == [1]


def test_a_reply_fits_into_a_frame(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    for number in range(60):
        alice.put(Send, "#lobby", f"lunch {number} " + "語" * 3_900)
    chat.flush()
    found = alice.ask(Search, "lunch", limit=100)
    assert 0 < len(found.messages) < 60
    assert len(encode(found)) < MAX_BROKER_FRAME


def test_what_is_written_without_spaces_is_one_word_and_found_by_its_beginning(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Send, "#lobby", "日本語テスト")
    assert not alice.ask(Search, "日本").messages
    assert [message.text for message in alice.ask(Search, "日本*").messages] == ["日本語テスト"]


def test_all_is_found_page_by_page(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for number in range(5):
        alice.ask(Send, "#lobby", f"lunch {number}")
        bob.ask(Send, "#lobby", "dinner")
    page, found = None, []
    for _ in range(3):
        reply = alice.ask(Search, "lunch", limit=2, page=page)
        found += [message.text for message in reply.messages]
        page = reply.next
    assert found == [f"lunch {number}" for number in range(4, -1, -1)]
    assert page is None


def test_the_next_page_tells_nothing_of_the_messages_of_others(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "lunch")
    first = alice.ask(Search, "lunch", limit=1).next
    for _ in range(3):
        bob.ask(Join, "#tea")
        bob.ask(Send, "#tea", "dinner")
    alice.ask(Send, "#lobby", "lunch")
    second = alice.ask(Search, "lunch", limit=1).next
    assert isinstance(first, str)
    assert len(first) == len(second)
    assert not {first[:4], first[-4:]} & {second[:4], second[-4:]}


def test_that_the_index_is_behind_is_told_and_not_how_many_messages_of_others_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chat = Chat()
    (alice,) = chat.users("alice")
    alice.ask(Send, "#lobby", "lunch")
    told = []
    for unindexed in (0, 1, 5_000):
        monkeypatch.setattr(MemoryStore, "unindexed", unindexed)
        told.append(alice.ask(Search, "lunch").unindexed)
    assert told == [0, 1, 1]


@pytest.mark.parametrize("page", ["", "1", "AAAAAAAAAAAAAAAAAAAAAA"])
def test_a_page_that_was_not_given_is_refused(chat: Chat, page: str) -> None:
    (alice,) = chat.users("alice")
    refusal = alice.ask(Search, "lunch", page=page)
    assert refusal.code is ErrorCode.INVALID
    assert refusal.text.startswith("`page` is not the `next` of a reply since the broker started")


def test_the_page_of_another_user_is_refused(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "#lobby", "lunch")
    page = alice.ask(Search, "lunch", limit=1).next
    assert alice.ask(Search, "lunch", page=page).messages == []
    assert bob.refused(Search, "lunch", page=page) is ErrorCode.INVALID
