"""The rows of one entry: what leads up to it, such as a line for the day, and the entry itself.

Left of the bar only the program writes: times, names, marks, and words such as `answers`. A peer's text
stands right of it, so nothing in a text can look like something that the program says. In a narrow log there
is no bar; there a peer's text is indented, and the program's rows are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from client.core.events import Sent
from client.core.person.notices import Concern
from client.screen.log.body import body_rows, linked, styled
from client.screen.log.gaps import gap_text
from client.screen.log.transcript import Marks, Notice, receipt_mark
from client.screen.log.wrap import wrapped
from client.screen.settings.times import Times
from client.screen.tones import (
    BOLD,
    DELETED,
    DIM,
    KEYWORD,
    NOTICE,
    OWN,
    PLAIN,
    RULE,
    TIME,
    WAITS,
    Piece,
    Row,
    Tone,
    name_tone,
)
from client.text.entries import excerpt, isolated, name_mark
from client.text.files import file_mark, said_by_hand
from client.text.times import local_time
from messages.events import Message
from messages.rows import prefix, width
from messages.text import neutralise, reveal

WIDE, MIDDLE = 56, 36
"""The least columns for times in front of each message, and for names in front of it."""

_NUMBER, _MARKS = 5, 5
_NAMES = {True: 12, False: 8}
_BAR = "│ "
_NOTICE = "┆ "
"""In front of each row of a notice: a result can have texts of peers, which must not look like messages."""

_BOT, _GUEST = "°", "?"
"""Behind the name of a bot and of a guest where there is little room. No name has them."""

_GROUP_MS = 5 * 60_000
"""So long after a message, the next one of its sender comes without the name."""
_CONCERNS = {
    Concern.DIRECT: PLAIN,
    Concern.MENTION: WAITS,
    Concern.KEYWORD: KEYWORD,
}


class Block(NamedTuple):
    """The rows of an entry: first those that lead up to it."""

    lead: list[Row]
    rows: list[Row]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """All that the rows of an entry depend on."""

    what: Message | Notice | Sent
    before: Message | Notice | Sent | None = None
    earlier: Message | None = None
    """The message before it."""
    answered: Message | None = None
    marks: Marks = field(default_factory=Marks)
    concern: Concern | None = None
    gap: tuple[int, int] | None = None
    """The entries before it that are not here."""
    refused: bool = False
    """Whether the broker has refused them."""
    is_unread: bool = False
    """Whether the marker stands before it."""
    begins: bool = False
    """Whether it is the first message of its conversation."""

    def same(self, other: Entry) -> bool:
        """Whether it is the same as another one, as far as can be said cheaply."""
        return (
            self.what is other.what
            and self.before is other.before
            and self.earlier is other.earlier
            and self.answered is other.answered
            and (self.gap, self.refused) == (other.gap, other.refused)
            and (self.is_unread, self.begins) == (other.is_unread, other.begins)
            and (self.marks, self.concern) == (other.marks, other.concern)
            and not isinstance(self.what, Sent)
        )


class Blocks:
    """Makes blocks for a width. With `numbers`, messages have their number in place of the time."""

    def __init__(self, columns: int, me: str, *, numbers: bool = False, times: Times = Times.MINUTES) -> None:
        self._columns = columns
        self._me = me
        self._numbers = numbers
        self._times = times
        self._wide = columns >= WIDE
        self._bar = columns >= MIDDLE
        self._names = _NAMES[self._wide]
        self._gutter = len(self._stamp("")) + self._names + _MARKS + len(_BAR)

    def block(self, entry: Entry) -> Block:
        """Return the rows of an entry."""
        match entry.what:
            case Message():
                rows = self._said(entry, entry.what)
            case Sent():
                rows = self._sending(entry.what)
            case Notice():
                rows = self._notice(entry.what)
        return Block(self._lead(entry), rows)

    # What leads up to an entry

    def _lead(self, entry: Entry) -> list[Row]:
        rows = []
        if entry.begins and isinstance(entry.what, Message):
            rows.append(self._rule("the beginning" if entry.what.seq == 1 else "nothing earlier is kept"))
        if entry.gap:
            rows.append(self._rule(gap_text(entry.gap, entry.earlier, entry.what, refused=entry.refused)))
        if isinstance(entry.what, Message):
            day = local_time(entry.what.at).date()
            if entry.earlier is None or local_time(entry.earlier.at).date() != day:
                rows.append(self._rule(f"{day:%A, %Y-%m-%d}"))
        if entry.is_unread:
            rows.append(self._rule("new", WAITS))
        return rows

    def _rule(self, text: str, tone: Tone = RULE) -> Row:
        text = prefix(text, max(self._columns - 4, 1))
        left = min(2, self._columns // 8)
        right = max(self._columns - left - len(text) - 2, 0)
        return [(f"{'─' * left} {text} {'─' * right}", tone)]

    # Messages

    def _said(self, entry: Entry, message: Message) -> list[Row]:
        grouped = self._is_grouped(entry, message)
        answers = self._answers(entry, message)
        text = [] if message.deleted else self._text(entry, message)
        if message.deleted:
            text = [[("deleted", DELETED)]]
        bare = grouped and not answers and not text and self._bar  # the row of its files has its marks
        rows = [] if bare else self._beside(message, text, entry.marks, name=not grouped or bool(answers))
        if answers and self._bar:
            rows = [*self._word("answers", answers), *rows]
        elif answers:
            rows = [rows[0], *self._word("answers", answers), *rows[1:]]
        if message.files:
            rows += self._word(
                "files", file_mark(message)[2:-1], _signs(message, entry.marks) if bare else ""
            )
        if message.reactions:
            shown = ", ".join(f"{isolated(one.reaction)} {one.count}" for one in message.reactions)
            rows += self._word("reacted", shown)
        return rows

    def _is_grouped(self, entry: Entry, message: Message) -> bool:
        before = entry.before
        return (
            isinstance(before, Message)
            and before.sender == message.sender
            and before.sender_id == message.sender_id
            and message.at - before.at < _GROUP_MS
            and not self._lead(entry)
            and not message.text.startswith("/me ")
            and not before.text.startswith("/me ")
        )

    def _answers(self, entry: Entry, message: Message) -> str:
        if not message.reply_to:
            return ""
        if entry.answered is None:
            return f"{message.reply_to:,}"
        beginning = neutralise(excerpt(entry.answered).replace("\t", " "))
        return f"{reveal(entry.answered.sender)}: {beginning or 'deleted'}"

    def _text(self, entry: Entry, message: Message) -> list[Row]:
        if not said_by_hand(message):
            return []
        text = neutralise(message.text, keep="\n\t")
        base = _CONCERNS[entry.concern] if entry.concern else PLAIN
        if text.startswith("/me "):
            doing: list[Piece] = [
                (reveal(message.sender), name_tone(message.sender)),
                (f"{name_mark(message)} ", PLAIN),
            ]
            return wrapped([*doing, *styled(text[4:], base)], self._room)
        return body_rows(text, base, self._room)

    def _beside(self, message: Message, text: list[Row], marks: Marks, *, name: bool) -> list[Row]:
        """Return the text with the time, the name and the marks in front of it."""
        time = self._times.text(local_time(message.at))
        stamp = f"{message.seq}"[-_NUMBER:] if self._numbers else time
        sender = "*" if message.text.startswith("/me ") else self._name(message)
        signs = _signs(message, marks)
        shown = name or self._numbers
        if self._bar:
            return self._barred(text, stamp if shown else "", sender if name else "", message.sender, signs)
        tail = (f" {stamp}" if shown and stamp else "") + (f" {signs}" if signs else "")
        head: Row = [(_cut(sender, self._columns - len(tail)), name_tone(message.sender))] if name else []
        return [*([[*head, (tail, DIM)]] if head or tail else []), *_indented(text)]

    def _name(self, message: Message) -> str:
        """Return who says a message. A long name does not hide that it is a bot's or a guest's."""
        short = _BOT * message.bot + _GUEST * message.guest
        mark = name_mark(message) if self._wide or not self._bar else short
        most = self._names if self._bar else self._columns - self._times.columns - _MARKS - 2
        return _cut(reveal(message.sender), most - len(mark)) + mark

    def _barred(self, text: list[Row], stamp: str, shown: str, sender: str, signs: str) -> list[Row]:
        name = _cut(shown, self._names)
        blank = " " * (self._names - width(name))
        time = self._stamp(stamp)
        tone = OWN if sender == self._me else name_tone(sender)
        head: Row = [
            (time, TIME),
            (blank, PLAIN),
            (name, tone),
            (f"{signs:>{_MARKS - 1}} ", DIM),
            (_BAR, DIM),
        ]
        further: Row = [(" " * (self._gutter - len(_BAR)), PLAIN), (_BAR, DIM)]
        return [[*(further if at else head), *row] for at, row in enumerate(text or [[]])]

    def _word(self, word: str, text: str, signs: str = "") -> list[Row]:
        """Return rows that the program writes, with a word in front of the bar."""
        if self._bar:
            space = self._gutter - len(_BAR) - _MARKS
            head: Row = [(f"{word:>{space}}{signs:>{_MARKS - 1}} ", DIM), (_BAR, DIM)]
            further: Row = [(" " * (self._gutter - len(_BAR)), PLAIN), (_BAR, DIM)]
            rows = wrapped([(text, DIM)], self._room)
            return [[*(further if at else head), *row] for at, row in enumerate(rows)]
        rows = wrapped([(f"{word} {text}", DIM)], self._columns - 1)
        return [rows[0], *_indented(rows[1:])]

    def _stamp(self, text: str) -> str:
        """Return what stands in front of names and notices: a time or a number, or as many blanks."""
        columns = max(self._times.columns, _NUMBER if self._numbers else 0)
        return f"{text:>{columns}} " if self._wide and columns else ""

    def _sending(self, sent: Sent) -> list[Row]:
        text = body_rows(neutralise(sent.request.text, keep="\n\t"), DIM, self._room)
        state = [] if sent.state == "sending" else self._word("state", neutralise(sent.state))
        if self._bar:
            return [
                *self._barred(text, "", _cut(self._me, self._names), self._me, receipt_mark(sent)),
                *state,
            ]
        mark = f" {receipt_mark(sent)}"
        return [[(_cut(self._me, self._columns - len(mark)) + mark, BOLD)], *_indented(text), *state]

    def _notice(self, notice: Notice) -> list[Row]:
        tone = PLAIN if notice.data else NOTICE
        stamp = self._stamp(notice.time)
        rows = wrapped(linked(notice.text, tone), self._columns - len(stamp) - len(_NOTICE))
        blank = " " * len(stamp)
        return [[((blank if at else stamp) + _NOTICE, DIM), *row] for at, row in enumerate(rows)]

    @property
    def _room(self) -> int:
        """The columns for a text."""
        return max(self._columns - (self._gutter if self._bar else 1), 1)


def _signs(message: Message, marks: Marks) -> str:
    return f"{'^' if marks.pinned else ''}{'~' if message.edited else ''}{marks.receipt}"


def _indented(rows: list[Row]) -> list[Row]:
    """Return rows that do not begin at the left edge: there only the program writes."""
    return [[(" ", PLAIN), *row] for row in rows]


def _cut(name: str, columns: int) -> str:
    if width(name) <= columns:
        return name
    return prefix(name, max(columns - 1, 0)) + "…"
