"""The workloads by name, and the ones measured by default."""

from __future__ import annotations

from dataclasses import dataclass, replace

MEMBERS = (2, 10, 100, 1_000)
TEXTS = (100, 1_000)
IN_FLIGHT = (1, 8, 32, 256)


@dataclass(frozen=True)
class Workload:
    """One workload. `kind` selects its driver, see `drivers`."""

    name: str
    kind: str
    users: int
    rooms: int = 1
    """Rooms in all; `users * rooms_each / rooms` members in each."""
    rooms_each: int = 1
    """Rooms of one user."""
    talking: int = 0
    """In how many of the rooms somebody talks; 0: in all."""
    crowd: int = 0
    """Further users, who are connected and in no room but the lobby."""
    senders: int = 4
    """How many of a room's members send."""
    text: int = 100
    """Bytes of a text."""
    in_flight: int = 32
    """Messages in flight of one sender, or with `rooms` and `direct` of one conversation."""
    rate: int = 0
    """Messages a second, if they are sent by the clock and not by deliveries."""
    libzmq: bool = False
    """Whether the clients are sockets of libzmq, which can encrypt."""

    @property
    def members(self) -> int:
        """Members of one room."""
        return self.users * self.rooms_each // self.rooms

    def shrunk(self, most: int) -> Workload:
        """Return the same with at most `most` users, for a quick check."""
        users = min(self.users, most)
        rooms = max(min(1, self.rooms), self.rooms * users // self.users)
        return replace(self, users=users, rooms=rooms, rooms_each=min(self.rooms_each, rooms))


def _fan_out(members: int, text: int, in_flight: int) -> Workload:
    name = f"fanout-{members}-{text}-{in_flight}"
    return Workload(name, "fanout", members, senders=min(4, members), text=text, in_flight=in_flight)


WORKLOADS: dict[str, Workload] = {
    workload.name: workload
    for workload in (
        *(_fan_out(members, text, count) for members in MEMBERS for text in TEXTS for count in IN_FLIGHT),
        Workload("rate-1000", "rate", 100, rate=1_000),
        Workload("rooms-1000", "rooms", 10_000, rooms=1_000, senders=10, in_flight=1),
        Workload("rooms-1000-busy", "rooms", 10_000, rooms=1_000, senders=10, in_flight=32),
        Workload("rooms-1000-shared", "rooms", 1_000, rooms=1_000, rooms_each=10, senders=10, in_flight=1),
        Workload("direct-100", "direct", 100, rooms=0, rooms_each=0),
        Workload("alone", "alone", 2, senders=1, in_flight=1),
        Workload("idle-10000", "idle", 10_000, rooms=0, rooms_each=0),
        Workload("storm-5000", "storm", 5_000, rooms=0, rooms_each=0),
        Workload("reactions-100", "reactions", 100, text=46),
        Workload("curve-fanout-100", "fanout", 100, libzmq=True),
        Workload("curve-storm-5000", "storm", 5_000, rooms=0, rooms_each=0, libzmq=True),
    )
}

USUAL = (
    "fanout-100-100-32",
    *(f"fanout-{members}-100-32" for members in MEMBERS if members != 100),
    *(f"fanout-100-100-{count}" for count in IN_FLIGHT if count != 32),
    "fanout-100-1000-32",
    *(name for name, workload in WORKLOADS.items() if workload.kind != "fanout" or workload.libzmq),
)
"""The default workloads: the growth along each axis through the middle, and all other kinds."""


def select(patterns: list[str]) -> list[Workload]:
    """Return the workloads whose names begin with one of the patterns; `all` means every one."""
    if not patterns:
        return [WORKLOADS[name] for name in USUAL]
    found: dict[str, Workload] = {}
    for pattern in patterns:
        matching = {
            name: one for name, one in WORKLOADS.items() if pattern == "all" or name.startswith(pattern)
        }
        if pattern in WORKLOADS:
            matching = {pattern: WORKLOADS[pattern]}
        if not matching:
            raise ValueError(f"no workload begins with {pattern!r}; there are {', '.join(WORKLOADS)}")
        found |= matching
    return list(found.values())
