"""The order of the checks of a frame before its requests are handled."""

from __future__ import annotations

import pytest
from wired import Chat, Client

from broker.core.settings import Caps
from broker.transport.intake import Intake
from broker.transport.newcomers import BATCH_NEWCOMERS
from messages.errors import ErrorCode
from messages.replies import Error, Pong, Welcome

PING = b'{"type":"ping","id":"p"}'
LOGIN = b'{"type":"login","id":"l","protocol":1,"name":"bob"}'


@pytest.fixture
def chat() -> Chat:
    return Chat(caps=Caps(rate=10, burst=100))


@pytest.fixture
def alice(chat: Chat) -> Client:
    (alice,) = chat.users("alice")
    return alice


def codes(client: Client) -> list[ErrorCode]:
    return [document.code for document in client.inbox if isinstance(document, Error)]


def test_the_requests_of_a_user_are_handled_at_once(chat: Chat, alice: Client) -> None:
    assert chat.intake.take(alice.peer, b"\n".join([PING] * 3)) == 3
    chat.flush()
    assert [type(document) for document in alice.inbox] == [Pong] * 3


def test_the_frames_of_a_newcomer_wait_for_their_turn_and_are_handled_in_order(chat: Chat) -> None:
    bob = chat.connect()
    assert chat.intake.take(bob.peer, LOGIN) == 0
    assert chat.intake.take(bob.peer, PING) == 0
    assert (chat.intake.waiting, bob.peer.waiting) == (2, 2)
    chat.intake.take_waiting()
    chat.flush()
    assert [type(document) for document in bob.inbox] == [Welcome, Pong]
    assert (chat.intake.waiting, bob.peer.waiting) == (0, 0)


def test_a_frame_waits_behind_its_peers_earlier_ones_even_if_that_peer_has_logged_in(chat: Chat) -> None:
    for number in range(BATCH_NEWCOMERS - 1):
        login = LOGIN.replace(b"bob", b"user%d" % number)
        assert chat.intake.take(chat.connect(f"10.0.0.{number}").peer, login) == 0
    bob = chat.connect()
    assert chat.intake.take(bob.peer, LOGIN) == chat.intake.take(bob.peer, PING) == 0
    assert bob.peer in chat.intake.take_waiting()  # the batch ends with the login
    assert chat.intake.waiting == 1
    assert chat.intake.take(bob.peer, PING.replace(b'"p"', b'"q"')) == 0
    chat.intake.take_waiting()
    chat.flush()
    replies = [document for document in bob.inbox if isinstance(document, (Welcome, Pong))]
    assert [reply.re for reply in replies] == ["l", "p", "q"]


def test_a_peer_that_chose_its_routing_id_is_refused_whatever_it_sends(chat: Chat) -> None:
    bob = chat.connect()
    bob.peer.routing_id = b"chosen"
    for payload in (LOGIN, b"garbage"):
        chat.intake.take(bob.peer, payload)
    chat.flush()
    assert codes(bob) == [ErrorCode.ROUTING_ID_SET] * 2
    assert bob.peer.session is None


def test_a_frame_is_weighed_before_it_is_read(chat: Chat, alice: Client) -> None:
    for _ in range(3):
        chat.intake.take(alice.peer, b"\n".join([b"garbage"] * 60))
    chat.flush()
    malformed = codes(alice).count(ErrorCode.MALFORMED)
    assert malformed == 60  # of the first frame; the others were refused unread
    assert codes(alice).count(ErrorCode.TOO_MANY_REQUESTS) == 2


def test_one_wrong_document_does_not_keep_the_others_of_its_frame_from_being_handled(
    chat: Chat, alice: Client
) -> None:
    assert chat.intake.take(alice.peer, b"\n".join([PING, b"garbage", PING])) == 3
    chat.flush()
    assert [type(document) for document in alice.inbox] == [Pong, Error, Pong]


def test_a_barred_peer_is_not_heard(chat: Chat, alice: Client) -> None:
    alice.peer.barred = True
    assert chat.intake.take(alice.peer, PING) == 1
    chat.flush()
    assert alice.inbox == []


def test_frames_of_a_peer_that_is_gone_are_not_handled(chat: Chat) -> None:
    bob = chat.connect()
    intake = Intake(chat.core)
    intake.take(bob.peer, LOGIN)
    chat.core.lose([bob.peer], "connection lost")
    intake.take_waiting()
    assert chat.core.state.sessions == {}
