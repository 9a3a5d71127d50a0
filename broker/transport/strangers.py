"""The connections on which nobody has logged in: how many there may be, and which of them are ended.

A connection is a stranger from when it is accepted until its peer logs in. A stranger is silent as long as it
has finished its handshake and sent nothing. This module knows no socket: `cut` of a connection ends it.
"""

from __future__ import annotations

from collections import deque
from heapq import heapify, heappop, heappush
from typing import Generic, Protocol, TypeVar

from broker.core.memory.model import Peer

LOGIN_SECONDS = 20.0
"""A stranger has this long to log in; thousands of handshakes at once take half of it."""

PATIENCE_SECONDS, SHORT_PATIENCE_SECONDS = 3.0, 1.0
"""If there are too many strangers, or too many silent ones, those who came longer ago than this go first.

The longer one holds if somebody of their source has logged in within the last second, as after a restart of
the broker: then the others are about to do so.
"""

MOST_SILENT = 1_024
"""How many strangers may be silent. Each takes 40 KB, and more could guess at more routing ids.

Plain ones count only after the patience: thousands who log in at once are all silent for a moment, as ZeroMQ
finishes the handshakes in a thread of its own. Encrypted handshakes are too slow for that.
"""

MOST_STRANGERS = 8_192
"""How many strangers there may be with enough open files. An encrypted one counts as several."""

ENCRYPTED_COST = 5
"""As how many strangers an encrypted one counts: its handshake takes time from all others."""

STRANGERS_SHARE = 2
"""At most one in so many of the connections that there may be is a stranger.

After a restart all users are strangers until the broker has read their logins.
"""

_LOGIN_IS_RECENT = 1.0  # seconds

_FEW = 8  # strangers of a source that are no sign of an attack, if there may be many


class Cuttable(Protocol):
    """A connection as far as this module needs one."""

    descriptor: int
    source: str
    cost: int
    since: float
    peer: Peer | None

    def cut(self) -> bool:
        """End the connection."""
        ...


Wire = TypeVar("Wire", bound=Cuttable)


class _Source(Generic[Wire]):
    """The strangers of one source, those silent longest first, and when one of them logged in last."""

    __slots__ = ("logged_in_at", "strangers")

    def __init__(self) -> None:
        self.strangers: dict[Wire, None] = {}
        self.logged_in_at = float("-inf")


class Strangers(Generic[Wire]):
    """All connections by descriptor, and the strangers among them by source. Times are monotonic seconds.

    `most` is how many connections there may be in all, 0 for any number. `ended` and `refused` count the
    strangers that were ended for others, or refused, as there were too many.
    """

    def __init__(self, most: int = 0) -> None:
        self.most = most
        share = max(most // STRANGERS_SHARE, 2) if most else MOST_STRANGERS
        self.most_strangers, self.most_silent = min(MOST_STRANGERS, share), min(MOST_SILENT, share)
        self._few = max(min(share // 32, _FEW), 1)
        self.ended = self.refused = 0
        self.silent = 0
        """Finished handshakes of which nothing has been read."""
        self._all: dict[int, Wire] = {}
        self._condemned: dict[Wire, None] = {}
        """Those that will be cut unless they have sent something already."""
        self._leaving: dict[int, Wire] = {}
        """Those that were cut, and are not closed yet."""
        self._closed: list[Peer] = []
        self._strangers: dict[Wire, None] = {}
        self._by_source: dict[str, _Source[Wire]] = {}
        self._by_size: dict[int, dict[str, None]] = {}
        self._largest = 0
        self._cost = 0

    def __len__(self) -> int:
        return len(self._strangers)

    @property
    def turned_out(self) -> int:
        """How many strangers were ended or refused as there were too many."""
        return self.ended + self.refused

    @property
    def connections(self) -> int:
        """How many connections there are, with those of users."""
        return len(self._all)

    def add(self, connection: Wire) -> None:
        """Take note of a new connection. If there are too many, it or another stranger is cut."""
        self._forget(connection.descriptor)
        self._all[connection.descriptor] = connection
        self._enter(connection)
        if self._too_many or 0 < self.most < len(self._all) - len(self._condemned):
            self._make_room(connection)

    def finish(self) -> None:
        """Take note that a stranger has finished its handshake."""
        self.silent += 1

    def remove(self, descriptor: int, *, finished: bool) -> None:
        """Take note that a descriptor is closed; `finished` tells whether its handshake was."""
        connection = self._forget(descriptor)
        if finished and (connection is None or connection.peer is None):
            self.silent -= 1
        if connection is not None and connection.peer is not None:
            self._closed.append(connection.peer)

    def take_closed(self) -> list[Peer]:
        """Return the peers whose connections were closed since the last call, of users too."""
        closed, self._closed = self._closed, []
        return closed

    def speak(self, descriptor: int, peer: Peer, now: float) -> Wire | None:
        """Return the connection of a peer whose first frame has come; None if it is closed already."""
        connection = self._all.get(descriptor)
        if connection is not None:
            if connection.peer is None:
                self.silent -= 1
                if connection in self._strangers or connection in self._condemned:
                    self._condemned.pop(connection, None)
                    self._renew(connection, now)
            connection.peer = peer
        return connection

    def is_cut(self, descriptor: int) -> bool:
        """Tell whether the connection of a descriptor was cut. What came on it just before is too late."""
        return descriptor in self._leaving

    def refuse(self, connection: Wire) -> None:
        """Cut a connection whose peer is not to be served."""
        self.refused += 1
        self._end(connection)

    def settle(self, connection: Wire, now: float) -> None:
        """Take note that the peer of a connection has logged in."""
        if connection in self._strangers:
            self._by_source[connection.source].logged_in_at = now
            self._leave(connection)

    def unsettle(self, connection: Wire, now: float) -> None:
        """Take note that the peer of a connection was given up: it is a stranger again."""
        if self._all.get(connection.descriptor) is connection and connection not in self._strangers:
            self._renew(connection, now)
            if self._too_many:
                self._make_room(connection)

    def expire(self, now: float) -> None:
        """Cut those who had time enough to log in. Who waits for an answer to their login has more of it."""
        overdue = []
        for connection in self._strangers:
            if connection.since > now - LOGIN_SECONDS:
                break
            overdue.append(connection)
        for connection in overdue:
            peer = connection.peer
            if peer is not None and (peer.waiting or peer.barred):
                self._renew(connection, now)
            else:
                self._end(connection)

    def trim(self, now: float, *, drained: bool) -> None:
        """Cut those who had to make room, and some if too many have been silent for long.

        `drained` tells that all they have sent has been read. Otherwise some only seem silent, and twice as
        many may stay.
        """
        if drained and self._condemned:
            condemned, self._condemned = self._condemned, {}
            for connection in condemned:
                self._end(connection)
        most = self.most_silent if drained else 2 * self.most_silent
        excess = self.silent - len(self._leaving) - most
        if excess <= 0:
            return
        silent = self._silent_for_long(now)
        excess = min(excess, sum(map(len, silent.values())) - most)  # those of a moment do not count
        largest_first = [(-len(self._by_source[source].strangers), source) for source in silent]
        heapify(largest_first)
        while excess > 0 and largest_first:
            size, source = heappop(largest_first)
            self.ended += 1
            self._end(silent[source].popleft())
            excess -= 1
            if silent[source]:
                heappush(largest_first, (size + 1, source))

    def _silent_for_long(self, now: float) -> dict[str, deque[Wire]]:
        """Return the strangers that `trim` may cut, by source, those silent longest first."""
        found: dict[str, deque[Wire]] = {}
        all_plain = self._cost == len(self)
        for stranger in self._strangers:
            if stranger.cost < ENCRYPTED_COST:
                if all_plain and now - stranger.since <= SHORT_PATIENCE_SECONDS:
                    break  # the others came later
                if not self._is_late(stranger, now):
                    continue
            if stranger.peer is None:
                found.setdefault(stranger.source, deque()).append(stranger)
        return found

    @property
    def _too_many(self) -> bool:
        return len(self) > self.most_strangers or self._cost > MOST_STRANGERS

    def _make_room(self, newcomer: Wire) -> None:
        """Cut one of the source with by far the most strangers, else one silent for long, else the newcomer.

        So a source that holds many connections takes none from others. If many log in at once, those who came
        first are served first.
        """
        own = self._by_source[newcomer.source]
        if self._largest >= 2 * len(own.strangers) + self._few:
            crowd = self._by_source[next(iter(self._by_size[self._largest]))]
            victim = next(iter(crowd.strangers))
        else:
            oldest = next(iter(self._strangers))
            waits = oldest.peer is not None and oldest.peer.waiting > 0
            victim = newcomer if waits or not self._is_late(oldest, newcomer.since) else oldest
        if victim is newcomer:
            self.refused += 1
        else:
            self.ended += 1
        self._leave(victim)
        self._condemned[victim] = None

    def _is_late(self, connection: Wire, now: float) -> bool:
        """Whether a stranger had time enough to say something."""
        recent = now - self._by_source[connection.source].logged_in_at <= _LOGIN_IS_RECENT
        return now - connection.since > (PATIENCE_SECONDS if recent else SHORT_PATIENCE_SECONDS)

    def _renew(self, connection: Wire, now: float) -> None:
        """Give a stranger the full time again."""
        self._leave(connection)
        connection.since = now
        self._enter(connection)

    def _end(self, connection: Wire) -> None:
        if connection.cut():
            self._leaving[connection.descriptor] = connection
        self._leave(connection)
        self._all.pop(connection.descriptor, None)

    def _forget(self, descriptor: int) -> Wire | None:
        """Forget a connection that is closed, and return it if it was known."""
        connection = self._all.pop(descriptor, None)
        if connection is not None:
            self._leave(connection)
            self._condemned.pop(connection, None)
        return self._leaving.pop(descriptor, None) or connection

    def _enter(self, connection: Wire) -> None:
        self._strangers[connection] = None
        self._cost += connection.cost
        found = self._by_source.get(connection.source)
        if found is None:
            found = self._by_source[connection.source] = _Source()
        same = found.strangers
        self._resize(connection.source, len(same), len(same) + 1)
        same[connection] = None

    def _leave(self, connection: Wire) -> None:
        if connection not in self._strangers:
            return
        del self._strangers[connection]
        self._cost -= connection.cost
        same = self._by_source[connection.source].strangers
        self._resize(connection.source, len(same), len(same) - 1)
        del same[connection]
        if not same:
            del self._by_source[connection.source]

    def _resize(self, place: str, before: int, after: int) -> None:
        """Keep the sources by how many strangers they have."""
        if before:
            of_size = self._by_size[before]
            del of_size[place]
            if not of_size:
                del self._by_size[before]
        if after:
            self._by_size.setdefault(after, {})[place] = None
        if after > self._largest or (self._largest == before and before not in self._by_size):
            self._largest = after
