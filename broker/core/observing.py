"""A look at all connections for an operator's screen, in steps, as there may be many thousands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import nsmallest
from typing import Any, TypeVar

from broker.core.context import Context
from broker.core.memory.model import Peer
from messages.observing import PeerOrder

STEP = 250
"""Connections or entries that one step looks at, in a fraction of a millisecond."""

NOTE_SECONDS = 1.0
"""Which connections are busy is found out anew after this time at the earliest, also if several look."""

_Item = TypeVar("_Item")


class Census:
    """Counts the connections, and finds those that come first in an order."""

    def __init__(self, context: Context, order: PeerOrder, find: str, most: int) -> None:
        self._context = context
        self._key = _KEYS[order]
        self._find = find.casefold()
        self._most = most
        self.first: list[Peer] = []
        self.connections = self.lagging = self.throttled = self.barred = self.matching = 0

    def steps(self) -> Iterator[bool]:
        """Look at some connections at each step. The channel's own ones do not count."""
        notes = self._context.now.elapsed - self._context.noted_at >= NOTE_SECONDS
        if notes:
            self._context.noted_at = self._context.now.elapsed
        found = [peer for peer in self._context.state.peers if not peer.admin]
        for start in range(0, len(found), STEP):
            some = found[start : start + STEP]
            if notes:
                for peer in some:
                    peer.recent, peer.noted = peer.requests - peer.noted, peer.requests
            self._count(some)
            yield False

    def _count(self, some: list[Peer]) -> None:
        now = self._context.now.elapsed
        self.connections += len(some)
        self.lagging += sum(peer.lagging for peer in some)
        self.throttled += sum(is_throttled(peer, now) for peer in some)
        self.barred += sum(peer.barred for peer in some)
        if self._find:
            some = [peer for peer in some if self._find in f"{_name(peer)} {peer.location}".casefold()]
        self.matching += len(some)
        self.first = nsmallest(self._most, [*self.first, *some], self._key)


def is_throttled(peer: Peer, now: float) -> bool:
    """Return whether a connection's requests are refused, as there are too many of them."""
    return peer.held_until > now


def latest(
    items: Iterable[_Item], most: int, number: Callable[[_Item], int], into: list[_Item]
) -> Iterator[bool]:
    """Put the items with the highest numbers into a list, the highest first. Look at some at each step."""
    found = list(items)
    for start in range(0, len(found), STEP):
        into[:] = nsmallest(most, [*into, *found[start : start + STEP]], lambda one: -number(one))
        yield False


def _name(peer: Peer) -> str:
    return peer.session.user.name if peer.session else ""


def _trouble(peer: Peer) -> int:
    return 4 * peer.barred + 2 * peer.lagging + (peer.held_until > peer.heard)


def _active(peer: Peer) -> float:
    return peer.session.user.active if peer.session else peer.heard


_KEYS: dict[PeerOrder, Callable[[Peer], Any]] = {
    PeerOrder.BUSY: lambda peer: (-peer.recent, peer.number),
    PeerOrder.TROUBLED: lambda peer: (-_trouble(peer), -peer.recent, peer.number),
    PeerOrder.IDLE: lambda peer: (_active(peer), peer.number),
    PeerOrder.NEWEST: lambda peer: -peer.number,
    PeerOrder.NAME: lambda peer: (peer.session is None, _name(peer).casefold(), peer.number),
    PeerOrder.ADDRESS: lambda peer: (peer.location, _name(peer).casefold(), peer.number),
}
