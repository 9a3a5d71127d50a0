"""The drivers: how each kind of workload is run on a server, and measured."""

from __future__ import annotations

import secrets
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from math import ceil
from statistics import quantiles

from benchmarks import beats
from benchmarks.dealers import Dealers
from benchmarks.generator import CheckFailed, Generator
from benchmarks.peers.peer import Peer, Running
from benchmarks.processes import read_cpu_seconds, read_machine_cpu_seconds, read_resident
from benchmarks.rate import Clocked
from benchmarks.talk import Talk
from benchmarks.window import Window
from benchmarks.workloads import Workload

Figures = dict[str, float]

FIGURES = {
    "deliveries": ("deliveries/s", ",.0f"),
    "messages": ("messages/s", ",.0f"),
    "cpu": ("server µs/delivery", ".3f"),
    "server": ("server CPU", ".0%"),
    "generator": ("generator CPU", ".0%"),
    "others": ("others CPU", ".0%"),
    "p50": ("p50 ms", ".3f"),
    "p99": ("p99 ms", ".2f"),
    "p999": ("p99.9 ms", ".2f"),
    "late": ("generator late, p99 ms", ".2f"),
    "resident": ("resident MiB", ",.1f"),
    "each": ("KiB a connection", ",.1f"),
    "seconds": ("seconds until all are in", ".2f"),
    "cpu_each": ("server ms/login", ".2f"),
}
"""Title and format of each figure."""

_QUIET_SECONDS = 30
_QUIET_SHARE = 0.02


@dataclass(frozen=True)
class Length:
    """Seconds of warm-up and of measuring in a round, and messages of each voice to compare whole."""

    warm_up: float
    seconds: float
    checked: int


def make_marker() -> bytes:
    """Return bytes that no server sends by itself, of characters that are rare in its output.

    So bytes.count() skips quickly over everything else, and the longer the marker, the faster. Each round has
    another one.
    """
    return b"~" + bytes(secrets.choice(b"~^|") for _ in range(30)) + b"^"


class Meter:
    """The counters at one moment, and their growth since."""

    def __init__(self, pid: int, delivered: int = 0, sent: int = 0) -> None:
        self._pid = pid
        self._delivered = delivered
        self._sent = sent
        self._clock = time.perf_counter()
        self._server = read_cpu_seconds(pid)
        self._generator = time.process_time()
        self._machine = read_machine_cpu_seconds()

    def read(self, delivered: int = 0, sent: int = 0) -> Figures:
        """Return the figures since this was made."""
        seconds = time.perf_counter() - self._clock
        server = self.read_server_seconds()
        generator = time.process_time() - self._generator
        others = max(0.0, read_machine_cpu_seconds() - self._machine - server - generator)
        figures = {
            "server": server / seconds,
            "generator": generator / seconds,
            "others": others / seconds,
            "resident": read_resident(self._pid) / 2**20,
        }
        if deliveries := delivered - self._delivered:
            figures |= {
                "deliveries": deliveries / seconds,
                "messages": (sent - self._sent) / seconds,
                "cpu": server * 1e6 / deliveries,
            }
        return figures

    def read_server_seconds(self) -> float:
        """Return the processor time of the server since this was made, in seconds."""
        return read_cpu_seconds(self._pid) - self._server


def measure(workload: Workload, peer: Peer, length: Length) -> Figures:
    """Start a server, run one round of a workload on it and end it.

    Raise CheckFailed, ProgramFailed or OSError if the server fails.
    """
    if peer.alone_with_itself:
        workload = replace(workload, users=1)
    with peer.running() as server:
        return _DRIVERS[workload.kind](workload, peer, server, length)


def _make_generator(workload: Workload, peer: Peer, server: Running, marker: bytes) -> Generator:
    if peer.libzmq:
        return Dealers(peer, server, marker)
    return (Clocked if workload.kind == "rate" else Generator)(peer, server, marker)


@contextmanager
def _entered(workload: Workload, peer: Peer, server: Running) -> Iterator[tuple[Talk, Generator]]:
    """Connect all users."""
    marker = make_marker()
    talk = Talk(workload, peer, marker)
    with closing(_make_generator(workload, peer, server, marker)) as generator:
        generator.enter(talk.ways(), peer.together)
        yield talk, generator


def _drive_by_arrival(workload: Workload, peer: Peer, server: Running, length: Length) -> Figures:
    """Keep a constant number of messages in flight."""
    with _entered(workload, peer, server) as (talk, generator):
        talk.check(generator, length.checked)
        window = Window(workload, talk, generator)

        def turn_until(end: float) -> None:
            while time.perf_counter() < end:
                window.refill()
                generator.turn(0.01)
                generator.confirm()

        turn_until(time.perf_counter() + length.warm_up)
        meter = Meter(server.pid, generator.delivered, talk.sent)
        turn_until(time.perf_counter() + length.seconds)
        figures = meter.read(generator.delivered, talk.sent)
        talk.drain(generator)
        return figures


def _drive_by_clock(workload: Workload, peer: Peer, server: Running, length: Length) -> Figures:
    """Send each message when it is due, even if earlier ones are late. Latency counts from the due time."""
    with _entered(workload, peer, server) as (talk, generator):
        assert isinstance(generator, Clocked)
        talk.check(generator, length.checked)
        generator.run(talk, workload.rate, length.warm_up)
        meter = Meter(server.pid, generator.delivered, talk.sent)
        latencies, late = generator.run(talk, workload.rate, length.seconds)
        figures = meter.read(generator.delivered, talk.sent)
        talk.drain(generator)
        return figures | _percentiles(latencies) | {"late": late}


def _drive_alone(workload: Workload, peer: Peer, server: Running, length: Length) -> Figures:
    """Send one message, wait until it has arrived, send the next."""
    with _entered(workload, peer, server) as (talk, generator):
        talk.check(generator, length.checked)
        trips = array("d")
        end = time.perf_counter() + length.seconds
        while (begin := time.perf_counter()) < end:
            before = generator.delivered
            talk.say(generator, 1)
            while generator.delivered < before + talk.hearers:
                generator.turn(1.0)
                if time.perf_counter() > end + 10:
                    raise CheckFailed(f"{peer.name}: a message has not arrived in 10 s")
            trips.append(time.perf_counter() - begin)
            generator.confirm()
        talk.drain(generator)
        return _percentiles(trips)


def _drive_idle(workload: Workload, peer: Peer, server: Running, length: Length) -> Figures:
    """Connect users that send only heartbeats, each at the beginning of a second."""
    empty = read_resident(server.pid)
    with _entered(workload, peer, server) as (_, generator):
        _wait_until_quiet(generator, server.pid)
        resident = read_resident(server.pid)
        heartbeat, users = peer.heartbeat(), generator.connections
        begin, beaten = time.perf_counter(), 0

        def beat() -> None:
            nonlocal beaten
            due = beats.due(time.perf_counter() - begin, len(users))
            for number in range(beaten, due):
                generator.send(users[number % len(users)], heartbeat)
            beaten = due

        meter = Meter(server.pid)
        _turn_for(
            generator, ceil(length.seconds), beat
        )  # whole seconds, because heartbeats come at their beginning
        return meter.read() | {"each": (resident - empty) / 1024 / len(users)}


def _drive_storm(workload: Workload, peer: Peer, server: Running, _length: Length) -> Figures:
    """Connect all users at once."""
    marker = make_marker()
    ways = Talk(workload, peer, marker).ways()
    with closing(_make_generator(workload, peer, server, marker)) as generator:
        meter, begin = Meter(server.pid), time.perf_counter()
        generator.enter(ways, len(ways))
        seconds = time.perf_counter() - begin
        figures = meter.read()
        return figures | {"seconds": seconds, "cpu_each": figures["server"] * seconds * 1e3 / len(ways)}


def _wait_until_quiet(generator: Generator, pid: int) -> None:
    """Wait until the server has finished the logins, and uses little of a core."""
    for _ in range(_QUIET_SECONDS):
        meter = Meter(pid)
        _turn_for(generator, 1.0, lambda: None)
        if meter.read()["server"] <= _QUIET_SHARE:
            return


def _turn_for(generator: Generator, seconds: float, each: Callable[[], None]) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        each()
        generator.turn(0.001)


def _percentiles(seconds: array[float]) -> Figures:
    """Return the percentiles in ms."""
    cuts = quantiles(seconds, n=1_000, method="inclusive")
    return {"p50": cuts[499] * 1e3, "p99": cuts[989] * 1e3, "p999": cuts[998] * 1e3}


_DRIVERS: dict[str, Callable[[Workload, Peer, Running, Length], Figures]] = {
    "fanout": _drive_by_arrival,
    "rooms": _drive_by_arrival,
    "direct": _drive_by_arrival,
    "reactions": _drive_by_arrival,
    "rate": _drive_by_clock,
    "alone": _drive_alone,
    "idle": _drive_idle,
    "storm": _drive_storm,
}
