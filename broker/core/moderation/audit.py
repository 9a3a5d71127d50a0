"""The audit log, for operators of the broker: what people with roles did, and all with their own keys."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.moderation import AuditRecord
from broker.core.moderation.durations import duration_text
from broker.core.outbox import LogEvent

MOST_AUDITED = 10_000
"""The latest so many entries about the whole chat are kept, as many about rooms, and as many about own keys.

Anybody can be busy with what is theirs, but what the broker's operators did is not forgotten for it.
"""

OWN = frozenset({"link", "revoke", "set-password", "clear-password"})
"""What people do to their own keys and passwords."""


def record(
    context: Context,
    action: str,
    target: str = "",
    room: str = "",
    reason: str = "",
    until: int = 0,
    *,
    by: str | None = None,
) -> None:
    """Keep what the asking user, or one who is just logging in, has done, and have the log tell it."""
    state, by = context.state, context.user.name if by is None else by
    log = state.facts.of(AuditRecord)
    number = log[max(log)].number + 1 if log else 1
    kind = _kind(action, room)
    alike = [key for key, earlier in log.items() if _kind(earlier.action, earlier.room) == kind]
    if len(alike) >= MOST_AUDITED:
        state.facts.drop(log[min(alike)])
    state.facts.keep(AuditRecord(number, context.now.at, by, action, target, room, until, reason))
    place = f" in {room}" if room else ""
    length = f" {duration_text(until, context.now.at)}" if until else ""
    text = f"{action}{target and f' {target}'}{place}{length}{f': {reason}' if reason else ''}"
    context.outbox.log(
        LogEvent.AUDIT, name=by, action=action, target=target, room=room, until=until, text=text
    )


def _kind(action: str, room: str) -> str:
    """Return with which other entries an action shares a limit."""
    return "room" if room else "own" if action in OWN else "chat"
