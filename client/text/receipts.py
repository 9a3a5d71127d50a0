"""The receipts of a sent message in full, for `/receipts`."""

from __future__ import annotations

from client.core.events import Sent
from messages.text import neutralise

_MOST_NAMES = 10


def receipts_text(sent: Sent) -> str:
    """Return a message's conversation, seq, state and beginning, with the names in its receipts."""
    where = f"{sent.conversation} {sent.seq}" if sent.accepted else sent.request.to
    names = _names("got by", sent.delivered_to) + _names("read by", sent.read_by)
    if sent.conversation.startswith("@"):
        names = ""
    return neutralise(f"{where}: {sent.state}{names}: {sent.excerpt}")


def _names(what: str, users: set[str]) -> str:
    shown = sorted(users)[:_MOST_NAMES]
    more = f" and {len(users) - len(shown)} others" if len(users) > len(shown) else ""
    return f"; {what} {', '.join(shown)}{more}" if users else ""
