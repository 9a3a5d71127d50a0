"""The user's own messages and amendments as entries: the broker answers them with their number only."""

from __future__ import annotations

from client.core.events import Sent
from messages.amendments import Delete, Edit, Pin, React
from messages.base import Request
from messages.events import AnyAmendment, Deleted, Edited, Message, Pinned, Reacted
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
            return Reacted(*place, request.seq, request.id, name, reply.at, request.reaction, request.on)
        case Pin():
            return Pinned(*place, request.seq, request.id, name, reply.at, request.on)
        case _:
            return None


def own_message(sent: Sent, reply: Accepted, name: str) -> Message:
    """Return an accepted message of this user."""
    request = sent.request
    return Message(
        reply.conversation,
        reply.seq,
        request.id,
        name,
        request.text,
        reply.at,
        request.reply_to or 0,
        files=tuple(upload.file for upload in sent.files),
    )
