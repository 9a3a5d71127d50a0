import pytest
from photograph import photograph
from wired import BEGINNING, Chat, FragileStore

from broker.core.memory.model import Direct, Peer
from broker.core.memory.resolving import resolve
from broker.core.memory.restore import restore
from broker.core.store import StoredRoom
from messages.names import parse_user
from messages.replies import OwnProfile
from messages.requests import (
    Away,
    Confirm,
    History,
    Join,
    Leave,
    Logout,
    Nick,
    Rooms,
    Send,
    Topic,
    Who,
    Whoami,
)


@pytest.fixture
def store() -> FragileStore:
    return FragileStore("epoch")


def test_a_new_broker_has_a_lobby_and_stores_it(store: FragileStore) -> None:
    Chat(store)
    assert store.load().rooms == [StoredRoom("#lobby", "#lobby", "")]


def test_nothing_is_stored_when_a_broker_starts_again(store: FragileStore) -> None:
    Chat(store)
    store.broken = True
    assert Chat(store).core.state.lobby.name == "#lobby"


def test_a_broker_that_starts_again_remembers_users_and_what_they_are_in(store: FragileStore) -> None:
    chat = Chat(store)
    alice, bob, _ = chat.users("alice", "bob", "carol")
    for client in (alice, bob):
        client.ask(Join, "#Zmq")
    alice.ask(Join, "#empty")
    alice.ask(Leave, "#empty")
    alice.ask(Topic, "#zmq", "sockets")
    for text in ("one", "two", "three"):
        alice.ask(Send, "#zmq", text)
    bob.ask(Confirm, "#zmq", 2)
    alice.ask(Send, "@bob", "psst")
    alice.ask(Away, "lunch")
    alice.ask(Nick, "Älice")

    again = Chat(store)
    alice = again.connect()
    welcome = alice.login("älice")
    assert {(p.conversation, p.head, p.delivered) for p in welcome.conversations} == {
        ("#lobby", 0, 0),
        ("#Zmq", 3, 0),
        ("@bob", 1, 0),
    }
    assert (welcome.epoch, welcome.resumed) == ("epoch", False)
    you = alice.ask(Whoami)
    assert isinstance(you, OwnProfile)
    assert (you.name, you.away, you.rooms) == ("Älice", "lunch", ["#Zmq", "#lobby"])
    assert [(r.room, r.topic, r.members, r.joined) for r in alice.ask(Rooms).rooms] == [
        ("#lobby", "", 3, True),
        ("#empty", "", 0, False),
        ("#Zmq", "sockets", 2, True),
    ]
    bob = again.connect()
    assert {(p.conversation, p.head, p.delivered) for p in bob.login("bob").conversations} == {
        ("#Zmq", 3, 2),
        ("@Älice", 1, 0),
        ("#lobby", 0, 0),
    }
    assert [message.text for message in bob.ask(History, "#zmq", after=2).messages] == ["three"]
    assert [message.sender for message in bob.ask(History, "@Älice").messages] == ["alice"]
    alice.events()
    bob.ask(Confirm, "#zmq", 3)
    assert [receipt.delivered for receipt in alice.events()] == [3]
    assert bob.ask(Send, "#zmq", "four").seq == 4


def test_a_broker_that_starts_again_is_as_the_one_before_was_without_connections(
    store: FragileStore,
) -> None:
    chat = Chat(store)
    alice, bob = chat.users("alice", "bob")
    alice.ask(Join, "#zmq")
    alice.ask(Send, "#zmq", "hello")
    alice.ask(Send, "@bob", "hello")
    for client in (alice, bob):
        client.ask(Logout)
    before = photograph(chat.core, without=(alice.peer, bob.peer))
    assert photograph(Chat(store).core) == before


def test_a_message_sent_again_after_a_restart_is_accepted_once(store: FragileStore) -> None:
    (alice,) = Chat(store).users("alice")
    alice.ask(Send, "#lobby", "hello", id="same")
    (alice,) = Chat(store).users("alice")
    assert alice.ask(Send, "#lobby", "hello", id="same").seq == 1
    assert alice.ask(Send, "#lobby", "hello").seq == 2


def test_a_new_user_after_a_restart_is_nobody_who_was_before(store: FragileStore) -> None:
    chat = Chat(store, names="shared")
    alice, bob = chat.users("alice", "bob")
    alice.ask(Send, "@bob", "for bob only")
    alice.ask(Logout)
    bob.ask(Logout)
    chat = Chat(store)
    carol, dave = chat.users("carol", "dave")
    assert carol.ask(History, "@dave").messages == []
    assert carol.ask(Send, "@dave", "hello").seq == 1
    assert [message.text for message in dave.ask(History, "@carol").messages] == ["hello"]


def test_where_names_are_shared_a_broker_that_starts_again_knows_nobody(store: FragileStore) -> None:
    Chat(store, names="shared").users("alice", "alice")
    chat = Chat(store, names="shared")
    assert chat.core.state.users == {}
    assert chat.connect().login("alice").name == "alice"


def test_who_is_online_are_those_with_a_connection_by_name(store: FragileStore) -> None:
    chat = Chat(store)
    bob, _, alice = chat.users("bob", "Carol", "alice")
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    assert [user.name for user in alice.ask(Who).users] == ["alice", "Carol"]


def test_names_remembered_for_their_conversations_are_bounded(
    store: FragileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker.core.memory.resolving._MOST_RESOLVED", 3)
    chat = Chat(store)
    (alice,) = chat.users("alice")
    for number in range(2**5):
        name = "".join(c.upper() if number >> i & 1 else c for i, c in enumerate("lobby"))
        assert alice.ask(Send, f"#{name}", "hello").conversation == "#lobby"
        assert len(chat.core.state.resolved) <= 3


def test_a_pair_that_never_wrote_is_not_kept(store: FragileStore) -> None:
    state = restore(store.load())
    alice, bob = (state.add_user(parse_user(name)) for name in ("alice", "bob"))
    pair = resolve(state, alice, "@bob")
    assert isinstance(pair, Direct)
    assert pair.other(alice) is bob
    assert pair.id not in state.conversations
    state.append(pair, alice, [Send("1", "@bob", "hello")], "bob", BEGINNING.at)
    assert resolve(state, bob, "@alice") is pair


def test_a_session_whose_connection_is_lost_can_be_lost_again(store: FragileStore) -> None:
    state = restore(store.load())
    peer = Peer(b"\0one", "10.0.0.1", 0.0)
    session = state.open_session(state.add_user(parse_user("alice")), peer, "token", BEGINNING.at)
    for elapsed in (1.0, 2.0):
        state.unbind(session, elapsed)
        assert (session.peer, peer.session, session.lost_at) == (None, None, elapsed)
    assert state.lobby.peers == ()
