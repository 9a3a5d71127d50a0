"""Entries that are not here: what the log says of them, and what to get so that nothing moves."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import NamedTuple

from client.screen.log.transcript import Transcript
from client.text.times import local_time
from messages.events import Message


class Wish(NamedTuple):
    """Messages that the view could show soon: before or after a seq, or the last ones without either."""

    before: int | None = None
    after: int | None = None


def fills(transcript: Transcript, near: range, anchor: int) -> set[Wish]:
    """Return what fills the gaps in front of the entries with the indices `near`.

    The entry with the index `anchor` stays in place on the screen. So a gap before it is filled from its own
    end, and one behind it from its beginning.
    """
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for (_, last), (begin, _) in pairwise(transcript.timeline.known):
        index = bisect_left(transcript.keys, (begin, 0))
        if index in near and index <= anchor:
            before[index] = begin
        elif index in near:
            after.setdefault(index, last)
    return {Wish(before=seq) for seq in before.values()} | {Wish(after=seq) for seq in after.values()}


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
