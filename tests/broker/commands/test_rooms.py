from wired import Chat

from messages.codec import encode
from messages.errors import ErrorCode
from messages.events import System, SystemKind
from messages.limits import MAX_BROKER_FRAME
from messages.moderation import Role
from messages.replies import Done, RoomEntry, RoomState
from messages.requests import Confirm, History, Join, Leave, Rooms, Send, Topic

# join


def test_a_room_is_opened_by_the_first_who_joins_it_and_shown_as_they_wrote_it(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.ask(Join, "#Zmq", id="1") == RoomState("1", "#Zmq", "", 1, 0, 0, role=Role.OPERATOR)
    assert bob.events() == []
    assert bob.ask(Join, "#ZMQ", id="1") == RoomState("1", "#Zmq", "", 2, 0, 0)
    assert bob.events() == []
    assert alice.events() == [System(SystemKind.JOINED, "bob", "bob joined #Zmq", room="#Zmq", user_id=2)]


def test_who_joins_has_missed_nothing_but_can_read_what_was_said(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "before")
    state = bob.ask(Join, "#zmq")
    assert (state.head, state.delivered) == (1, 1)
    assert [message.text for message in bob.ask(History, "#zmq").messages] == ["before"]
    alice.ask(Send, "#zmq", "after")
    assert bob.texts() == ["after"]


def test_joining_again_changes_nothing(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#zmq")
    bob.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "unread")
    alice.events()
    state = bob.ask(Join, "#zmq")
    assert (state.members, state.head, state.delivered) == (2, 1, 0)
    assert alice.events() == []


def test_all_devices_of_who_joined_hear_the_room(chat: Chat) -> None:
    laptop, phone = (chat.login("alice", identity="key") for _ in range(2))
    (bob,) = chat.users("bob")
    laptop.ask(Join, "#zmq")
    bob.ask(Join, "#zmq")
    for client in (laptop, phone):
        client.events()
    bob.ask(Send, "#zmq", "hello")
    assert laptop.texts() == phone.texts() == ["hello"]


# leave


def test_who_leaves_a_room_hears_it_no_more_and_the_others_are_told(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    alice.events()
    assert isinstance(bob.ask(Leave, "#ZMQ"), Done)
    text, reason = "bob left #zmq", "left the room"
    assert alice.events() == [System(SystemKind.LEFT, "bob", text, room="#zmq", reason=reason, user_id=2)]
    alice.ask(Send, "#zmq", "secrets")
    assert bob.events() == []
    assert bob.refused(History, "#zmq") is ErrorCode.NOT_IN_ROOM
    assert bob.refused(Leave, "#zmq") is ErrorCode.NOT_IN_ROOM


def test_who_comes_back_has_missed_nothing(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    bob.ask(Leave, "#zmq")
    alice.ask(Send, "#zmq", "meanwhile")
    state = bob.ask(Join, "#zmq")
    assert (state.head, state.delivered) == (1, 1)


def test_the_lobby_stays(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    assert alice.refused(Leave, "#Lobby") is ErrorCode.LOBBY_PROTECTED
    bob.ask(Send, "#lobby", "hello")
    assert alice.texts() == ["hello"]


def test_a_room_everyone_left_is_still_there_with_what_was_said(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    alice.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "hello")
    alice.ask(Leave, "#zmq")
    assert alice.ask(Join, "#zmq").head == 1


# rooms


def test_rooms_are_listed_with_the_lobby_first_and_then_by_name(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for room in ("#zmq", "#Art"):
        alice.ask(Join, room)
    bob.ask(Join, "#zmq")
    alice.ask(Topic, "#zmq", "sockets")
    assert bob.ask(Rooms).rooms == [
        RoomEntry("#lobby", "", 2, True),
        RoomEntry("#Art", "", 1, False),
        RoomEntry("#zmq", "sockets", 2, True),
    ]


def test_a_list_of_very_many_rooms_is_cut_to_a_frame(chat: Chat) -> None:
    (alice,) = chat.users("alice")
    for number in range(200):
        alice.put(Join, f"#{number:0>4}{'ƀ' * 60}")
        alice.put(Topic, f"#{number:0>4}{'ƀ' * 60}", "ƀ" * 300)
    chat.flush()
    listed = alice.ask(Rooms)
    assert 64 <= len(listed.rooms) < 200
    assert listed.more
    assert len(encode(listed)) < MAX_BROKER_FRAME


# topic


def test_a_topic_is_set_shown_and_told_to_the_other_members(chat: Chat) -> None:
    alice, bob, carol = chat.users("alice", "bob", "carol")
    for client in (alice, bob):
        client.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "hello")
    bob.ask(Confirm, "#zmq", 1)
    for client in (alice, bob):
        client.events()
    assert alice.ask(Topic, "#ZMQ", "sockets", id="1") == RoomState(
        *("1", "#zmq", "sockets", 2, 1, 0), role=Role.OPERATOR
    )
    assert bob.events() == [
        System(
            SystemKind.TOPIC,
            "alice",
            "alice set the topic of #zmq: sockets",
            room="#zmq",
            topic="sockets",
            user_id=1,
        )
    ]
    assert alice.events() == carol.events() == []
    assert bob.ask(Topic, "#zmq", id="1") == RoomState("1", "#zmq", "sockets", 2, 1, 1)


def test_the_same_topic_again_is_not_told(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    for _ in range(2):
        alice.ask(Topic, "#lobby", "weather")
    assert len(bob.events()) == 1


def test_an_empty_topic_takes_it_away(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    alice.ask(Topic, "#lobby", "weather")
    assert alice.ask(Topic, "#lobby", "").topic == ""
    assert [event.topic for event in bob.events()] == ["weather", ""]
