"""What people with roles did, kept for the operators of the broker."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.outbox import Told
from broker.core.rulings import Deed
from broker.core.spans import span

MOST_DEEDS = 10_000
"""The latest so many deeds in the whole chat are kept, and as many in rooms: anybody can be busy in a room of
their own, but what the broker's operators did is not forgotten for it.
"""


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
    alike = [key for key, earlier in deeds.items() if bool(earlier.room) is bool(room)]
    if len(alike) >= MOST_DEEDS:
        state.drop(deeds[min(alike)])
    state.keep(Deed(number, context.now.at, by, deed, whom, room, until, reason))
    place = f" in {room}" if room else ""
    length = f" {span(until, context.now.at)}" if until else ""
    text = f"{deed} {whom}{place}{length}{f': {reason}' if reason else ''}"
    context.outbox.note(Told.DEED, name=by, deed=deed, whom=whom, room=room, until=until, text=text)
