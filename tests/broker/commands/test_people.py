import pytest
from wired import BEGINNING, Chat

from messages.codec import encode
from messages.errors import ErrorCode
from messages.events import System, SystemKind
from messages.limits import MAX_BROKER_FRAME
from messages.replies import Clock, Counted, Done, OwnProfile, UserEntry, UserList
from messages.requests import (
    Away,
    Count,
    History,
    Join,
    Logout,
    Nick,
    Ping,
    ReadReceipts,
    Send,
    Time,
    Who,
    Whoami,
)

# who and count


def test_who_is_online_is_listed_with_idle_time_and_away_text(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    chat.forward(20)
    for client in (alice, bob, carol):
        client.ask(Ping)
    bob.ask(Away, "lunch")
    assert alice.ask(Who, id="1") == UserList(
        "1",
        [
            UserEntry("alice", 20, user_id=1),
            UserEntry("bob", 0, "lunch", user_id=2),
            UserEntry("carol", 20, user_id=3),
        ],
    )
    assert alice.ask(Count, id="2") == Counted("2", 3)


def test_asking_who_is_there_is_no_sign_of_a_person(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    chat.forward(20)
    for kind in (Who, Count, Time):
        alice.ask(kind)
    assert alice.ask(Who).users[0].idle == 20
    alice.ask(Whoami)
    assert alice.ask(Who).users[0].idle == 0


def test_who_is_in_a_room_can_be_asked_by_anyone(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    assert carol.ask(Who, "#ZMQ", id="1") == UserList("1", [UserEntry("alice", 0, user_id=1)], "#ZMQ")
    assert carol.ask(Count, "#zmq", id="2") == Counted("2", 1, "#zmq")
    for kind in (Who, Count):
        assert carol.refused(kind, "#nowhere") is ErrorCode.NO_SUCH_ROOM


def test_a_user_with_two_devices_is_one(chat: Chat) -> None:
    laptop, _ = (chat.login("alice", identity="key") for _ in range(2))
    assert laptop.ask(Count).participants == len(laptop.ask(Who).users) == 1


def test_a_list_of_very_many_users_is_cut_to_a_frame_but_all_are_counted(chat: Chat) -> None:
    clients = chat.users(*(f"{'ƀ' * 28}{number}" for number in range(100)))
    for client in clients:
        client.ask(Away, "ƀ" * 300)
    listed = clients[0].ask(Who)
    assert 64 <= len(listed.users) < 100
    assert listed.more
    assert len(encode(listed)) < MAX_BROKER_FRAME
    assert clients[0].ask(Count).participants == 100


# whoami


def test_one_is_told_who_one_is(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Join, "#zmq")
    alice.ask(Away, "lunch")
    assert alice.ask(Whoami, id="1") == OwnProfile(
        "1", "alice", "10.0.0.1", BEGINNING.at, 1, ["#lobby", "#zmq"], "lunch", user_id=1
    )


def test_one_is_told_since_when_this_session_lasts(chat: Chat) -> None:
    laptop = chat.login("alice", identity="key")
    chat.forward(10)
    phone = chat.login("alice", identity="key")
    assert (laptop.ask(Whoami).since, phone.ask(Whoami).since) == (BEGINNING.at, BEGINNING.at + 10_000)


# nick


def test_a_new_name_is_told_to_all_others_and_borne_at_once(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.ask(Nick, "Älice").name == "Älice"
    text = "alice is now called Älice"
    assert bob.events() == [System(SystemKind.RENAMED, "alice", text, name="Älice", user_id=1)]
    assert alice.events() == []
    alice.ask(Send, "#lobby", "hello")
    assert [message.sender for message in bob.events()] == ["Älice"]


def test_conversations_go_on_under_the_new_name(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "one")
    bob.ask(Send, "@alice", "two")
    alice.ask(Nick, "carol")
    assert bob.ask(Send, "@carol", "three").seq == 3
    assert alice.ask(Send, "@bob", "four").seq == 4
    assert [m.conversation for m in bob.ask(History, "@carol").messages] == ["@carol"] * 4
    assert bob.refused(Send, "@alice", "five") is ErrorCode.NO_SUCH_USER
    assert chat.login("alice").ask(History, "@bob").messages == []


def test_ones_other_devices_learn_the_new_name(chat: Chat) -> None:
    laptop, phone = (chat.login("alice", identity="key") for _ in range(2))
    laptop.ask(Nick, "carol")
    assert [event.name for event in phone.events()] == ["carol"]


@pytest.mark.parametrize("name", ["bob", "BOB"])
def test_a_name_somebody_has_is_taken_whether_they_are_here_or_not(chat: Chat, name: str) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.refused(Nick, name) is ErrorCode.NAME_TAKEN
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    assert alice.refused(Nick, name) is ErrorCode.NAME_TAKEN
    assert alice.ask(Whoami).name == "alice"


def test_ones_own_name_can_be_written_otherwise(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.ask(Nick, "ALICE").name == "ALICE"
    assert [event.name for event in bob.events()] == ["ALICE"]


def test_ones_own_name_again_changes_nothing(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.ask(Nick, "alice").name == "alice"
    assert bob.events() == []


def test_where_names_are_shared_a_name_in_use_is_given_with_a_number() -> None:
    chat = Chat(names="shared")
    _, bob, _ = chat.users("alice", "bob", "alice")
    assert bob.ask(Nick, "alice").name == "alice~3"


def test_where_names_are_shared_one_keeps_ones_number_when_asking_for_the_same_name() -> None:
    chat = Chat(names="shared")
    first, second = chat.users("alice", "alice")
    assert second.ask(Nick, "alice").name == "alice~2"
    assert first.events() == []
    assert second.ask(Nick, "Alice").name == "Alice~2"


def test_a_name_that_was_given_up_is_free(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Nick, "carol")
    assert bob.ask(Nick, "alice").name == "alice"


# away and time


def test_one_is_away_until_one_is_back(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    assert isinstance(alice.ask(Away, "lunch"), Done)
    assert alice.ask(Whoami).away == "lunch"
    alice.ask(Away)
    assert alice.ask(Whoami).away is None


def test_who_is_still_away_is_told_so_at_the_next_login(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Away, "lunch")
    alice.ask(Logout)
    assert alice.login("alice").away == "lunch"
    alice.ask(Away)
    alice.ask(Logout)
    assert alice.login("alice").away is None


def test_being_away_with_the_same_text_again_stores_nothing(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Away, "lunch")
    alice.put(Away, "lunch")
    assert chat.core.state.journal == []


def test_the_time_is_the_brokers(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    chat.forward(2)
    assert alice.ask(Time, id="1") == Clock("1", BEGINNING.at + 2_000)


def test_who_does_not_want_it_told_what_they_have_read_sees_that_in_who_they_are(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    assert alice.ask(Whoami).read_receipts
    assert isinstance(alice.ask(ReadReceipts, on=False), Done)
    assert not alice.ask(Whoami).read_receipts
    assert isinstance(alice.ask(ReadReceipts, on=True), Done)
    assert alice.ask(Whoami).read_receipts


def test_saying_again_whether_reading_is_told_stores_nothing(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(ReadReceipts, on=False)
    alice.put(ReadReceipts, on=False)
    assert chat.core.state.journal == []


def test_who_is_in_very_many_rooms_is_told_of_some_and_that_there_are_more(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    assert not alice.ask(Whoami).more
    for number in range(700):
        alice.put(Join, f"#{number:0>4}{'ƀ' * 60}")
    chat.flush()
    you = alice.ask(Whoami)
    assert 150 < len(you.rooms) < 701
    assert you.more
    assert len(encode(you)) < MAX_BROKER_FRAME
