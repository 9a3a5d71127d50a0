"""The connections on which nobody has logged in: how many there may be, and which of them are ended.

A connection is a stranger from when it is accepted until its peer logs in. It knows no socket: `cut` of a
Connection ends one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from broker.core.memory.model import Peer

LOGIN_SECONDS = 20.0
"""A stranger has this long to log in; thousands of handshakes at once take half of it."""

PATIENCE_SECONDS, SHORT_PATIENCE_SECONDS = 3.0, 1.0
"""If there are too many strangers of one source, those silent for longer than this go first.

The longer one holds if somebody of the source has logged in within the last second, as after a restart of the
broker: then the others are about to do so.
"""

MOST_STRANGERS = 2_048
"""How many there may be with enough open files. Each takes up to 30 KB, and more could guess at more ids."""

STRANGERS_SHARE = 4
"""At most one in so many of the connections that there may be is a stranger."""

_LOGIN_IS_RECENT = 1.0  # seconds

_FEW = 8  # strangers of a source that are no sign of an attack


class Cuttable(Protocol):
    """A connection as far as this module needs one."""

    descriptor: int
    source: str
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
    """All connections by descriptor, and the strangers among them by source, those silent longest first.

    `most` is how many connections there may be in all, 0 for any number. `ended` and `refused` count
    the strangers that were ended for others, or refused, as there were too many; `late` those who did not log
    in within LOGIN_SECONDS.
    """

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self.most_strangers = min(MOST_STRANGERS, max(most // STRANGERS_SHARE, 2)) if most else MOST_STRANGERS
        self.ended = self.refused = self.late = 0
        self._all: dict[int, Wire] = {}
        self._strangers: dict[Wire, None] = {}
        self._by_source: dict[str, _Source[Wire]] = {}
        self._by_size: dict[int, dict[str, None]] = {}
        self._largest = 0

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
        self.remove(connection.descriptor)
        self._all[connection.descriptor] = connection
        self._enter(connection)
        if len(self) > self.most_strangers or 0 < self.most < len(self._all):
            self._make_room(connection)

    def remove(self, descriptor: int) -> None:
        """Take note that a descriptor is closed."""
        connection = self._all.pop(descriptor, None)
        if connection is not None:
            self._leave(connection)

    def speak(self, descriptor: int, peer: Peer, now: float) -> Wire | None:
        """Return the connection of a peer whose first frame has come; None if it is closed already."""
        connection = self._all.get(descriptor)
        if connection is not None:
            first = connection.peer is None
            connection.peer = peer
            if first and connection in self._strangers:
                self._renew(connection, now)
        return connection

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
            if len(self) > self.most_strangers:
                self._make_room(connection)

    def expire(self, now: float) -> None:
        """Cut those who had time enough to log in. Who waits for an answer to their login has more of it."""
        for connection in list(self._overdue(now - LOGIN_SECONDS)):
            peer = connection.peer
            if peer is not None and (peer.waiting or peer.barred):
                self._renew(connection, now)
            else:
                self.late += 1
                self._end(connection)

    def _overdue(self, before: float) -> Iterator[Wire]:
        for connection in self._strangers:
            if connection.since > before:
                return
            yield connection

    def _make_room(self, newcomer: Wire) -> None:
        """Cut one of the source with by far the most strangers, else one silent for long, else the newcomer.

        So a source that holds many connections takes none from others. If many log in at once, those who came
        first are served first.
        """
        own = self._by_source[newcomer.source]
        if self._largest >= 2 * len(own.strangers) + _FEW:
            crowd = self._by_source[next(iter(self._by_size[self._largest]))]
            victim = next(iter(crowd.strangers))
        else:
            oldest, now = next(iter(own.strangers)), newcomer.since
            recent = now - own.logged_in_at <= _LOGIN_IS_RECENT
            patience = PATIENCE_SECONDS if recent else SHORT_PATIENCE_SECONDS
            waits = oldest.peer is not None and oldest.peer.waiting > 0
            victim = newcomer if waits or now - oldest.since <= patience else oldest
        if victim is newcomer:
            self.refused += 1
        else:
            self.ended += 1
        self._end(victim)

    def _renew(self, connection: Wire, now: float) -> None:
        """Give a stranger the full time again."""
        self._leave(connection)
        connection.since = now
        self._enter(connection)

    def _end(self, connection: Wire) -> None:
        connection.cut()
        self.remove(connection.descriptor)

    def _enter(self, connection: Wire) -> None:
        self._strangers[connection] = None
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
