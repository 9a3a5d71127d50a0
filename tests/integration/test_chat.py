"""The main paths of a chat, through real sockets."""

import os

import pytest
from eventually import eventually
from live_broker import Stage, StageFactory, await_lost

from broker.core.outbox import LogEvent
from broker.core.settings import NamePolicy, Settings
from broker.store.memory import MemoryStore

ADDRESSES = {
    "inproc": "inproc",
    "tcp": "127.0.0.1",
    "ipc": f"this machine (user {os.getuid()}, process {os.getpid()})",
}


def test_a_conversation_with_receipts(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    accepted = alice.ask("send", to="#lobby", text="hello, 世界 \U0001f600\n\tline two")
    assert (accepted["type"], accepted["seq"], accepted["durability"]) == ("accepted", 1, "memory")
    message = bob.event("message")
    assert message == {
        "type": "message",
        "conversation": "#lobby",
        "seq": 1,
        "id": accepted["re"],
        "sender": "alice",
        "text": "hello, 世界 \U0001f600\n\tline two",
        "at": accepted["at"],
        "sender_id": 1,
    }
    assert bob.ask("confirm", conversation="#lobby", seq=1)["type"] == "done"
    receipt = alice.event("receipt")
    assert (receipt["conversation"], receipt["user"], receipt["delivered"]) == ("#lobby", "bob", 1)
    assert alice.settle() == bob.settle() == []


def test_a_private_word_stays_private(stage: Stage) -> None:
    alice, bob, carol = stage.users("alice", "bob", "carol")
    alice.ask("send", to="@bob", text="psst")
    assert bob.event("message")["conversation"] == "@alice"
    bob.ask("send", to="@alice", text="what?")
    assert alice.message() == "what?"
    assert carol.settle() == []


def test_a_room_and_its_topic(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    assert alice.ask("join", room="#zmq")["type"] == "room-state"
    assert bob.ask("send", to="#zmq", text="let me in")["code"] == "not-in-room"
    bob.ask("join", room="#zmq")
    assert alice.event("system")["kind"] == "joined"
    bob.ask("topic", room="#zmq", topic="sockets")
    assert alice.event("system")["topic"] == "sockets"
    bob.ask("send", to="#zmq", text="hello")
    assert alice.message() == "hello"
    alice.ask("leave", room="#zmq")
    assert bob.event("system")["kind"] == "left"
    rooms = alice.ask("rooms")["rooms"]
    assert [(room["room"], room["members"], room["joined"]) for room in rooms] == [
        ("#lobby", 2, True),
        ("#zmq", 1, False),
    ]


def test_a_game(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    assert alice.ask("play", hand="rock")["outcome"] in ("won", "lost", "draw")
    assert alice.ask("play", hand="rock", opponent="bob")["type"] == "challenged"
    assert bob.event("game")["opponent"] == "alice"
    assert bob.ask("play", hand="paper", opponent="alice")["outcome"] == "won"
    assert alice.event("game")["outcome"] == "lost"


def test_a_name_in_use_is_refused_and_a_login_happens_once(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    stranger = stage.dealer("stranger")
    assert stranger.ask("login", protocol=1, name="Alice")["code"] == "name-taken"
    assert alice.event("system")["kind"] == "name-requested"
    assert alice.ask("login", protocol=1, name="carol")["code"] == "already-logged-in"
    assert stranger.ask("login", protocol=2, name="carol")["code"] == "protocol-unsupported"
    assert bob.settle() == []


def test_the_same_id_twice_is_one_message(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    hello = b'{"type":"send","id":"7","to":"#lobby","text":"hello"}'
    other = b'{"type":"send","id":"7","to":"#lobby","text":"other"}'
    alice.send(hello)
    first = alice.reply("7")
    alice.send(hello)
    assert alice.reply("7") == first
    alice.send(other)
    assert alice.reply("7")["code"] == "id-reused"
    assert [document["text"] for document in bob.settle()] == ["hello"]


def test_who_comes_back_has_missed_nothing(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    alice.ask("send", to="#lobby", text="one")
    bob.ask("confirm", conversation="#lobby", seq=1, read=1)
    bob.ask("logout")
    for text in ("two", "three"):
        alice.ask("send", to="#lobby", text=text)
    again = stage.dealer("bob")
    welcome = again.ask("login", protocol=1, name="bob")
    (position,) = welcome["conversations"]
    assert position.pop("at")
    assert position == {"conversation": "#lobby", "head": 3, "delivered": 1, "read": 1, "unread": 2}
    page = again.ask("history", conversation="#lobby", after=1)
    assert [message["text"] for message in page["messages"]] == ["two", "three"]
    assert page["more"] is False


def test_a_broker_started_on_the_same_store_goes_on(make_stage: StageFactory) -> None:
    store = MemoryStore("epoch")
    stage = make_stage(store=store)
    (alice,) = stage.users("alice")
    alice.ask("join", room="#zmq")
    alice.ask("send", to="#lobby", text="before")
    stage.stop()
    stage = make_stage(store=store)
    alice = stage.dealer("alice")
    welcome = alice.ask("login", protocol=1, name="alice")
    assert welcome["epoch"] == "epoch"
    assert {entry["conversation"]: entry["head"] for entry in welcome["conversations"]} == {
        "#lobby": 1,
        "#zmq": 0,
    }
    assert alice.ask("send", to="#lobby", text="after")["seq"] == 2


def test_a_client_whose_connection_is_gone_has_left_at_the_next_event(stage: Stage) -> None:
    alice, bob, carol = stage.users("alice", "bob", "carol")
    bob.socket.close()
    await_lost(stage, alice, "bob")
    for client in (alice, carol):
        left = client.event("system")
        assert (left["kind"], left["user"], left["reason"]) == ("left", "bob", "connection lost")
    assert [user["name"] for user in alice.ask("who")["users"]] == ["alice", "carol"]
    again = stage.dealer("bob")
    assert again.ask("login", protocol=1, name="bob")["type"] == "welcome"


def test_a_client_that_disconnects_before_the_welcome_leaves_the_name_free(stage: Stage) -> None:
    hasty, bob = stage.dealer("hasty"), stage.dealer("bob")
    hasty.put("login", protocol=1, name="bob")
    hasty.socket.close(linger=1_000)
    eventually(lambda: stage.noted(LogEvent.LOGIN), "the broker heard the one who hung up")
    eventually(lambda: bob.ask("login", protocol=1, name="bob")["type"] == "welcome", "the name is free")


def test_a_lost_session_is_taken_up_from_another_connection(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    elsewhere = stage.dealer("bob-2")
    welcome = elsewhere.ask("login", protocol=1, name="bob", session=bob.session)
    assert welcome["resumed"] is True
    assert bob.event("goodbye")["reason"] == "replaced"
    alice.ask("send", to="@bob", text="which one?")
    assert elsewhere.message() == "which one?"
    assert [document["type"] for document in alice.settle()] == []
    assert bob.ask("ping")["code"] == "not-logged-in"


def test_users_with_a_shared_name_are_told_apart_by_number(make_stage: StageFactory) -> None:
    stage = make_stage(Settings(names=NamePolicy.SHARED))
    one, two = stage.dealer("one").login("alice"), stage.dealer("two").login("alice")
    one.ask("send", to="@alice~2", text="hello, me")
    assert two.event("message")["conversation"] == "@alice"
    one.ask("logout")
    assert stage.dealer("three").ask("login", protocol=1, name="alice")["name"] == "alice"


def test_silence_is_noticed(make_stage: StageFactory) -> None:
    stage = make_stage(Settings(heartbeat=300))
    alice = stage.dealer("alice")
    assert alice.ask("login", protocol=1, name="alice")["heartbeat"] == 300
    assert alice.event("goodbye")["reason"] == "timed-out"
    assert alice.ask("ping")["code"] == "not-logged-in"
    assert stage.noted(LogEvent.LEAVE)[0]["reason"] == "timed out"
    assert alice.login(session=alice.session).ask("ping")["type"] == "pong"


def test_addresses_are_what_an_operator_understands(stage: Stage, transport: str) -> None:
    (alice,) = stage.users("alice")
    address = alice.ask("whoami")["address"]
    assert address == ADDRESSES[transport]
    assert stage.noted(LogEvent.LOGIN) == [{"name": "alice", "address": address}]


def test_over_ipc_the_brokers_own_user_is_its_operator(make_stage: StageFactory, transport: str) -> None:
    (alice,) = make_stage(Settings(own_uid=os.getuid())).users("alice")
    assert alice.ask("audit")["type"] == ("audit-log" if transport == "ipc" else "error")


def test_the_operator_sees_the_connections_and_the_client_does_not(stage: Stage) -> None:
    (alice,) = stage.users("alice")
    assert alice.ask("debug") == {"type": "done", "re": "alice-3"}
    (fields,) = stage.noted(LogEvent.CONNECTIONS)
    assert [row["name"] for row in fields["rows"]] == ["alice"]  # type: ignore[attr-defined]
    assert alice.settle() == []


@pytest.mark.parametrize("rule", ["title", "motd"])
def test_the_welcome_has_the_operators_title_and_motd(make_stage: StageFactory, rule: str) -> None:
    stage = make_stage(Settings(**{rule: "ZeroMQ users"}))
    assert stage.dealer("alice").ask("login", protocol=1, name="alice")[rule] == "ZeroMQ users"
