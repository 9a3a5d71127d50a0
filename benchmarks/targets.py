"""The broker's targets, and whether a run reached them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.results import Results
from benchmarks.workloads import MEMBERS

OURS, DISK = "chat-broker", "chat-broker on disk"
SHORT, REACTIONS = "chat-broker, 20 characters", "chat-broker, reactions"
PLAIN, CURVE = "chat-broker, libzmq clients", "chat-broker, CURVE"
_MIDDLE = "fanout-100-100-32"


class Verdict(NamedTuple):
    """One target: the bound, the measured value, and whether it is reached."""

    what: str
    wanted: str
    found: str
    reached: bool | None


@dataclass(frozen=True)
class Target:
    """A bound on one number of the results."""

    what: str
    read: Callable[[Results], float | None]
    unit: str
    least: float | None = None
    most: float | None = None

    def judge(self, results: Results) -> Verdict:
        """Return the verdict; `reached` is None if the run did not measure it."""
        found = self.read(results)
        bound = self.least if self.least is not None else self.most
        assert bound is not None
        sign = "≥" if self.least is not None else "≤"
        wanted = f"{sign} {_round(bound)}{self.unit}"
        if found is None:
            return Verdict(self.what, wanted, "not measured", None)
        reached = found >= bound if self.least is not None else found <= bound
        return Verdict(self.what, wanted, f"{_round(found)}{self.unit}", reached)


def _round(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ratio(peer: str, other: str, figure: str, workload: str = _MIDDLE) -> Callable[[Results], float | None]:
    return lambda results: results.ratio(workload, peer, other, figure)


def _median(workload: str, peer: str, figure: str, factor: float = 1.0) -> Callable[[Results], float | None]:
    def read(results: Results) -> float | None:
        value = results.median(workload, peer, figure)
        return None if value is None else value * factor

    return read


def _evenness(results: Results) -> float | None:
    """Return the highest cost of a delivery in rooms of 10 to 1,000, as a multiple of the lowest."""
    names = (f"fanout-{members}-100-32" for members in MEMBERS if members >= 10)
    costs = [results.median(name, OURS, "cpu") for name in names]
    known = [cost for cost in costs if cost is not None]
    return max(known) / min(known) if len(known) == len(costs) else None


def _against_echo(results: Results) -> float | None:
    return results.ratio("alone", OURS, "pyzmq echo", "p50")


TARGETS = (
    Target("fan-out, memory: ngircd's deliveries/s", _ratio(OURS, "ngircd", "deliveries"), "×", least=3),
    Target("fan-out, memory: nats-server core's", _ratio(OURS, "nats-server", "deliveries"), "×", least=1.5),
    Target("fan-out, memory: redis pub/sub's", _ratio(OURS, "redis", "deliveries"), "×", least=1.2),
    Target("fan-out, memory: CPU per delivery, ngircd's", _ratio(OURS, "ngircd", "cpu"), "×", most=1),
    Target("fan-out, disk: ngircd's deliveries/s", _ratio(DISK, "ngircd", "deliveries"), "×", least=2.5),
    Target(
        "fan-out, disk: JetStream's, synced", _ratio(DISK, "JetStream synced", "deliveries"), "×", least=10
    ),
    Target("1,000 messages/s, memory: p50", _median("rate-1000", OURS, "p50"), " ms", most=1),
    Target(
        "1,000 messages/s, memory: p99, ngircd's", _ratio(OURS, "ngircd", "p99", "rate-1000"), "×", most=1
    ),
    Target("1,000 messages/s, disk: p99", _median("rate-1000", DISK, "p99"), " ms", most=20),
    Target("rooms of 10 to 1,000: worst cost per delivery, of the best", _evenness, "×", most=1.5),
    Target(
        "1,000 rooms of 10, 32 in flight", _median("rooms-1000-busy", OURS, "deliveries"), "/s", least=1e6
    ),
    Target("1,000 rooms of 10, 1 in flight", _median("rooms-1000", OURS, "deliveries"), "/s", least=1e6),
    Target(
        "the same, each user in 10 of the rooms",
        _median("rooms-1000-shared", OURS, "deliveries"),
        "/s",
        least=1e6,
    ),
    Target("10,000 idle: memory a connection", _median("idle-10000", OURS, "each", 1.024), " KB", most=60),
    Target(
        "10,000 idle: CPU with heartbeats", _median("idle-10000", OURS, "server", 100), "% of a core", most=2
    ),
    Target("5,000 logins at once, plain", _median("storm-5000", OURS, "seconds"), " s", most=10),
    Target("5,000 logins at once, CURVE", _median("curve-storm-5000", CURVE, "seconds"), " s", most=25),
    Target("a login with CURVE: CPU", _median("curve-storm-5000", CURVE, "cpu_each"), " ms", most=3),
    Target(
        "fan-out with CURVE: CPU per delivery, of plain",
        _ratio(CURVE, PLAIN, "cpu", "curve-fanout-100"),
        "×",
        most=1.6,
    ),
    Target(
        "a reaction: deliveries/s, a message's of 20 characters",
        _ratio(REACTIONS, SHORT, "deliveries", "reactions-100"),
        "×",
        least=1 / 1.5,
    ),
    Target("a reaction: CPU, a message's", _ratio(REACTIONS, SHORT, "cpu", "reactions-100"), "×", most=1.5),
    Target("one delivery, nobody else about: a bare echo's", _against_echo, "×", most=1.3),
)
