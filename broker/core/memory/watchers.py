"""Who looks at the list of members of a large room, so that they are told of changes by name."""

from __future__ import annotations

from broker.core.memory.model import Peer, Room
from messages.limits import WATCH_SECONDS

WATCHED_CHANGES = 20
"""Changes a second, of one room, that the watchers are told of. The next page of the list has the others."""


class Watchers:
    """The connections that have asked for each room, and until when they are told (elapsed s).

    Each asks again while the list is shown. So nothing here must be undone if a batch cannot be stored.
    """

    def __init__(self) -> None:
        self._rooms: dict[Room, dict[Peer, float]] = {}
        self._told: dict[Room, tuple[int, int]] = {}
        """In which second the last change was told, and how many were told in it."""

    def add(self, room: Room, peer: Peer, now: float) -> None:
        """Take note that somebody looks at the list of a room."""
        self._rooms.setdefault(room, {})[peer] = now + WATCH_SECONDS

    def take(self, room: Room, now: float) -> list[Peer]:
        """Return the watchers who are told of a change in a room; none if there were many in this second."""
        watching = self._rooms.get(room)
        if watching is None:
            return []
        second, told = self._told.get(room, (0, 0))
        told = told + 1 if second == int(now) else 1
        self._told[room] = int(now), told
        if told > WATCHED_CHANGES:
            return []
        return [peer for peer, until in watching.items() if until > now and _gets(peer, room)]

    def forget(self, now: float) -> None:
        """Forget those who have not asked again."""
        for room, watching in [*self._rooms.items()]:
            kept = {peer: until for peer, until in watching.items() if until > now and _gets(peer, room)}
            if kept:
                self._rooms[room] = kept
            else:
                del self._rooms[room]
                self._told.pop(room, None)


def _gets(peer: Peer, room: Room) -> bool:
    return peer.session is not None and not peer.lagging and peer.session.user in room.members
