"""The hits of a search, one below the other, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from client.screen.log.selecting import highlighted
from client.screen.log.wrap import wrapped
from client.screen.model.hits import Hits
from client.screen.sheets.excerpts import excerpt_row
from client.screen.sheets.sheet import letters
from client.screen.sheets.walking import Walk
from client.screen.tones import DELETED, DIM, PLAIN, TIME, Row, name_tone
from client.text.entries import name_mark
from client.text.files import file_mark, said_by_hand
from client.text.times import local_time
from messages.events import Message
from messages.rows import prefix, width
from messages.text import reveal

if TYPE_CHECKING:
    from client.screen.keys import Pressed

_WIDE = 56
_PLACE, _NAME = 12, 12


class Ways(NamedTuple):
    """Where a list leads: to the current hit, back to where the person was, to another search."""

    go: Callable[[], None]
    back: Callable[[], None]
    anew: Callable[[], None]
    is_lost: Callable[[], bool]
    """Whether the person has gone elsewhere by other means, so that there is no way back."""


class Wide(NamedTuple):
    """The columns of conversations and of names, so that there are more for the texts."""

    place: int
    name: int


class FoundSheet(Walk):
    """Shows hits. In a narrow log each has two rows, and what a peer wrote is indented."""

    def __init__(self, hits: Hits, ways: Ways) -> None:
        super().__init__()
        self.hits = hits
        self._ways = ways
        self._first = 0

    @property
    def title(self) -> str:  # type: ignore[override]
        """What was searched for, and how many hits there are."""
        return self.hits.title

    def height(self, columns: int, most: int) -> int:
        """Return the rows of the hits and of what is said of them, at most half of the log's."""
        if self._ways.is_lost():
            self.close()
            return 0
        rows = len(self.hits.messages) * _each(columns) + len(self._note(columns))
        return min(rows, self.most_rows(most))

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the hits around the current one."""
        each, messages = _each(columns), self.hits.messages
        self._page = max(height // each - 1, 1)
        at = min(self.hits.at, max(len(messages) - 1, 0))
        last = at + 1 if at + 1 < len(messages) else at + 1 + -(-len(self._note(columns)) // each)
        self._first = min(max(self._first, last - height // each), at)
        places = [] if self.hits.query.conversation else [place for place, _ in messages]
        wide = Wide(_widest(places, _PLACE), _widest((_name(message) for _, message in messages), _NAME))
        rows: list[Row] = []
        for number, (place, message) in enumerate(messages[self._first :], self._first):
            if len(rows) >= height:
                break
            shown = _hit_rows(place if places else "", message, self.hits.query.words, columns, wide)
            rows += highlighted(shown, columns, chosen=number == at, marked=False)
        return (rows + self._note(columns))[:height]

    def _note(self, columns: int) -> list[Row]:
        return wrapped([(self.hits.note, DIM)], columns)

    def step(self, by: int) -> None:
        """Go on to another hit, and show it in the log behind if it is there."""
        self.hits.move(by)

    def take(self, press: Pressed) -> bool:
        """Walk, or leave. If nothing was found, what the person types next is a text again."""
        if letters(press).strip("/nNjkq") and self.hits.is_vain:
            self.escape()
            return False
        return super().take(press)

    def enter(self) -> None:
        """Go to the hit. If nothing was found, leave."""
        if self.hits.messages:
            self._ways.go()
        elif self.hits.is_vain:
            self.escape()

    def letter(self, letter: str) -> None:
        """Begin another search."""
        if letter == "/":
            self._ways.anew()

    def escape(self) -> None:
        """Go back to where the person was."""
        self.close()
        self._ways.back()


def _each(columns: int) -> int:
    return 1 if columns >= _WIDE else 2


def _name(message: Message) -> str:
    return f"{reveal(message.sender)}{name_mark(message)}"


def _widest(texts: Iterable[str], most: int) -> int:
    return min(max((width(reveal(text)) for text in texts), default=0), most)


def _hit_rows(place: str, message: Message, words: str, columns: int, wide: Wide) -> list[Row]:
    """Return the rows of a hit. What the program says of it stands where no text of a peer comes."""
    at = local_time(message.at)
    marks = f"{'>' if message.reply_to else ''}{'~' if message.edited else ''}"
    name = _name(message)
    if columns < _WIDE:
        head = f"{f'{reveal(place)} ' if place else ''}{at:%m-%d %H:%M} "
        room = max(columns - width(head) - len(marks) - 1, 1)
        return [
            [
                (prefix(head, columns), TIME),
                (_cut(name, room), name_tone(message.sender)),
                (f" {marks}", DIM),
            ],
            [(" ", PLAIN), *_excerpt(message, words, columns - 1)],
        ]
    row: Row = [(f"{_filled(reveal(place), wide.place)} ", PLAIN)] if place else []
    row += [(f"{at:%Y-%m-%d %H:%M} ", TIME), (_filled(name, wide.name), name_tone(message.sender))]
    row.append((f" {marks:2}│ ", DIM))
    used = sum(width(text) for text, _ in row)
    return [[*row, *_excerpt(message, words, columns - used)]]


def _excerpt(message: Message, words: str, columns: int) -> Row:
    if message.deleted:
        return [(prefix("deleted", columns), DELETED)]
    if not said_by_hand(message):
        return [(prefix(file_mark(message).strip(), columns), DIM)]
    return excerpt_row(message.text, words, columns)


def _cut(text: str, columns: int) -> str:
    return text if width(text) <= columns else f"{prefix(text, columns - 1)}…"


def _filled(text: str, columns: int) -> str:
    text = _cut(text, columns)
    return text + " " * (columns - width(text))
