"""Peers that do not read: nothing is sent to them until they are heard again."""

from __future__ import annotations

from broker.core.access.released_names import new_keys_since
from broker.core.context import Context
from broker.core.delivery.pages import pages_of_positions
from broker.core.delivery.receipts import current_receipts
from broker.core.intervals import intervals, tell_intervals
from broker.core.memory.model import Peer
from broker.core.outbox import LogEvent
from messages.events import Intervals, Lagged
from messages.limits import CONFIRM_INTERVAL


def lag(context: Context, peer: Peer) -> None:
    """Stop sending to a peer that does not read."""
    if not peer.lagging:
        context.state.set_lagging(peer, True)
        peer.lagged = context.now.at
        context.outbox.log(LogEvent.LAGGING, name=peer.log_name, address=peer.location)


def wake(context: Context, peer: Peer) -> None:
    """Send its positions to a peer that lagged, and include it in deliveries again."""
    context.state.set_lagging(peer, False)
    if peer.session:
        for positions in pages_of_positions(context, peer.session.user):
            context.outbox.send((peer,), Lagged(positions))
        for receipt in current_receipts(context, peer.session.user):
            context.outbox.send((peer,), receipt)
        for notice in new_keys_since(context, peer.session.user, peer.lagged):
            context.outbox.send((peer,), notice)
        usual = context.settings.heartbeat
        if peer.heartbeat > usual or intervals(context) != Intervals(usual, CONFIRM_INTERVAL):
            tell_intervals(context, (peer,))
