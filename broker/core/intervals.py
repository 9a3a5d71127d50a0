"""In which intervals clients ping and confirm: the more are connected, the longer these are."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.memory.model import Peer
from messages.events import Intervals
from messages.limits import CONFIRM_INTERVAL

CROWD = 1_000
"""Where more are connected than this, they are asked for signs of life more seldom, in proportion.

By default all of them together give 67 a second, or up to a quarter more until they are told anew.
"""

CONFIRMS = 2_000
"""Rounds of confirms a second that all who are connected are asked for together, at most."""

GROWN = 1.25
"""All are told anew how fast to go once so many times as many are connected as when they were told last.

So they are once only half as many are.
"""


class IntervalUpdates:
    """Remembers for how many peers all were last told their intervals."""

    def __init__(self) -> None:
        self._told = 0

    def update(self, context: Context) -> None:
        """Tell all their intervals if the number of peers has changed by much since they were last told.

        Peers who came early know the intervals of a small crowd.
        """
        count, least = len(context.state.peers), min(CROWD, CONFIRMS * CONFIRM_INTERVAL // 1000)
        told = max(self._told, least)
        if count < GROWN * told and (told == least or count > told // 2):
            return
        context.state.changes.set(self, "_told", count)
        tell_intervals(context, context.state.lobby.peers)


def tell_intervals(context: Context, peers: tuple[Peer, ...]) -> None:
    """Tell peers how fast to go. Whoever was let off signs of life stays so: not all clients know of this."""
    asked = intervals(context)
    for peer in peers:
        peer.heartbeat = max(peer.heartbeat, asked.heartbeat)
    context.outbox.send(peers, asked)


def intervals(context: Context) -> Intervals:
    """Return how fast clients are to go, as many as there are now."""
    count = len(context.state.peers)
    return Intervals(heartbeat(context.settings.heartbeat, count), confirm_interval(count))


def heartbeat(usual: int, peers: int) -> int:
    """Return in what intervals (ms) each of so many peers is to be heard, where few are in `usual` ones."""
    return usual * max(CROWD, peers) // CROWD


def confirm_interval(peers: int) -> int:
    """Return how many milliseconds each of so many peers is to leave between two rounds of confirms."""
    return max(CONFIRM_INTERVAL, peers * 1000 // CONFIRMS)
