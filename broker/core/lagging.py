"""Peers that do not read: nothing is sent to them for a while, and then what they missed."""

from __future__ import annotations

from broker.core.access.released_names import new_keys_since
from broker.core.context import Context
from broker.core.delivery.pages import pages_of_positions
from broker.core.delivery.receipts import cursors, tell
from broker.core.intervals import intervals, tell_intervals
from broker.core.memory.model import Peer
from broker.core.outbox import LogEvent
from messages.events import Intervals, Lagged
from messages.limits import CONFIRM_INTERVAL

RETRY_SECONDS = 1.0
"""After so long a lagging peer is tried again, then after twice as long each time, until it is heard."""

_IN_VAIN_SECONDS = 2.0  # what is told a peer has left by then, or could not leave


def lag(context: Context, peer: Peer) -> None:
    """Take note that a peer does not read. A reply to it may be lost, so it is tried again by the clock."""
    if peer.lagging:
        return
    context.state.set_lagging(peer, True)
    if context.now.elapsed - peer.woken > _IN_VAIN_SECONDS:
        peer.lagged, peer.retry_seconds = context.now.at, RETRY_SECONDS
        context.outbox.note(LogEvent.LAGGING, name=peer.log_name, address=peer.location)
    context.state.lagging[peer] = context.now.elapsed + peer.retry_seconds
    peer.retry_seconds *= 2


def due_again(context: Context) -> list[Peer]:
    """Return the lagging peers that are to be tried again now."""
    lagging, now = context.state.lagging, context.now.elapsed
    for peer in [peer for peer in lagging if peer not in context.state.peers or not peer.lagging]:
        del lagging[peer]
    return [peer for peer, due in lagging.items() if due <= now]


def wake(context: Context, peer: Peer) -> None:
    """Send to a peer again that lagged, after telling it where the conversations are."""
    context.state.set_lagging(peer, False)
    peer.woken = context.now.elapsed
    if peer.session:
        for positions in pages_of_positions(context, peer.session.user):
            context.outbox.tell((peer,), Lagged(positions))
        tell(context, peer, cursors(context, peer.session.user))
        for notice in new_keys_since(context, peer.session.user, peer.lagged):
            context.outbox.tell((peer,), notice)
        usual = context.settings.heartbeat
        if peer.heartbeat > usual or intervals(context) != Intervals(usual, CONFIRM_INTERVAL):
            tell_intervals(context, (peer,))
