"""What people with roles did, and all did with their own keys, kept for the operators of the broker."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.moderation import Deed
from broker.core.moderation.durations import span
from broker.core.outbox import LogEvent

MOST_DEEDS = 10_000
"""The latest so many deeds in the whole chat are kept, as many in rooms, and as many with one's own keys.

Anybody can be busy with what is theirs, but what the broker's operators did is not forgotten for it.
"""

OWN = frozenset({"link", "revoke", "set-password", "clear-password"})
"""What people do to their own keys and passwords."""


def record(
    context: Context,
    deed: str,
    whom: str = "",
    room: str = "",
    reason: str = "",
    until: int = 0,
    *,
    by: str | None = None,
) -> None:
    """Keep what the asking user, or one who is just logging in, has done, and have the log tell it."""
    state, by = context.state, context.user.name if by is None else by
    deeds = state.facts.of(Deed)
    number = deeds[max(deeds)].number + 1 if deeds else 1
    kind = _kind(deed, room)
    alike = [key for key, earlier in deeds.items() if _kind(earlier.deed, earlier.room) == kind]
    if len(alike) >= MOST_DEEDS:
        state.drop(deeds[min(alike)])
    state.keep(Deed(number, context.now.at, by, deed, whom, room, until, reason))
    place = f" in {room}" if room else ""
    length = f" {span(until, context.now.at)}" if until else ""
    text = f"{deed}{whom and f' {whom}'}{place}{length}{f': {reason}' if reason else ''}"
    context.outbox.note(LogEvent.DEED, name=by, deed=deed, whom=whom, room=room, until=until, text=text)


def _kind(deed: str, room: str) -> str:
    """Return with which other deeds one shares a limit."""
    return "room" if room else "own" if deed in OWN else "chat"
