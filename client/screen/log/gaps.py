"""What the log says of entries that are not here."""

from __future__ import annotations

from client.text.times import local_time
from messages.events import Message


def gap_text(gap: tuple[int, int], before: Message | None, behind: object, *, refused: bool) -> str:
    """Return what is known of a gap between two entries: how many, which, and of which time."""
    first, last = gap
    which = f"{first:,} to {last:,}" if last > first else f"{first:,}"
    if isinstance(behind, Message) and before is not None:
        since, until = local_time(before.at), local_time(behind.at)
        day = "%H:%M" if since.date() == until.date() else "%Y-%m-%d %H:%M"
        which += f", from {since:{day}} to {until:{day}}"
    why = "were refused by the broker" if refused else "are not here yet"
    return f"{last - first + 1:,} {why}: {which}"
