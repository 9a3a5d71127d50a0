"""Programs that talk to each other over a real broker, on each transport."""

from __future__ import annotations

import itertools
import threading
from itertools import islice

import pytest
from eventually import DEADLINE
from house import House, texts

import client
from broker.core.settings import NamePolicy
from client.chat import Chat, ChatClosed
from client.core.events import LoggedIn, Replied, SendAccepted, SendDelivered
from messages.errors import ChatError, ErrorCode
from messages.events import Reaction, Receipt, System, SystemKind
from messages.notices import Day, NoticeLevel, QuietSpan
from messages.replies import Counted, UserList
from messages.requests import Count, Join, Leave, Play, Who


@pytest.fixture
def house(house: House) -> House:
    """The same with a broker."""
    house.open()
    return house


class TestTalking:
    def test_what_one_says_others_hear_and_the_sender_knows_it(self, house: House) -> None:
        with house.chat("alice") as alice, house.chat("bob") as bob:
            sent = alice.send("#lobby", "hello")
            assert (sent.conversation, sent.seq, sent.recipients, sent.state) == ("#lobby", 1, 1, "accepted")
            assert not alice.wait_delivered(sent, timeout=0.0)
            assert texts(bob, 1) == ["hello"]
            bob.send("@alice", "good morning")
            assert alice.wait_delivered(sent, timeout=DEADLINE)
            assert sent.delivered_to == {"bob"}
            assert texts(alice, 1) == ["good morning"]

    def test_messages_are_amended_and_all_know_them_as_they_are_now(self, house: House) -> None:
        with house.chat("alice") as alice, house.chat("bob") as bob:
            seq = alice.send("#lobby", "helo").seq
            texts(bob, 1)
            assert alice.edit("#lobby", seq, "hello") == 2
            assert bob.react("#lobby", seq, "👍") == 3
            assert bob.pin("#lobby", seq) == 4
            assert bob.send("#lobby", "good morning", reply_to=seq).seq == 5
            assert [message.text for message in alice.pins("#lobby")] == ["hello"]
            assert texts(alice, 1) == ["good morning"]
            with pytest.raises(ChatError) as refused:
                bob.delete("#lobby", seq)
            assert refused.value.code is ErrorCode.NOT_YOURS
            for chat in (alice, bob):
                chat.ask(Count)
                message = chat.timeline("#lobby").messages[seq]
                assert (message.text, message.reactions) == ("hello", (Reaction("👍", 1, ["bob"]),))
                assert chat.timeline("#lobby").messages[5].reply_to == seq
            assert alice.delete("#lobby", seq) == 6

    def test_a_bot_is_known_as_one_and_mentions_a_user_but_not_everyone(self, house: House) -> None:
        with house.chat("alice") as alice, house.chat("echo", bot=True) as echo:
            sent = echo.send("#lobby", "@all @alice: beep")
            (heard,) = islice(alice.messages(timeout=DEADLINE), 1)
            assert (heard.bot, heard.mentions, heard.everyone) == (True, ("alice",), False)
            assert echo.timeline("#lobby").messages[sent.seq] == heard
            users = alice.ask(Who)
            assert isinstance(users, UserList)
            assert {one.name: one.bot for one in users.users} == {"alice": False, "echo": True}

    def test_what_rings_is_chosen_and_kept(self, house: House) -> None:
        night = QuietSpan([Day.MON], "22:00", "07:00")
        with house.chat("alice") as alice:
            assert alice.notify("#lobby") is NoticeLevel.DEFAULT
            assert alice.notify("#lobby", NoticeLevel.ALL) is alice.notify("#lobby") is NoticeLevel.ALL
            assert alice.keywords(["deploy"]) == alice.keywords() == ["deploy"]
            assert alice.quiet_hours([night], "UTC") == alice.quiet_hours() == ([night], "UTC")
            assert alice.quiet_hours([]) == ([], None)

    def test_only_who_takes_a_message_has_it(self, house: House) -> None:
        with house.chat("alice") as alice, house.chat("bob") as bob, house.chat("carol"):
            sent = alice.send("#lobby", "hello")
            texts(bob, 1)
            bob.send("#lobby", "I have it")
            assert alice.wait_delivered(sent, users=1, timeout=DEADLINE)
            assert not alice.wait_delivered(sent, timeout=0.05)

    def test_what_a_program_says_a_person_has_read_its_sender_is_told_and_no_more(self, house: House) -> None:
        with house.chat("alice") as alice, house.chat("bob") as bob:
            first, second = alice.send("@bob", "one"), alice.send("@bob", "two")
            message, _other = islice(bob.messages(timeout=DEADLINE), 2)
            bob.read(message)
            bob.close()
            events = alice.events(timeout=DEADLINE)
            assert any(first.read for _event in events)
            assert alice.wait_delivered(second, timeout=DEADLINE)
            assert (first.state, second.state) == ("read", "delivered")

    def test_what_was_taken_last_is_confirmed_before_one_leaves(self, house: House) -> None:
        with house.chat("alice") as alice:
            with house.chat("bob") as bob:
                sent = alice.send("@bob", "before you go")
                texts(bob, 1)
            assert alice.wait_delivered(sent, timeout=DEADLINE)

    def test_what_was_not_taken_comes_again(self, house: House) -> None:
        with house.chat("alice") as alice:
            with house.chat("bob"):
                alice.send("@bob", "one")
            alice.send("@bob", "two")
            with house.chat("bob") as bob:
                assert texts(bob, 2) == ["one", "two"]

    def test_who_does_not_listen_is_told_nothing_and_takes_nothing(self, house: House) -> None:
        with house.chat("alice", listen=False) as alice, house.chat("bob") as bob:
            sent = bob.send("@alice", "are you there?")
            alice.send("@bob", "no")
            texts(bob, 1)
            assert list(alice.events(timeout=0.3)) == []
            assert not bob.wait_delivered(sent, timeout=0.0)

    def test_a_text_of_many_lines_and_scripts_arrives_as_it_was(self, house: House) -> None:
        text = "Привет\n\t你好 👩‍🚀 \u202eabc"
        with house.chat("alice") as alice, house.chat("bob") as bob:
            alice.send("@bob", text)
            assert texts(bob, 1) == [text]


class TestAsking:
    def test_a_request_is_answered_with_its_reply(self, house: House) -> None:
        with house.chat("alice") as alice, house.chat("bob"):
            counted = alice.ask(Count)
            assert isinstance(counted, Counted)
            assert counted.participants == 2
            alice.ask(Join, room="#dev")
            users = alice.ask(Who, room="#dev")
            assert isinstance(users, UserList)
            assert [user.name for user in users.users] == ["alice"]

    def test_the_reply_is_no_event(self, house: House) -> None:
        with house.chat("alice") as alice:
            alice.ask(Count)
            assert not [event for event in alice.events(timeout=0.05) if isinstance(event, Replied)]

    def test_what_is_refused_raises_why(self, house: House) -> None:
        with house.chat("alice") as alice:
            with pytest.raises(ChatError) as caught:
                alice.ask(Leave, room="#lobby")
            assert caught.value.code is ErrorCode.LOBBY_PROTECTED
            with pytest.raises(ChatError, match="no user has this name"):
                alice.send("@nobody", "hello")

    def test_what_is_no_request_is_refused_without_asking(self, house: House) -> None:
        with house.chat("alice") as alice:
            with pytest.raises(ValueError, match="`room`"):
                alice.ask(Leave, room="lobby")
            with pytest.raises(ValueError, match="not empty"):
                alice.send("#lobby", " ")

    def test_a_reply_that_comes_too_late_is_not_kept(self, house: House) -> None:
        with house.chat("alice") as alice:
            with pytest.raises(TimeoutError, match=r"no reply within 0\.0 s"):
                alice.ask(Count, timeout=0.0)
            assert isinstance(alice.ask(Count), Counted)
            assert alice._steps._replies == {}


class TestEvents:
    def test_all_that_happens_is_told_in_order(self, house: House) -> None:
        with house.chat("alice") as alice:
            with house.chat("bob") as bob:
                sent = alice.send("#lobby", "hello")
                texts(bob, 1)
            assert alice.wait_delivered(sent, timeout=DEADLINE)
            events = list(alice.events(timeout=0.2))
        assert [type(event) for event in events] == [
            LoggedIn,
            System,
            SendAccepted,
            Receipt,
            SendDelivered,
            System,
        ]
        assert isinstance(events[-1], System)
        assert (events[-1].kind, events[-1].reason) == (SystemKind.LEFT, "logged out")

    def test_they_end_when_nothing_has_happened_for_the_time_that_was_given(self, house: House) -> None:
        with house.chat("alice") as alice:
            assert [type(event) for event in alice.events(timeout=0.05)] == [LoggedIn]
            assert list(alice.messages(timeout=0.0)) == []

    def test_a_game_is_played_between_two_programs(self, house: House) -> None:
        with house.chat("alice") as alice, house.chat("bob") as bob:
            alice.ask(Play, hand="rock", opponent="bob")
            reply = bob.ask(Play, hand="paper", opponent="alice")
            assert getattr(reply, "outcome", None) == "won"


class TestNames:
    def test_a_name_in_use_is_refused_and_free_again_when_its_bearer_has_left(self, house: House) -> None:
        with house.chat("alice"), pytest.raises(ChatError) as caught:
            house.chat("alice")
        assert caught.value.code is ErrorCode.NAME_TAKEN
        with house.chat("alice") as alice:
            assert alice.name == "alice"

    def test_where_names_are_shared_it_is_the_one_that_others_see(self, house: House) -> None:
        house.shut()
        house.open(names=NamePolicy.SHARED)
        with house.chat("alice") as first, house.chat("alice") as second:
            assert (first.name, second.name) == ("alice", "alice~2")

    def test_one_that_can_be_none_is_refused_without_asking(self, house: House) -> None:
        with house.chat("alice"), pytest.raises(ValueError, match="begins with a letter"):
            house.chat("1bob")


class TestEnding:
    def test_after_it_was_closed_nothing_can_be_asked_and_closing_again_does_nothing(
        self, house: House
    ) -> None:
        with house.chat("alice") as alice:
            alice.close()
            alice.close()
            with pytest.raises(ChatClosed, match="closed"):
                alice.send("#lobby", "hello")
            with pytest.raises(ChatClosed, match="closed"):
                alice.ask(Count)

    def test_an_error_in_the_program_closes_it_too_and_frees_the_name(self, house: House) -> None:
        with pytest.raises(KeyError), house.chat("alice"):
            raise KeyError
        house.chat("alice").close()

    def test_a_session_that_was_taken_up_elsewhere_has_ended_after_what_it_was_told_before(
        self, house: House
    ) -> None:
        with house.chat("alice") as alice, house.chat("bob") as bob:
            bob.send("@alice", "last words")
            house.dealer("other").login("alice", session=alice._steps.session._token)
            assert texts(alice, 1) == ["last words"]
            for _ in range(2):
                with pytest.raises(ChatClosed, match="resumed from another connection"):
                    texts(alice, 1)

    def test_what_was_not_accepted_in_time_is_accepted_before_it_closes(self, house: House) -> None:
        with house.chat("bob") as bob:
            with house.chat("alice") as alice, pytest.raises(TimeoutError, match="not accepted within"):
                alice.send("@bob", "in a hurry", timeout=0.0)
            assert texts(bob, 1) == ["in a hurry"]


def test_several_programs_talk_from_threads_of_their_own_and_nothing_is_lost_or_doubled(house: House) -> None:
    def talk(name: str) -> None:
        with house.chat(name, listen=False) as chat:
            for number in range(20):
                chat.send("#lobby", f"{name} {number}")

    with house.chat("listener") as listener:
        threads = [threading.Thread(target=talk, args=(name,)) for name in ("alice", "bob", "carol")]
        for thread in threads:
            thread.start()
        found = list(itertools.islice(listener.messages(timeout=DEADLINE), 60))
        for thread in threads:
            thread.join()
    assert [message.seq for message in found] == list(range(1, 61))
    for name in ("alice", "bob", "carol"):
        said = [message.text for message in found if message.sender == name]
        assert said == [f"{name} {number}" for number in range(20)]


def test_the_package_offers_what_programs_need_and_nothing_else() -> None:
    assert client.Chat is Chat
    assert client.ChatClosed is ChatClosed
    with pytest.raises(AttributeError, match="no attribute 'Connection'"):
        client.Connection  # noqa: B018
