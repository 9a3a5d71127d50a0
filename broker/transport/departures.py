"""Peers that have gone: what the listeners and the connections have to know, and the core."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from broker.core.core import Core
from broker.core.memory.model import Peer
from broker.transport.connections import Connection
from broker.transport.listener import Caller
from broker.transport.strangers import Strangers


class Departures:
    """Removes peers from a core, or from the transport after the core has removed them."""

    def __init__(self, core: Core, strangers: Strangers[Connection]) -> None:
        self._core = core
        self._strangers = strangers
        self._closed: list[Peer] = []

    def lose_strangers(self) -> None:
        """Remove the peers that went without a login; all they had sent must have been read.

        They would count as connections until they time out. Users get this time to come back.
        """
        closed = [*self._closed, *self._strangers.take_closed()]
        if not closed:
            return
        self._closed = [peer for peer in closed if peer.waiting]
        lost = [peer for peer in closed if not (peer.waiting or peer.session) and peer in self._core.peers]
        for peer in lost:
            caller = cast("Caller", peer)
            caller.listener.forget(caller)
        self._core.lose(lost, "connection lost")

    def forget(self, gone: Iterable[Peer], now: float) -> None:
        """Forget the peers that the core has removed at `now` (monotonic seconds)."""
        for peer in gone:
            if peer not in self._core.peers:  # else the store failed, and the peer did not leave
                caller = cast("Caller", peer)
                caller.listener.forget(caller)
                if caller.connection is not None:
                    self._strangers.unsettle(caller.connection, now)
