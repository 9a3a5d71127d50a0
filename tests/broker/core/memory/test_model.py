import pytest

from broker.core.memory.model import Conversation, Direct, Peer, Room, Session, User, direct_id, room_id
from messages.names import parse_room

ALICE, BOB = User(1, "alice", "alice"), User(2, "bob", "bob")


def test_a_pair_has_one_conversation_whoever_begins() -> None:
    assert direct_id(ALICE, BOB) == direct_id(BOB, ALICE)


def test_no_two_pairs_have_the_same_conversation() -> None:
    users = [User(number, "", "") for number in (1, 2, 11, 12, 21, 112)]
    ids = {direct_id(one, other) for one in users for other in users if one.id < other.id}
    assert len(ids) == 15


def test_a_room_is_the_same_however_its_name_is_written() -> None:
    assert room_id(parse_room("#Straße")) == room_id(parse_room("#STRASSE"))


def test_each_sees_the_other_in_a_direct_conversation_and_a_room_is_the_same_for_all() -> None:
    pair, room = Direct(id="@1|@2", pair=(ALICE, BOB)), Room(id="#zmq", name="#Zmq")
    assert (pair.seen_by(ALICE), pair.seen_by(BOB)) == ("@bob", "@alice")
    assert (room.seen_by(ALICE), room.seen_by(BOB)) == ("#Zmq", "#Zmq")


def test_every_kind_of_conversation_says_how_it_is_seen() -> None:
    with pytest.raises(NotImplementedError):
        Conversation(id="?").seen_by(ALICE)


def test_a_user_is_online_with_any_connection_and_sent_to_where_they_read() -> None:
    user = User(1, "alice", "alice")
    assert not user.online
    laptop, phone = (Peer(routing_id, "10.0.0.1", 0.0) for routing_id in (b"\0one", b"\0two"))
    for number, peer in enumerate((laptop, phone, None)):
        user.sessions[str(number)] = Session(str(number), user, 0, peer=peer)
    assert user.online
    assert user.peers == (laptop, phone)
    laptop.lagging = True
    assert user.peers == (phone,)
