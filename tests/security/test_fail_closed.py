"""If the authenticator fails in any way, new clients cannot connect, and logged-in users go on."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
import zmq
from eventually import eventually
from live_broker import Dealer, assert_undisturbed
from security.places import Fortress, fortress

from broker.core.outbox import LogEvent
from broker.monitoring.metrics import MetricsServer
from broker.security.authenticator import DOMAIN, Authenticator
from broker.security.keys import make_keys
from messages.keys import key_to_bytes


def try_to_enter(place: Fortress, inside: Dealer, number: int = 20) -> None:
    """Let strangers try to connect while a logged-in user talks. None of them may reach the core."""
    before = place.known()
    knocking = [place.dealer(f"late{n}", RECONNECT_IVL=20) for n in range(number)]
    for dealer in knocking:
        dealer.put("login", protocol=1, name=dealer.name)
    for dealer in knocking:
        assert not dealer.socket.poll(10)
        assert_undisturbed(inside)
    assert place.known() == before
    for dealer in knocking:
        place.drop(dealer)


def test_without_an_authenticator_no_client_can_connect() -> None:
    with fortress() as place:
        alice = place.dealer("alice").login()
        assert place.broker._authenticator
        assert place.broker._authenticator.stop()
        try_to_enter(place, alice)


@pytest.mark.parametrize("answer", [None, 0, 1, "yes"])
def test_only_true_admits_a_key(answer: object) -> None:
    let_in = True
    with fortress(lambda *_: True if let_in else answer) as place:  # type: ignore[arg-type,return-value]
        alice = place.dealer("alice").login()
        let_in = False
        try_to_enter(place, alice)


def test_a_policy_that_raises_admits_nobody_and_is_called_again() -> None:
    broken = threading.Event()

    def admit(_key: str, _address: str) -> bool:
        if broken.is_set():
            raise RuntimeError("the policy is broken")
        return True

    with fortress(admit) as place:
        alice = place.dealer("alice").login()
        broken.set()
        try_to_enter(place, alice)
        broken.clear()
        assert_undisturbed(alice, place.dealer("bob").login())


def test_a_policy_that_hangs_admits_nobody_and_delays_no_logged_in_user() -> None:
    going, hangs = threading.Event(), threading.Event()

    def admit(_key: str, _address: str) -> bool:
        if hangs.is_set():
            going.wait()
        return True

    with fortress(admit) as place:
        alice = place.dealer("alice").login()
        hangs.set()
        try:
            try_to_enter(place, alice)
        finally:
            hangs.clear()
            going.set()
        assert_undisturbed(alice, place.dealer("bob").login())


SHUT = b"new clients cannot connect: the authenticator has stopped or hangs; restart the broker\n"


def is_told_and_not_ready(place: Fortress, metrics: MetricsServer) -> None:
    """Wait until a broker reports that it admits nobody. The log must say so once."""
    eventually(lambda: metrics.answer("/readyz")[::2] == (503, SHUT), "the broker is not ready")
    assert metrics.answer("/healthz").status == 200
    eventually(lambda: place.notes, "the log tells it")
    place.turn_twice()
    assert [
        note.event
        for note in place.notes
        if note.event in (LogEvent.AUTHENTICATOR_DOWN, LogEvent.AUTHENTICATOR_UP)
    ] == [LogEvent.AUTHENTICATOR_DOWN]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_authenticator_is_reported_by_log_readiness_and_watchdog() -> None:
    def admit(_key: str, _address: str) -> bool:
        raise SystemExit  # ends the thread, and no more than that

    with fortress(admit) as place, closing(MetricsServer(place.broker.meter, "127.0.0.1", 0)) as metrics:
        place.broker.meter.listening = True
        eventually(lambda: metrics.answer("/readyz").status == 200, "the broker is ready")
        place.dealer("late").put("login", protocol=1, name="late")
        is_told_and_not_ready(place, metrics)
        signs: list[None] = []
        place.broker.meter.on_alive = lambda: signs.append(None)
        place.turn_twice()
        assert not signs


def test_a_hanging_authenticator_is_reported_until_it_answers_again() -> None:
    going = threading.Event()

    def admit(_key: str, _address: str) -> bool:
        return going.wait()

    with (
        fortress(admit, hang_seconds=0.5) as place,
        closing(MetricsServer(place.broker.meter, "127.0.0.1", 0)) as metrics,
    ):
        place.broker.meter.listening = True
        try:
            eventually(lambda: metrics.answer("/readyz").status == 200, "the broker is ready")
            place.dealer("late").put("login", protocol=1, name="late")
            is_told_and_not_ready(place, metrics)
        finally:
            going.set()
        eventually(lambda: metrics.answer("/readyz").status == 200, "the broker is ready again")
        eventually(
            lambda: LogEvent.AUTHENTICATOR_UP in [note.event for note in place.notes], "the log tells it"
        )


class TestAnswers:
    """The replies to ZeroMQ, request by request."""

    KEY = make_keys().public
    allowed = True

    def ask(self, *changed: tuple[int, bytes]) -> tuple[bytes, bytes]:
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        authenticator = Authenticator(context, self.admit, allows=lambda _key, _address: self.allowed)
        request = [b"1.0", b"7", DOMAIN, b"::ffff:192.0.2.1", b"", b"CURVE", key_to_bytes(self.KEY)]
        for index, frame in changed:
            request[index : index + 1] = [frame] if frame != b"-" else []
        try:
            with context.socket(zmq.REQ) as client:
                client.connect("inproc://zeromq.zap.01")
                client.send_multipart(request)
                version, _, status, _, user_id, _ = client.recv_multipart()
                assert version == b"1.0"
                return status, user_id
        finally:
            assert authenticator.stop()
            context.term()

    def admit(self, key: str, address: str) -> bool:
        return (key, address) == (self.KEY, "192.0.2.1")

    def test_a_handshake_above_the_rate_is_to_be_tried_again(self) -> None:
        self.allowed = False
        assert self.ask() == (b"300", b"")
        assert self.ask((6, b"x" * 32)) == (b"400", b"")

    def test_who_is_admitted_is_known_by_the_key(self) -> None:
        assert self.ask() == (b"200", self.KEY.encode())

    @pytest.mark.parametrize(
        ("index", "frame", "status"),
        [
            (0, b"2.0", b"500"),
            (2, b"other", b"400"),
            (3, b"192.0.2.2", b"400"),
            (3, b"\xff", b"300"),
            (5, b"NULL", b"400"),
            (5, b"PLAIN", b"400"),
            (6, b"x" * 31, b"400"),
            (6, b"x" * 32, b"400"),
            (6, b"-", b"500"),
        ],
    )
    def test_anything_else_is_refused_and_survived(self, index: int, frame: bytes, status: bytes) -> None:
        assert self.ask((index, frame)) == (status, b"")
