"""Whatever bytes a client sends, it is answered, and nobody else notices."""

import json

import pytest
from eventually import eventually
from live_broker import Dealer, Document, Stage, assert_undisturbed

from broker.core.outbox import LogEvent
from messages.codec import REQUEST_TYPES

NESTED = b"[" * 30_000 + b"]" * 30_000
HELLO = b'{"type":"send","id":"7","to":"#lobby","text":"hello"}'


def request(**fields: object) -> bytes:
    return json.dumps({"type": "send", "id": "7", "to": "#lobby", "text": "hello", **fields}).encode()


@pytest.mark.parametrize(
    ("payload", "code", "re"),
    [
        (b"", "malformed", None),
        (b"\n", "malformed", None),
        (b"\0", "malformed", None),
        (b"\xff\xfe", "malformed", None),
        (b'{"type":"send","id":"7","to":"#lobby","text":"\xff"}', "malformed", "7"),
        (b'{"type":"send","id":"7","to":"#lobby","text":"\\ud800"}', "malformed", None),
        (b"hello", "malformed", None),
        (b'{"type":"send"', "malformed", None),
        (b"{'type':'send'}", "malformed", None),
        (b"NaN", "malformed", None),
        (NESTED, "invalid", None),
        (b'{"type":"ping","id":"7","x":' + NESTED + b"}", "malformed", None),
        (b'{"type":"ping","id":"7","x":' + b"[" * 65_000, "malformed", None),
        (b"null", "invalid", None),
        (b"[]", "invalid", None),
        (b'"hello"', "invalid", None),
        (b"{}", "invalid", None),
        (b'{"id":"7"}', "invalid", "7"),
        (request(type=None), "invalid", "7"),
        (request(type="shout"), "unknown-type", "7"),
        (b'{"type":"send","to":"#lobby","text":"hello"}', "invalid", None),
        (request(id=7), "invalid", None),
        (request(id=""), "invalid", None),
        (request(id="a b"), "invalid", None),
        (request(id="é"), "invalid", None),
        (request(id="7" * 65), "invalid", None),
        (b'{"type":"send","id":"7","to":"#lobby"}', "invalid", "7"),
        (request(text=7), "invalid", "7"),
        (request(text=""), "invalid", "7"),
        (request(text=" \n\t\u3000"), "invalid", "7"),
        (request(text="a" * 4_001), "invalid", "7"),
        (request(text="\x1b[2J"), "invalid", "7"),
        (request(text="a\0b"), "invalid", "7"),
        (request(text="\x9b2J"), "invalid", "7"),
        (request(to="lobby"), "invalid", "7"),
        (request(to="#"), "invalid", "7"),
        (request(to="#" + "a" * 65), "invalid", "7"),
        (request(to="#a b"), "invalid", "7"),
        (request(to="@1bob"), "invalid", "7"),
        (request(to="@bob~0"), "invalid", "7"),
        (request(to="@bob\u202e"), "invalid", "7"),
        (request(type="nick", name="a" * 33), "invalid", "7"),
        (request(type="nick", name="#lobby"), "invalid", "7"),
        (request(type="nick", name="bob~2"), "invalid", "7"),
        (request(type="topic", room="#lobby", topic="a\nb"), "invalid", "7"),
        (request(type="play", hand="well"), "invalid", "7"),
        (request(type="confirm", conversation="#lobby", seq=-1), "invalid", "7"),
        (request(type="confirm", conversation="#lobby", seq=1.5), "invalid", "7"),
        (request(type="confirm", conversation="#lobby", seq=10**30), "invalid", "7"),
        (request(type="confirm", conversation="#lobby", seq=2**53), "invalid", "7"),
        (request(type="history", conversation="#lobby", limit=101), "invalid", "7"),
        (request(type="history", conversation="#lobby", after=1, before=2), "invalid", "7"),
        (request(type="login", protocol=10**30, name="bob"), "invalid", "7"),
        (b"{}\n" * 10_000, "too-many-documents", None),
        (b"\n" * 60_000, "too-many-documents", None),
        (b" " * 65_537, "frame-too-large", None),
    ],
    ids=lambda value: value[:60].decode("ascii", "backslashreplace") if isinstance(value, bytes) else "",
)
def test_an_invalid_request_gets_an_error_and_changes_nothing(
    stage: Stage, transport: str, payload: bytes, code: str, re: str | None
) -> None:
    if transport != "inproc" and len(payload) > 65_536:
        payload = payload[:65_537]  # ZeroMQ lets a little more through than the contract
    alice, bob = stage.users("alice", "bob")
    stranger = stage.dealer("stranger")
    for client in (alice, stranger):
        client.send(payload)
        error = client.take(lambda document: "re" in document, "an answer")
        assert (error["type"], error["re"], error["code"]) == ("error", re, code)
        assert error["retryable"] is False
        assert error["text"]
        assert error["text"].isprintable()
    assert_undisturbed(alice, bob)
    assert alice.inbox == bob.inbox == []


def test_good_documents_beside_bad_ones_in_a_frame_are_carried_out(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    alice.send(b"\n".join((HELLO, b"garbage", b'{"type":"ping","id":"8"}', b"{}")))
    assert [alice.reply(re)["type"] for re in ("7", None, "8", None)] == [
        "accepted",
        "error",
        "pong",
        "error",
    ]
    assert bob.message() == "hello"


def test_a_far_too_large_frame_costs_at_most_its_senders_connection(stage: Stage, transport: str) -> None:
    alice, bob, carol = stage.users("alice", "bob", "carol")
    alice.send(b" " * 2_000_000)
    if transport == "inproc":
        assert alice.reply(None)["code"] == "frame-too-large"
    else:
        assert eventually(lambda: came_back(alice), "the client came back")["resumed"]
    for client in (alice, bob, carol):
        client.settle()
    assert_undisturbed(bob, carol, alice)


def came_back(client: Dealer) -> Document | None:
    """Try to take the session up again on the connection that ZeroMQ makes anew."""
    client.put("login", protocol=1, name=client.name, session=client.session)
    client.read(0.2)
    return next((document for document in client.inbox if document["type"] == "welcome"), None)


@pytest.mark.parametrize("known", [True, False], ids=["known", "newcomer"])
def test_a_message_of_several_frames_is_dropped_and_counted(stage: Stage, known: bool) -> None:
    bob, carol = stage.users("bob", "carol")
    alice = stage.users("alice")[0] if known else stage.dealer("alice")
    alice.send(HELLO, HELLO)
    alice.send(HELLO, b"", HELLO)
    if not known:
        alice.login()
    assert alice.ask("ping")["type"] == "pong"
    eventually(lambda: stage.noted(LogEvent.DROPPED), "the log tells of it")
    for client in (alice, bob, carol):
        assert "message" not in [document["type"] for document in client.settle()]
    assert_undisturbed(alice, bob, carol)


def test_a_chosen_routing_id_is_refused_and_replaces_no_peer(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    for identity in (b"mallory", b"1", b"\xff" * 255):
        mallory = stage.dealer("mallory", ROUTING_ID=identity)
        for _ in range(2):
            mallory.put("login", protocol=1, name="mallory")
            assert mallory.reply(None)["code"] == "routing-id-set"
    assert [user["name"] for user in alice.ask("who")["users"]] == ["alice", "bob"]
    assert len(stage.broker.router._listeners[0].peers) == len(stage.broker.core.peers) == 2
    assert_undisturbed(alice, bob)


@pytest.mark.parametrize("kind", sorted(REQUEST_TYPES - {"login"}))
def test_before_login_every_command_is_refused_and_its_id_repeated(stage: Stage, kind: str) -> None:
    fields: dict[str, object] = {
        "to": "#lobby",
        "text": "hello",
        "conversation": "#lobby",
        "seq": 0,
        "reaction": "+1",
        "room": "#lobby",
        "name": "alice",
        "hand": "rock",
        "on": False,
        "words": "hello",
        "role": "operator",
        "size": 1,
        "hash": "0" * 64,
        "upload": "u",
        "offset": 0,
        "data": "",
    }
    if kind == "keywords":
        fields["words"] = ["hello"]
    if kind == "revoke":
        fields["key"] = "SHA256:12345678"
    if kind == "end-session":
        fields["session"] = 1
    if kind == "uninvite":
        fields["invite"] = "AAAAAAAA"
    stranger = stage.dealer("stranger")
    error = stranger.ask(kind, **fields)
    assert (error["type"], error["code"]) == ("error", "not-logged-in")
    assert stranger.login("alice")


def test_a_client_that_sends_only_garbage_is_disconnected_and_may_return(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    alice.send(b"\n".join([b"garbage"] * 60))
    alice.send(b"\n".join([b"garbage"] * 60))
    assert alice.event("goodbye")["reason"] == "protocol-error"
    left = bob.event("system")
    assert (left["kind"], left["user"], left["reason"]) == ("left", "alice", "protocol error")
    assert len(stage.noted(LogEvent.REFUSED)) >= 100
    alice.login()
    bob.settle()
    assert_undisturbed(alice, bob)
