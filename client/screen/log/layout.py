"""Which rows of a transcript are shown. Only what is shown, or is scrolled past, is ever laid out.

The place of the view is an entry and a row of it, not a row of the whole log. So nothing moves when older
messages come in front of it, when others are dropped far away, or when the width changes.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from client.screen.log.blocks import Block, Blocks, Entry
from client.screen.log.gaps import Wish, fills
from client.screen.log.selecting import highlighted
from client.screen.log.transcript import Key, Transcript
from client.screen.settings.times import Times
from client.screen.tones import Row
from messages.events import Message

_MOST_BLOCKS = 2_000
_NEAR = 30
"""If fewer entries are before the view or behind it, others are wanted."""


class Top(NamedTuple):
    """The first row of the view: a row of an entry, counted from the first one behind what leads up to it."""

    key: Key
    row: int


class Layout:
    """The rows of a transcript at a size."""

    def __init__(self, transcript: Transcript, *, finds_mentions: bool = True) -> None:
        self.transcript = transcript
        self.top: Top | None = None
        """The first row of the view; None while the view stays at the end."""
        self.columns = self.height = 0
        self.numbers = False
        self.has_more_below = False
        """Whether something comes behind the last row of a view that does not stay at the end."""
        self.times = Times.MINUTES
        self.wishes: set[Wish] = set()
        """The messages that the last view wants."""
        self.bottom = 0
        """The seq of the last entry of which something was shown in the last view."""
        self.last_shown = 0
        """The last seq of which the end was shown in the last view."""
        self.chosen: Key | None = None
        """The message that the person has selected."""
        self.marked: set[Key] = set()
        self.finds_mentions = finds_mentions
        self._blocks = Blocks(0, "")
        self._made: tuple[object, ...] = ()
        self._cache: dict[Key, tuple[Entry, Block]] = {}

    def view(self, columns: int, height: int) -> list[Row]:
        """Return the rows to show, from the top, at most `height`."""
        before = self.columns, self.height
        self.resize(columns, height)
        if before != (columns, height):
            self._resettle()
        rows = self._from_top(self.top) if self.top else None
        return self._at_end() if rows is None else rows

    def resize(self, columns: int, height: int) -> None:
        """Take the size of the view."""
        self.columns, self.height = columns, height
        me = self.transcript.me
        made = columns, me, self.numbers, self.times
        if made != self._made:
            self._made = made
            self._blocks = Blocks(columns, me, numbers=self.numbers, times=self.times)
            self._cache.clear()
        if len(self._cache) > _MOST_BLOCKS:
            self._cache.clear()

    def _resettle(self) -> None:
        """In a new size, show the chosen message still; stay at the end if that is shown now."""
        top = self.top
        if self.chosen is not None:
            self.reveal(self.chosen)
        elif top is not None:
            self.release()
            self.top = self.top and top

    @property
    def stays_at_end(self) -> bool:
        """Whether new messages scroll the view."""
        return self.top is None

    def scroll(self, rows: int) -> None:
        """Scroll down by some rows; up if negative."""
        keys = self.transcript.keys
        if not keys or not self.height:
            return
        index, row = self._place(self.top or self._end_top())
        row += rows
        while row < 0 and index > 0:
            index -= 1
            row += self._count(index)
        while row >= (count := self._count(index)) and index + 1 < len(keys):
            row -= count
            index += 1
        self._go(index, max(row, 0))

    def show(self, key: Key) -> None:
        """Scroll so that an entry is the first one shown, or one after it if it is gone."""
        keys = self.transcript.keys
        if keys:
            self._go(min(bisect_left(keys, key), len(keys) - 1), 0)

    def key_at(self, row: int) -> Key | None:
        """Return the entry of which a row is shown, counted from the first row of the view."""
        keys = self.transcript.keys
        if not keys or row < 0:
            return None
        index, skipped = self._place(self.top or self._end_top())
        left = row + skipped
        while index < len(keys) and left >= self._count(index):
            left -= self._count(index)
            index += 1
        return keys[index] if index < len(keys) else None

    def go_to(self, key: Key) -> None:
        """Show an entry, or the one after it if it is gone, with some rows of what comes before it."""
        self.show(key)
        if self.top is not None:
            self.scroll(-(self.height // 3))

    def hold(self) -> None:
        """Let new messages not scroll the view."""
        if self.top is None and self.transcript.keys:
            self.top = self._end_top()

    def release(self) -> None:
        """Let new messages scroll the view again if it is at the end."""
        if self.top is not None and self.transcript.keys:
            self._go(*self._place(self.top))

    def reveal(self, key: Key) -> None:
        """Scroll as far as is needed to show an entry whole, or its first rows if it is too high."""
        keys = self.transcript.keys
        index = bisect_left(keys, key)
        if index == len(keys) or keys[index] != key or not self.height:
            return
        first, row = self._place(self.top or self._end_top())
        if index < first or (index == first and row):
            self._go(index, 0)
            return
        used = -row
        for further in range(first, index + 1):
            used += self._count(further)
            if used > self.height:
                break
        if used > self.height:
            left = self.height - self._count(index)
            while left > 0 and index > 0:
                index -= 1
                left -= self._count(index)
            self._go(index, max(-left, 0) if index < bisect_left(keys, key) else 0)
        self.hold()

    def to_end(self) -> None:
        """Scroll to the end, and stay there."""
        self.top = None

    def drop_rows(self) -> None:
        """Forget the rows that were made; they are made again when they are shown."""
        self._cache.clear()

    def _go(self, index: int, row: int) -> None:
        """Set the first row: of an entry with what leads up to it. At the end, stay there."""
        key = self.transcript.keys[index]
        left = self._count(index) - row
        for further in range(index + 1, len(self.transcript.keys)):
            if left > self.height:
                break
            left += self._count(further)
        self.top = Top(key, row - len(self._block(index).lead)) if left > self.height else None

    def _place(self, top: Top) -> tuple[int, int]:
        """Return the index of the entry of a top, and the row of it, with what leads up to it."""
        keys = self.transcript.keys
        index = bisect_left(keys, top.key)
        if index == len(keys):
            return len(keys) - 1, 0
        if keys[index] != top.key:
            return index, 0
        row = top.row + len(self._block(index).lead)
        while row < 0 and index > 0:  # what led up to it stands further up now
            index -= 1
            row += self._count(index)
        return index, min(max(row, 0), self._count(index) - 1)

    def _end_top(self) -> Top:
        """Return the first row of the view that ends with the last entry."""
        left, index = max(self.height, 1), len(self.transcript.keys)
        while left > 0 and index > 0:
            index -= 1
            left -= self._count(index)
        return Top(self.transcript.keys[index], max(-left, 0) - len(self._block(index).lead))

    def _from_top(self, top: Top) -> list[Row] | None:
        """Return the rows from a top on; None if they do not fill the view."""
        keys = self.transcript.keys
        if not keys:
            return None
        first, skipped = self._place(top)
        rows: list[Row] = []
        index = first
        shown = []
        while index < len(keys) and len(rows) < self.height + skipped:
            rows += self._shown_rows(index)
            if len(rows) <= self.height + skipped:
                shown.append(index)
            index += 1
        if len(rows) - skipped < self.height:
            self.top = None
            return None
        self.has_more_below = index < len(keys) or len(rows) > skipped + self.height
        self._shown(first, index, shown)
        return rows[skipped : skipped + self.height]

    def _at_end(self) -> list[Row]:
        keys = self.transcript.keys
        rows: list[Row] = []
        index = len(keys)
        while index > 0 and len(rows) < self.height:
            index -= 1
            rows = [*self._shown_rows(index), *rows]
        self._shown(index, len(keys), range(index, len(keys)))
        return rows[max(len(rows) - self.height, 0) :]

    def _shown(self, first: int, end: int, whole: list[int] | range) -> None:
        """Note which entries are shown, and what is wanted besides."""
        transcript = self.transcript
        keys = transcript.keys
        self.bottom = max((keys[at][0] for at in range(first, end) if not keys[at][1]), default=0)
        self.last_shown = max((keys[at][0] for at in whole if not keys[at][1]), default=0)
        near = range(first - _NEAR, min(end + _NEAR, len(keys)))
        self.wishes = fills(transcript, near, len(keys) if self.top is None else first)
        timeline = transcript.timeline
        behind = transcript.complete_to < transcript.head
        begin = timeline.known_before(timeline.seqs[0]) if timeline.seqs else 1
        if first < _NEAR and timeline.begins is None and begin > 1:
            self.wishes.add(Wish(before=begin))
        if behind and end > len(keys) - _NEAR:
            self.wishes.add(Wish() if self.top is None else Wish(after=transcript.complete_to))

    # Blocks

    def _shown_rows(self, index: int) -> list[Row]:
        block, key = self._block(index), self.transcript.keys[index]
        if key != self.chosen and key not in self.marked:
            return [*block.lead, *block.rows]
        return [
            *block.lead,
            *highlighted(block.rows, self.columns, chosen=key == self.chosen, marked=key in self.marked),
        ]

    def _count(self, index: int) -> int:
        block = self._block(index)
        return len(block.lead) + len(block.rows)

    def _block(self, index: int) -> Block:
        """Return the rows of an entry. They are made anew only if something about it has changed."""
        key = self.transcript.keys[index]
        entry = self._entry(index, key)
        known = self._cache.get(key)
        if known is not None and known[0].same(entry):
            return known[1]
        block = self._blocks.block(entry)
        self._cache[key] = entry, block
        return block

    def _entry(self, index: int, key: Key) -> Entry:
        transcript = self.transcript
        what, before = transcript.at(key), transcript.before(index)
        assert what is not None  # noqa: S101 - keys are those of the entries
        if not isinstance(what, Message):
            return Entry(what, before)
        timeline = transcript.timeline
        earlier = before if isinstance(before, Message) else transcript.message_before(what.seq)
        gap = None
        if earlier is not None and (known := timeline.known_before(what.seq)) > earlier.seq + 1:
            gap = earlier.seq + 1, known - 1
        return Entry(
            what,
            before,
            earlier,
            timeline.messages.get(what.reply_to) if what.reply_to else None,
            transcript.marks(what),
            transcript.concern_of(what, finds_mentions=self.finds_mentions),
            gap,
            gap is not None and gap[1] + 1 in transcript.refused,
            is_unread=transcript.unread_from == what.seq,
            begins=earlier is None and (what.seq in (timeline.begins, 1)),
        )
