"""The user's own amendments as entries: the broker answers them with their number, and sends no event."""

from __future__ import annotations

from messages.amendments import Delete, Edit, Pin, React
from messages.base import Request
from messages.events import AnyAmendment, Deleted, Edited, Pinned, Reacted
from messages.replies import Accepted


def own_amendment(request: Request, reply: Accepted, name: str) -> AnyAmendment | None:
    """Return the amendment that an accepted request of this user has made; None if it makes none."""
    place = reply.conversation, reply.seq
    match request:
        case Edit():
            return Edited(*place, request.seq, request.id, name, reply.at, request.text)
        case Delete():
            return Deleted(*place, request.seq, request.id, name, reply.at)
        case React():
            base = (*place, request.seq, request.id, name, reply.at)
            return Reacted(*base, request.reaction, request.on, reply.tenth)
        case Pin():
            return Pinned(*place, request.seq, request.id, name, reply.at, request.on)
        case _:
            return None
