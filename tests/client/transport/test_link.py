"""A session joined to a connection that the test controls: what is taken in, sent, due and probed for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
import zmq
from driven import message

from client.core.session import Session, SessionState
from client.transport.dealer import Change, Dealer, Failure
from client.transport.link import Link
from client.transport.probe import CURVE, PLAIN
from client.trust import Trust
from messages.codec import encode
from messages.events import Position
from messages.replies import Welcome


class FakeDealer:
    """A connection without ZeroMQ: the test reports changes and frames, and reads what was sent."""

    url = "tcp://127.0.0.1:9009"

    def __init__(self) -> None:
        self.trust: Trust | None = None
        self.failure: Failure | None = None
        self.hang_ups = 0
        self.closed = False
        self.rebuilt = 0
        self.arriving: list[bytes] = []
        self.changing: list[Change] = []
        self.sent: list[bytes] = []

    @property
    def has_input(self) -> bool:
        return bool(self.arriving or self.changing)

    def frames(self) -> Iterator[bytes]:
        while self.arriving:
            yield self.arriving.pop(0)

    def changes(self) -> Iterator[Change]:
        while self.changing:
            yield self.changing.pop(0)

    def send(self, frame: bytes) -> bool:
        self.sent.append(frame)
        return True

    def rebuild(self) -> None:
        self.rebuilt += 1

    def close(self, linger: int) -> None:
        self.closed = True

    def take(self) -> list[dict[str, Any]]:
        """Return the requests sent since the last call."""
        sent, self.sent = self.sent, []
        return [msgspec.json.decode(line) for frame in sent for line in frame.split(b"\n")]


class Joined:
    """A link, its session and its connection."""

    def __init__(self, second: float = 0.0) -> None:
        ids = count(1)
        self.session = Session("alice", lambda: f"r{next(ids)}", encode)
        self.session.login("alice")
        self.dealer = FakeDealer()
        self.link = Link(self.session, cast(Dealer, self.dealer), second=second)
        self.now = time.monotonic()

    def advance(self, most: int = 100) -> None:
        self.link.advance(self.now, most)

    def log_in(self) -> None:
        self.dealer.changing.append(Change.UP)
        self.advance()
        (login,) = self.dealer.take()
        lobby = Position("#lobby", 0, 0)
        self.dealer.arriving.append(
            encode(Welcome(login["id"], "alice", "token", "epoch", False, 15_000, [lobby]))
        )
        self.advance()
        assert self.session.state is SessionState.READY
        self.told()

    def told(self) -> list[object]:
        events: list[object] = []
        while (event := self.session.next_event()) is not None:
            events.append(event)
        return events

    def hang_up(self, failure: Failure, times: int) -> None:
        """Report handshakes that the other side has ended, of an encrypted connection."""
        self.dealer.trust = cast(Trust, SimpleNamespace(pin=lambda: None))
        self.dealer.failure, self.dealer.hang_ups = failure, times
        self.advance()


@pytest.fixture
def joined() -> Joined:
    return Joined()


class TestAdvance:
    def test_what_arrives_is_taken_in_and_what_is_due_is_sent_in_the_same_turn(self, joined: Joined) -> None:
        joined.log_in()
        joined.dealer.arriving.append(encode(message(1)))
        joined.session.send("#lobby", "hello")
        joined.advance()
        assert joined.told() == [message(1)]
        assert [request["type"] for request in joined.dealer.take()] == ["send"]

    def test_the_documents_of_a_turn_are_bounded_and_the_rest_is_taken_in_later(self, joined: Joined) -> None:
        joined.log_in()
        joined.dealer.arriving += [encode(message(seq)) for seq in range(1, 6)]
        joined.dealer.arriving[0] += b"\n" + encode(message(1))
        joined.advance(4)
        assert joined.told() == [message(1), message(2), message(3)]
        joined.advance(4)
        assert joined.told() == [message(4), message(5)]

    def test_a_connection_that_was_given_up_is_replaced_once_a_second(self, joined: Joined) -> None:
        for replaced, later in ((1, 0.0), (1, 0.9), (2, 0.2)):
            joined.now += later
            joined.session.wants_connection = True
            joined.advance()
            assert joined.dealer.rebuilt == replaced


class TestDueIn:
    def test_it_is_what_the_session_says(self, joined: Joined) -> None:
        joined.log_in()
        assert joined.link.due_in(joined.now) == joined.session.next_tick(joined.now) > 10.0

    def test_links_with_different_seconds_ping_at_different_parts_of_a_second(self) -> None:
        links = [Joined(second) for second in (0.25, 0.75)]
        for each in links:
            each.log_in()
        first, second = (each.link.due_in(0.0) for each in links)
        assert (second - first) % 1.0 == pytest.approx(0.5, abs=0.05)


class TestHasInput:
    def test_frames_and_changes_are_input(self, joined: Joined) -> None:
        assert not joined.link.has_input
        joined.dealer.arriving.append(b"{}")
        assert joined.link.has_input
        joined.dealer.arriving.clear()
        joined.dealer.changing.append(Change.DOWN)
        assert joined.link.has_input


class TestProbed:
    def test_a_probe_is_wanted_after_three_hang_ups_and_once(self, joined: Joined) -> None:
        joined.hang_up(Failure.UNFINISHED, 2)
        assert not joined.link.wants_probe
        joined.hang_up(Failure.UNFINISHED, 3)
        assert joined.link.wants_probe
        joined.link.probed(b"")
        joined.advance()
        assert not joined.link.wants_probe

    @pytest.mark.parametrize(
        ("offered", "impostor", "failure"),
        [
            (PLAIN, True, Failure.MECHANISM),
            (CURVE, True, Failure.UNFINISHED),
            (b"", False, Failure.UNFINISHED),
        ],
    )
    def test_a_broker_that_ends_handshakes_is_judged_by_the_mechanism_it_offers(
        self, joined: Joined, offered: bytes, impostor: bool, failure: Failure
    ) -> None:
        joined.hang_up(Failure.UNFINISHED, 3)
        joined.link.probed(offered)
        assert (joined.link.is_impostor, joined.link.failure) == (impostor, failure)

    @pytest.mark.parametrize(
        ("offered", "impostor", "failure"),
        [
            (PLAIN, True, Failure.MECHANISM),
            (CURVE, False, Failure.UNFINISHED),
            (b"", False, Failure.UNFINISHED),
        ],
    )
    def test_where_mechanisms_differed_one_that_encrypts_now_may_be_the_known_broker(
        self, joined: Joined, offered: bytes, impostor: bool, failure: Failure
    ) -> None:
        joined.hang_up(Failure.MECHANISM, 1)
        joined.link.probed(offered)
        assert (joined.link.is_impostor, joined.link.failure) == (impostor, failure)

    def test_what_a_probe_found_does_not_count_if_the_known_broker_has_answered_meanwhile(
        self, joined: Joined
    ) -> None:
        joined.hang_up(Failure.UNFINISHED, 3)
        joined.dealer.failure = None
        joined.log_in()
        joined.link.probed(PLAIN)
        assert not joined.link.is_impostor
        assert not joined.link.wants_probe
        assert joined.link.failure is None


def test_it_is_closed_even_if_the_last_requests_cannot_be_sent(
    joined: Joined, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_frame: bytes) -> bool:
        raise zmq.ZMQError(zmq.ENOTSOCK)

    joined.log_in()
    monkeypatch.setattr(joined.dealer, "send", fail)
    joined.session.logout()
    with pytest.raises(zmq.ZMQError):
        joined.link.close(joined.now)
    assert joined.dealer.closed
