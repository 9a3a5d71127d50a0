"""Peers that do not read: nothing is sent to them until they are heard again or a retry is due."""

from __future__ import annotations

from broker.core.access.released_names import new_keys_since
from broker.core.context import Context
from broker.core.delivery.crowds import tell_count
from broker.core.delivery.ignoring import ignored_names
from broker.core.delivery.noticing import settings_besides_positions
from broker.core.delivery.pages import pages_of_positions
from broker.core.delivery.receipts import current_receipts
from broker.core.intervals import intervals, tell_intervals
from broker.core.memory.model import Peer
from broker.core.outbox import LogEvent
from messages.events import Ignoring, Intervals, Lagged
from messages.limits import CONFIRM_INTERVAL

RETRY_SECONDS = 1.0
"""The first retry follows after so long, each later one after twice as long, until the peer is heard."""

_SENT_SECONDS = 2.0  # a peer that lags again sooner has not got what `wake` sent


def lag(context: Context, peer: Peer) -> None:
    """Stop sending to a peer that does not read. A reply to it may be lost, so a retry follows."""
    if peer.lagging:
        return
    context.state.set_lagging(peer, True)
    if context.now.elapsed - peer.woken > _SENT_SECONDS:
        peer.lagged, peer.retry_seconds = context.now.at, RETRY_SECONDS
        context.outbox.log(LogEvent.LAGGING, name=peer.log_name, address=peer.location)
    context.state.lagging[peer] = context.now.elapsed + peer.retry_seconds
    peer.retry_seconds *= 2


def retries_due(context: Context) -> list[Peer]:
    """Return the lagging peers to retry now, and forget those that do not lag any more."""
    lagging, now = context.state.lagging, context.now.elapsed
    for peer in [peer for peer in lagging if peer not in context.state.peers or not peer.lagging]:
        del lagging[peer]
    return [peer for peer, due in lagging.items() if due <= now]


def wake(context: Context, peer: Peer) -> None:
    """Send its positions to a peer that lagged, for which it pays, and include it in deliveries again."""
    context.begin(peer)
    context.state.set_lagging(peer, False)
    peer.woken = context.now.elapsed
    if peer.session:
        for positions, more in pages_of_positions(context, peer.session.user):
            context.outbox.send((peer,), Lagged(positions, more))
        context.outbox.send((peer,), Ignoring(ignored_names(context, peer.session.user)))
        for setting in settings_besides_positions(context, peer.session.user, peer):
            context.outbox.send((peer,), setting)
        for receipt in current_receipts(context, peer.session.user):
            context.outbox.send((peer,), receipt)
        for notice in new_keys_since(context, peer.session.user, peer.lagged):
            context.outbox.send((peer,), notice)
        tell_count(context, peer)
        usual = context.settings.heartbeat
        if peer.heartbeat > usual or intervals(context, vouched=False) != Intervals(usual, CONFIRM_INTERVAL):
            tell_intervals(context, (peer,))
