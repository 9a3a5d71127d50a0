"""The user's own messages and amendments as entries: the broker answers them with their number only."""

from __future__ import annotations

from client.core.events import Sent
from messages.amendments import Delete, Edit, Pin, React
from messages.base import Request
from messages.events import AnyAmendment, Deleted, Edited, Message, Pinned, Reacted
from messages.replies import Accepted


def own_message(sent: Sent, reply: Accepted, name: str, user_id: int, *, bot: bool, guest: bool) -> Message:
    """Return an accepted message of this user."""
    request = sent.request
    return Message(
        *(reply.conversation, reply.seq, reply.re, name, request.text, reply.at, request.reply_to or 0),
        mentions=reply.mentions,
        everyone=reply.everyone,
        bot=bot,
        guest=guest,
        files=tuple(upload.file for upload in sent.files),
        sender_id=user_id,
    )


def own_amendment(request: Request, reply: Accepted, name: str, user_id: int) -> AnyAmendment | None:
    """Return the amendment that an accepted request of this user has made; None if it makes none."""
    place = reply.conversation, reply.seq
    match request:
        case Edit():
            entry = *place, request.seq, request.id, name, reply.at, request.text
            return Edited(*entry, reply.mentions, reply.everyone, sender_id=user_id)
        case Delete():
            return Deleted(*place, request.seq, request.id, name, reply.at, sender_id=user_id)
        case React():
            base = *place, request.seq, request.id, name, reply.at
            return Reacted(*base, request.reaction, request.on, reply.tenth, sender_id=user_id)
        case Pin():
            return Pinned(*place, request.seq, request.id, name, reply.at, request.on, sender_id=user_id)
        case _:
            return None
