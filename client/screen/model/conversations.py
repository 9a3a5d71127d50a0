"""The list of the conversations, as rows."""

from __future__ import annotations

from client.screen.tones import BOLD, CHOSEN, DIM, PLAIN, WAITS, Row
from client.views.conversations import QUIET, Conversations
from messages.notices import NoticeLevel
from messages.rows import prefix, width
from messages.text import reveal

_LEAST_TELLING = 4
"""The least rows of a list that says how many conversations are above and below it."""

_DRAFT = "✎"


class ConversationList(Conversations):
    """The conversations, and the rows that show them."""

    def rows(self, names: list[str], here: str, columns: int, height: int) -> list[Row]:
        """Return the rows of the list. The first and the last say how many others are not shown."""
        ordered, named = self.ordered(names), self.shown(names, here, height)
        shown = [self._row(name, name == here, columns - 1) for name in named]
        first = ordered.index(named[0]) if named else 0
        if height >= _LEAST_TELLING and first:
            shown[0] = self._others("↑", ordered[: first + 1], columns - 1)
        if height >= _LEAST_TELLING and first + height < len(ordered):
            shown[-1] = self._others("↓", ordered[first + height - 1 :], columns - 1)
        blank: Row = [(" " * (columns - 1), PLAIN)]
        return [[*row, ("│", DIM)] for row in [*shown, *[blank] * (height - len(shown))]]

    def shown(self, names: list[str], here: str, height: int) -> list[str]:
        """Return the conversations in so many rows: those around the present one if there are many."""
        ordered = self.ordered(names)
        at = ordered.index(here) if here in ordered else 0
        first = min(max(at - height + 1 + (height >= _LEAST_TELLING), 0), max(len(ordered) - height, 0))
        return ordered[first : first + height]

    def _others(self, sign: str, names: list[str], columns: int) -> Row:
        """Return a row that stands for those above or below what is shown."""
        waits = sum(self.rank(name)[0] < QUIET for name in names)
        text = f" {sign} {len(names):,} more" + (f", {waits:,} unread" if waits else "")
        return [(prefix(text, columns).ljust(columns), WAITS if waits else DIM)]

    def _row(self, name: str, chosen: bool, columns: int) -> Row:
        waiting = self.of(name)
        rank = self.rank(name)[0]
        count = waiting.shown
        if waiting.mentioned and not name.startswith("@"):
            count = f"@{waiting.mentioned} {count}"
        count = f"{_DRAFT if name in self.drafts else ''}{count}"
        room = max(columns - len(count) - 2, 1)
        text = reveal(name)
        text = text if width(text) <= room else f"{prefix(text, room - 1)}…"
        tone = DIM if waiting.level is NoticeLevel.NONE else (WAITS, BOLD, PLAIN)[rank]
        lead, blank = "!" if rank == 0 else " ", " " * (room - width(text) + 1)
        tone = CHOSEN if chosen else tone
        return [(lead + text, tone), (blank + count, tone)]
