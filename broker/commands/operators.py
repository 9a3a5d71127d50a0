"""Commands for whoever runs the broker."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.limits import cap_change
from broker.core.model import Session
from broker.core.outbox import Fact
from broker.core.registry import Registry
from messages.replies import Done
from messages.requests import Debug

registry = Registry()


@registry.command(Debug, "have the broker print its connections on its terminal", noted=False, cap=cap_change)
def debug(context: Context, request: Debug) -> Done:
    """Write the table to the broker's log; nothing of it reaches the client."""
    rows = [_row(context, session) for session in context.state.sessions.values()]
    context.outbox.note(Fact.CONNECTIONS, name=context.user.name, rows=rows)
    return Done(request.id)


def _row(context: Context, session: Session) -> dict[str, object]:
    """Return a connection's line; `queue` counts what was accepted for it and is not yet confirmed."""
    user, peer = session.user, session.peer
    conversations = user.conversations.values()
    return {
        "name": user.name,
        "address": peer.place if peer else "(lost)",
        "rooms": " ".join(sorted(c.seen_by(user) for c in conversations if c.id.startswith("#"))),
        "queue": sum(c.head - c.members[user].delivered for c in conversations),
        "idle": int(context.now.elapsed - user.active),
    }
