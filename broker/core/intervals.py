"""The intervals of clients' pings and confirms: the more peers are connected, the longer these are."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.memory.model import Peer
from messages.events import Intervals
from messages.limits import CONFIRM_INTERVAL

CROWD = 1_000
"""If more peers than this are connected, their heartbeat interval grows in proportion.

By default all of them together send 67 signs of life a second, or up to a quarter more until the next update.
"""

BEHIND_GATEWAY = 4
"""The heartbeat interval of people behind a gateway is so many times that of others.

A gateway holds many connections in one process, and most of its idle time goes into their signs of life.
"""

CONFIRMS = 2_000
"""The most rounds of confirms a second for all connected peers together."""

GROWN = 1.25
"""The intervals are sent again if the number of peers has grown by this factor since they were last sent.

They are also sent again if the number has halved.
"""


class IntervalUpdates:
    """Remembers the number of peers at the last update."""

    def __init__(self) -> None:
        self._peers = 0

    def update(self, context: Context) -> None:
        """Send the intervals to all users if the number of peers has changed by much since the last update.

        Peers that connected early know the intervals for fewer peers.
        """
        count, least = len(context.state.peers), min(CROWD, CONFIRMS * CONFIRM_INTERVAL // 1000)
        earlier = max(self._peers, least)
        if count < GROWN * earlier and (earlier == least or count > earlier // 2):
            return
        context.state.changes.set(self, "_peers", count)
        tell_intervals(context, context.state.lobby.peers)


def tell_intervals(context: Context, peers: tuple[Peer, ...]) -> None:
    """Send peers their intervals. A heartbeat never becomes shorter, as some clients ignore the event."""
    for vouched in (False, True):
        told = tuple(peer for peer in peers if peer.vouched is vouched)
        asked = intervals(context, vouched=vouched)
        for peer in told:
            peer.heartbeat = max(peer.heartbeat, asked.heartbeat)
        context.outbox.send(told, asked)


def intervals(context: Context, *, vouched: bool) -> Intervals:
    """Return the intervals for the present number of peers: for people behind a gateway, or for others."""
    count, usual = len(context.state.peers), context.settings.heartbeat
    return Intervals(heartbeat(usual * (BEHIND_GATEWAY if vouched else 1), count), confirm_interval(count))


def heartbeat(usual: int, peers: int) -> int:
    """Return the heartbeat interval (ms) for a number of peers; for few peers it is `usual`."""
    return usual * max(CROWD, peers) // CROWD


def confirm_interval(peers: int) -> int:
    """Return the shortest interval (ms) between two rounds of confirms, for a number of peers."""
    return max(CONFIRM_INTERVAL, peers * 1000 // CONFIRMS)
