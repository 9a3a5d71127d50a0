"""What grows along each axis, and how far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.workloads import Workload
from broker.core.rates import PEERS_PER_FILE_LIMIT

MOST = 20_000
"""The most connections."""

TALKERS = 10
"""Members of the room with the talk, if not the members grow."""

RETURNING = 40
"""Members of the room with the stored messages who are away, and log in again to be measured."""

_OTHER_FILES = 128
_ROOMS_USERS = 1_000
_IN_FLIGHT = 1_000


@dataclass(frozen=True)
class Axis:
    """One thing that grows. `quick` are the sizes for a check that the measurement works."""

    name: str
    grows: str
    """What is counted, in the plural."""
    about: str
    sizes: tuple[int, ...]
    quick: tuple[int, ...]
    make: Callable[[int], Workload]
    """Return the workload of a size."""
    stored: bool = False
    """Whether stored messages grow. Then pages of history and logins are measured too."""
    disk: bool = False
    """Whether the messages are on disk."""


def _members(size: int) -> Workload:
    return Workload(f"members-{size}", "fanout", size, senders=min(4, size))


def _rooms(size: int) -> Workload:
    """Ten users talk in a room. A thousand are in `size` such rooms, or connected only."""
    return _spread(f"rooms-{size}", "fanout", size, talking=1, senders=4, in_flight=32)


def _rooms_busy(size: int) -> Workload:
    return _spread(f"rooms-busy-{size}", "rooms", size, in_flight=max(1, _IN_FLIGHT // size), senders=10)


def _spread(name: str, kind: str, rooms: int, *, senders: int, in_flight: int, talking: int = 0) -> Workload:
    users = min(_ROOMS_USERS, rooms * TALKERS)
    return Workload(
        name,
        kind,
        users,
        rooms=rooms,
        rooms_each=rooms * TALKERS // users,
        crowd=_ROOMS_USERS - users,
        talking=talking,
        senders=senders,
        in_flight=in_flight,
    )


def _stored(size: int) -> Workload:
    return Workload(f"stored-{size}", "fanout", TALKERS)


def _stored_on_disk(size: int) -> Workload:
    return Workload(f"stored-on-disk-{size}", "fanout", TALKERS)


def _connections(size: int) -> Workload:
    return Workload(f"connections-{size}", "fanout", TALKERS, crowd=size - TALKERS)


_TALK = "ten members of a room talk, 4 senders, 32 in flight each"

AXES = {
    axis.name: axis
    for axis in (
        Axis(
            "members",
            "members",
            "one room, 4 senders, 32 in flight each",
            (2, 10, 100, 1_000, 10_000),
            (2, 10, 20),
            _members,
        ),
        Axis(
            "rooms",
            "rooms",
            f"rooms of ten among 1,000 users; {_TALK}; the other rooms are silent",
            (1, 10, 100, 1_000, 10_000),
            (1, 10, 20),
            _rooms,
        ),
        Axis(
            "rooms-busy",
            "rooms",
            "rooms of ten among 1,000 users; all talk in turn, 1,000 in flight in all rooms together, but at "
            "least one in each",
            (1, 10, 100, 1_000, 10_000),
            (1, 10, 20),
            _rooms_busy,
        ),
        Axis(
            "stored",
            "messages stored in memory",
            f"{_TALK}; {RETURNING} others are away",
            (0, 10_000, 100_000, 1_000_000, 10_000_000),
            (0, 100, 1_000),
            _stored,
            stored=True,
        ),
        Axis(
            "stored-on-disk",
            "messages stored on disk",
            f"{_TALK}; {RETURNING} others are away",
            (0, 10_000, 100_000, 1_000_000, 10_000_000),
            (0, 100, 1_000),
            _stored_on_disk,
            stored=True,
            disk=True,
        ),
        Axis(
            "connections",
            "connections",
            f"{_TALK}; all others only send heartbeats",
            (10, 100, 1_000, 10_000, MOST),
            (10, 20, 40),
            _connections,
        ),
    )
}


def most_connections(open_files: int) -> int:
    """Return how many connections a broker accepts that may open so many files, in hundreds."""
    return min(MOST, int((open_files - _OTHER_FILES) * PEERS_PER_FILE_LIMIT) // 100 * 100)
