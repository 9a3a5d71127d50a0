"""The limits that a client is told when it logs in."""

from __future__ import annotations

from broker.core.context import Context
from messages import limits
from messages.replies import Limits


def limits_of(context: Context) -> Limits:
    """Return the limits of this broker."""
    caps = context.limiter.caps
    return Limits(
        text=limits.MAX_TEXT,
        short_text=limits.MAX_SHORT_TEXT,
        name=limits.MAX_NAME,
        room=limits.MAX_ROOM,
        frame=limits.MAX_REQUEST_FRAME,
        documents=limits.MAX_REQUEST_DOCUMENTS,
        page=limits.MAX_PAGE,
        reactions=limits.MAX_OWN_REACTIONS,
        pins=limits.MAX_PINS,
        ignored=limits.MAX_IGNORED,
        rooms=caps.rooms_per_user,
        sessions=caps.sessions_per_user,
        typing=limits.TYPING_MEMBERS,
    )
