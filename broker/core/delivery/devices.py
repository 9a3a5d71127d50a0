"""Telling a user's other sessions what one of them has done."""

from __future__ import annotations

import msgspec

from broker.core.context import Context
from broker.core.delivery.pages import position_of
from broker.core.memory.model import Conversation, Peer
from messages.events import Event, Moved

UNREAD_PER_TOKEN = 2_000
"""Unread messages, counted for a user's other sessions, that cost as much as a request: 0.4 ms."""


def tell_others(context: Context, event: Event) -> None:
    """Send an event to the user's other connections, as far as their clients know it."""
    context.outbox.send(_others(context), event)


def tell_position(context: Context, conversation: Conversation) -> None:
    """Send the user's position in a conversation to their other connections. Many unread messages cost more.

    A `confirm` costs a tenth of a request otherwise, and comes four times a second from each device.
    """
    if others := _others(context):
        position = position_of(context, conversation, context.user)
        context.limiter.charge(context.peer, position.unread / UNREAD_PER_TOKEN, context.now.elapsed)
        context.outbox.send(others, Moved(**msgspec.structs.asdict(position)))


def _others(context: Context) -> tuple[Peer, ...]:
    user = context.user
    if len(user.sessions) == 1:  # the usual case
        return ()
    return tuple(peer for peer in user.peers if peer is not context.peer and peer.amendments)
