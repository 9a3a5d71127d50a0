"""The user's own amendments as entries: the broker answers them with their number, and sends no event."""

from __future__ import annotations

from messages.amendments import Delete, Edit, Pin, React
from messages.base import Request
from messages.events import AnyAmendment, Deleted, Edited, Pinned, Reacted
from messages.replies import Accepted


def own_amendment(request: Request, reply: Accepted, name: str, user_id: int) -> AnyAmendment | None:
    """Return the amendment that an accepted request of this user has made; None if it makes none."""
    place = reply.conversation, reply.seq
    match request:
        case Edit():
            return Edited(*place, request.seq, request.id, name, reply.at, request.text, sender_id=user_id)
        case Delete():
            return Deleted(*place, request.seq, request.id, name, reply.at, sender_id=user_id)
        case React():
            what = request.reaction, request.on
            return Reacted(*place, request.seq, request.id, name, reply.at, *what, sender_id=user_id)
        case Pin():
            return Pinned(*place, request.seq, request.id, name, reply.at, request.on, sender_id=user_id)
        case _:
            return None
