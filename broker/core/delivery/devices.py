"""Telling a user's other sessions what one of them has done."""

from __future__ import annotations

import msgspec

from broker.core.context import Context
from broker.core.delivery.pages import position_of
from broker.core.memory.model import Conversation, Peer
from messages.events import Event, Moved


def tell_others(context: Context, event: Event) -> None:
    """Send an event to the user's other connections, as far as their clients know it."""
    context.outbox.send(_others(context), event)


def tell_position(context: Context, conversation: Conversation) -> None:
    """Send the user's position in a conversation to their other connections."""
    if others := _others(context):
        position = position_of(context, conversation, context.user)
        context.outbox.send(others, Moved(**msgspec.structs.asdict(position)))


def _others(context: Context) -> tuple[Peer, ...]:
    user = context.user
    if len(user.sessions) == 1:  # the usual case
        return ()
    return tuple(peer for peer in user.peers if peer is not context.peer and peer.amendments)
