"""The router's parts. tests/integration tests its loop as a whole."""

from collections.abc import Container, Iterable, Iterator
from itertools import count
from types import SimpleNamespace

import pytest
import zmq
from eventually import eventually
from live_broker import Dealer, end
from wired import FragileStore

from broker.core.memory.model import Moment
from broker.core.outbox import LogEntry, LogEvent
from broker.core.settings import Settings
from broker.server import Broker
from broker.transport import newcomers
from broker.transport import router as router_module
from broker.transport.batch import Payload
from broker.transport.listener import Caller, Listener
from broker.transport.newcomers import BATCH_NEWCOMERS
from broker.transport.outgoing import Outgoing
from messages.errors import ErrorCode


class FixedClock:
    """The broker's clock, which the test moves."""

    def __init__(self) -> None:
        self.moment = Moment(1_790_000_000_000, 1_000.0)

    def __call__(self) -> Moment:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment = Moment(self.moment.at + int(seconds * 1_000), self.moment.elapsed + seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    fixed = FixedClock()
    monkeypatch.setattr(router_module, "now", fixed)
    monkeypatch.setattr("broker.server.now", fixed)
    return fixed


@pytest.fixture
def store() -> FragileStore:
    return FragileStore("epoch")


class Bench:
    """A broker whose loop the test turns by hand, and clients in the same thread."""

    def __init__(self, store: FragileStore, clock: FixedClock) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.notes: list[LogEntry] = []
        self.broker = Broker(Settings(heartbeat=15_000), store=store, context=self.context, log=self._log)
        self.url = self.broker.bind("inproc://bench")
        self.clock = clock
        self._dealers: list[Dealer] = []

    def _log(self, notes: Iterable[LogEntry]) -> None:
        self.notes += notes

    def turn(self) -> int:
        count = self.broker.router._turn()
        self.broker.router._flush()  # without a pause
        return count

    def stranger(self, name: str) -> Dealer:
        self._dealers.append(Dealer(self.context, self.url, name))
        return self._dealers[-1]

    def user(self, name: str) -> Dealer:
        dealer = self.stranger(name)
        dealer.put("login", protocol=1, name=name)
        self.turn()
        dealer.session = dealer.event("welcome")["session"]
        return dealer

    def forward(self, seconds: int, *alive: Dealer) -> None:
        for _ in range(seconds):
            self.clock.forward(1)
            for dealer in alive:
                dealer.put("ping")
            self.turn()
            for dealer in alive:
                dealer.event("pong")

    def close(self) -> None:
        for dealer in self._dealers:
            dealer.socket.close()
        self.broker.close()
        end(self.context)


@pytest.fixture
def bench(store: FragileStore, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(store, clock)
    yield made
    made.close()


def test_a_peer_that_timed_out_is_forgotten_and_known_again_when_heard(bench: Bench) -> None:
    alice, bob = bench.user("alice"), bench.user("bob")
    bench.forward(46, alice)
    assert bob.event("goodbye")["reason"] == "timed-out"
    assert len(bench.broker.router._listeners[0].peers) == len(bench.broker.core.peers) == 1
    bob.put("login", protocol=1, name="bob", session=bob.session)
    bench.turn()
    assert bob.event("welcome")["resumed"] is True
    alice.put("send", to="#lobby", text="hello again")
    bench.turn()
    assert bob.message() == "hello again"


def test_a_peer_that_timed_out_is_a_stranger_again_who_has_to_log_in_soon(bench: Bench) -> None:
    bench.url = bench.broker.bind("tcp://127.0.0.1:0")
    bench.stranger("alice").put("login", protocol=1, name="alice")
    eventually(lambda: bench.turn() and bench.broker.core.state.online(), "alice is here")
    strangers = bench.broker.router._strangers
    assert len(strangers) == 0
    bench.forward(46)
    assert len(strangers) == 1


def test_a_peer_whose_time_out_could_not_be_stored_is_still_known(bench: Bench, store: FragileStore) -> None:
    alice, bob = bench.user("alice"), bench.user("bob")
    bench.forward(45, alice)
    store.broken = True
    bench.clock.forward(1)
    alice.put("away", text="lunch")
    bench.turn()
    assert alice.take(lambda document: "re" in document, "an answer")["code"] == ErrorCode.UNAVAILABLE
    store.broken = False
    bob.put("ping")
    bench.turn()
    assert bob.event("pong")
    bench.forward(5, alice)
    assert bob.inbox == []


@pytest.fixture
def timeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass in a turn, as its time is bounded too."""
    monkeypatch.setattr(router_module, "time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.mark.usefixtures("timeless")
def test_a_turn_takes_a_bounded_number_of_frames(bench: Bench) -> None:
    alice = bench.user("alice")
    for _ in range(70):
        alice.put("ping")
    assert [bench.turn(), bench.turn(), bench.turn()] == [64, 6, 0]


@pytest.mark.usefixtures("timeless")
def test_a_turn_takes_a_bounded_number_of_documents(bench: Bench) -> None:
    alice = bench.user("alice")
    for _ in range(20):
        alice.send(b"\n".join([b'{"type":"ping","id":"1"}'] * 64))
    turns = [bench.turn() for _ in range(20)]
    assert max(turns) == router_module.BATCH_DOCUMENTS // 64
    assert sum(turns) == 20


def test_a_turn_takes_a_bounded_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = bench.user("alice")
    for _ in range(5):
        alice.put("ping")
    looks = count(0, 0.4 * router_module.BATCH_SECONDS)
    monkeypatch.setattr(router_module, "time", SimpleNamespace(monotonic=lambda: next(looks)))
    assert [bench.turn() for _ in range(4)] == [2, 2, 1, 0]


def test_a_stopping_broker_answers_the_frames_that_have_arrived(bench: Bench) -> None:
    alice = bench.user("alice")
    asked = [alice.put("ping") for _ in range(150)]
    bench.broker.stop()
    bench.broker.run()
    assert [alice.event("pong")["re"] for _ in asked] == asked
    assert alice.event("goodbye")


def test_nothing_is_sent_to_a_lagging_peer_not_even_a_goodbye(bench: Bench) -> None:
    alice, bob = bench.user("alice"), bench.user("bob")
    for peer in bench.broker.core.peers:
        if peer.session and peer.session.user.name == "bob":
            bench.broker.core.lag(peer)
    bench.broker.stop()
    bench.broker.run()
    assert alice.event("goodbye")
    assert not bob.read(0)


def test_a_flood_does_not_keep_a_broker_from_stopping(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = bench.user("alice")
    drain = bench.broker.router._drain

    def endless(ready: Container[object] | None) -> int:
        alice.put("ping")
        return drain(ready)

    monkeypatch.setattr(bench.broker.router, "_drain", endless)
    bench.broker.stop()
    bench.broker.run()
    assert alice.event("goodbye")


def test_a_client_that_cannot_be_written_to_for_another_reason_is_no_lost_client(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = bench.user("alice")

    def fail(*_: object) -> None:
        raise zmq.ZMQError(zmq.ETERM)

    monkeypatch.setattr(Listener, "send", fail)
    alice.put("ping")
    with pytest.raises(zmq.ZMQError):
        bench.turn()


def test_clients_found_gone_together_are_not_sent_to_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = bench.user("alice")
    alive = {peer.routing_id for peer in bench.broker.core.peers}
    for number in range(5):
        bench.user(f"user{number}")
    send_frame = Listener.send
    failed = []

    def send(listener: Listener, routing_id: bytes, frame: Payload) -> None:
        if routing_id in alive:
            send_frame(listener, routing_id, frame)
        else:
            failed.append(routing_id)
            raise zmq.ZMQError(zmq.EHOSTUNREACH)

    monkeypatch.setattr(Listener, "send", send)
    alice.put("send", to="#lobby", text="are you there?")
    bench.turn()
    assert len(failed) == len(set(failed)) == 5
    alice.put("count")
    bench.turn()
    assert alice.event("counted")["participants"] == 1


def test_the_log_tells_once_a_minute_how_many_messages_of_several_frames_were_dropped(bench: Bench) -> None:
    alice = bench.user("alice")
    for _ in range(3):
        alice.send(b"one", b"two")
    bench.turn()
    for _ in range(50):
        alice.send(b"one", b"two")
        bench.forward(1, alice)
    told = [note.fields["count"] for note in bench.notes if note.event is LogEvent.DROPPED]
    assert told == [3]
    bench.forward(60, alice)
    told = [note.fields["count"] for note in bench.notes if note.event is LogEvent.DROPPED]
    assert told == [3, 50]
    assert bench.broker.router.dropped == 53


def test_the_clock_of_the_system_is_unix_time_in_milliseconds_and_monotonic_seconds() -> None:
    one, other = router_module.now(), router_module.now()
    assert one.at > 1_790_000_000_000 - 10 * 365 * 86_400_000
    assert other.elapsed >= one.elapsed


def test_many_logins_at_once_do_not_delay_logged_in_users(bench: Bench) -> None:
    alice = bench.user("alice")
    strangers = [bench.stranger(f"m{number}") for number in range(3 * BATCH_NEWCOMERS)]
    for stranger in strangers:
        stranger.put("login", protocol=1, name=stranger.name)
    alice.put("send", to="#lobby", text="hello")
    bench.turn()
    assert alice.event("accepted")["seq"] == 1
    assert len(bench.broker.core.state.online()) == 1 + BATCH_NEWCOMERS
    bench.turn()
    bench.turn()
    assert all(stranger.event("welcome") for stranger in strangers)


def test_frames_of_a_newcomer_are_handled_in_order_also_if_only_some_of_them_wait(bench: Bench) -> None:
    stranger = bench.stranger("bob")
    for _ in range(BATCH_NEWCOMERS - 1):
        stranger.put("time")
    stranger.put("login", protocol=1, name="bob")
    for text in ("one", "two"):
        stranger.put("send", to="#lobby", text=text)
    bench.turn()
    stranger.put("send", to="#lobby", text="three")
    bench.turn()
    accepted = [document["seq"] for document in (stranger.event("accepted") for _ in range(3))]
    assert accepted == [1, 2, 3]
    messages = bench.broker.core.state.lobby
    assert messages.head == 3


def test_frames_of_newcomers_wait_in_zeromq_when_there_are_too_many(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "MOST_BYTES", 1)
    strangers = [bench.stranger(name) for name in ("one", "two", "three")]
    for stranger in strangers:
        stranger.put("login", protocol=1, name=stranger.name)
    assert [bench.turn() for _ in range(4)] == [1, 1, 1, 0]
    assert all(stranger.event("welcome") for stranger in strangers)


def test_waiting_frames_of_a_gone_or_barred_peer_are_dropped(bench: Bench) -> None:
    waiting, listener = newcomers.Newcomers(), bench.broker.router._listeners[0]
    ids = (b"\0here", b"\0gone", b"\0barred")
    here, gone, barred = (Caller(routing_id, "inproc", 0.0, listener=listener) for routing_id in ids)
    barred.barred = True
    for caller in (gone, barred, here):
        waiting.add(caller, [b"{}"], 2)
    assert list(waiting.due({here, barred})) == [(here, [b"{}"])]
    assert (len(waiting), gone.waiting, here.waiting) == (0, 0, 0)


# Sending in pauses


def pause(bench: Bench) -> Outgoing:
    """Hold back what the router has to send, and return it."""
    outgoing = bench.broker.router._outgoing
    outgoing._resume_at = 1e12
    return outgoing


def test_deliveries_committed_in_a_pause_leave_together_after_it(bench: Bench) -> None:
    router, bob = bench.broker.router, bench.user("bob")
    outgoing = pause(bench)
    for _ in range(2):
        bob.put("ping")
        router._turn()
    assert len(outgoing) == 2
    assert router._wait() > 1_000_000
    outgoing._resume_at = 0.0
    assert router._wait() == 0
    router._turn()
    assert bob.socket.recv().count(b'"pong"') == 2


def test_deliveries_held_back_leave_when_the_broker_stops(bench: Bench) -> None:
    router, bob = bench.broker.router, bench.user("bob")
    outgoing = pause(bench)
    bob.put("ping")
    router._turn()
    assert outgoing
    router._finish()
    assert bob.event("pong")
    assert bob.event("goodbye")
