"""Whether a message mentions the person."""

from __future__ import annotations

from client.core.words import mentions
from messages.events import Message

MENTION = "mention"
"""The ability of a broker that finds mentions. For others the client looks for the name itself."""


def mentions_user(message: Message, name: str, *, found: bool) -> bool:
    """Return whether a message mentions the user of this name, or everyone."""
    if found:
        return message.everyone or name in message.mentions
    return mentions(message.text, name)
