"""A list to choose from, narrowed down by the letters that the person types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from client.editor.keyboard import Action
from client.screen.keys import ScreenKey
from client.screen.log.wrap import wrapped
from client.screen.sheets.sheet import Sheet
from client.screen.tones import CHOSEN, DIM, PLAIN, Row
from messages.rows import prefix, width
from messages.text import neutralise

if TYPE_CHECKING:
    from client.screen.keys import Pressed

_MOST_ROWS = 12


class Choice(NamedTuple):
    """A name that is searched, what stands beside it, and the value that is chosen with it."""

    name: str
    beside: str = ""
    value: object = None


class Chooser(Sheet):
    """Shows the choices that have the typed letters, best ones first. The composer asks for the letters.

    `offer` returns all choices, in the order in which they stand if nothing is typed. `trouble` is said if
    nothing has the letters.
    """

    belongs_to_question = True
    hint = "Up/Down, Enter, Esc"

    def __init__(self, title: str, offer: Callable[[], Sequence[Choice]], trouble: str = "") -> None:
        super().__init__()
        self.title = title
        self._offer = offer
        self._trouble = trouble or "nothing has these letters"
        self._at = 0
        self._shown: Choice | None = None
        """The choice that stood out when it was drawn. It stays chosen if others come and go."""
        self._letters = ""

    @property
    def found(self) -> list[Choice]:
        """The choices that have the letters."""
        return ranked(self._letters, self._offer())

    @property
    def chosen(self) -> Choice | None:
        """The choice that stands out; None if nothing is found, or if it has gone since it was drawn."""
        found = self.found
        chosen = found[self._place(found)] if found else None
        return chosen if self._shown is None or (chosen and chosen.name == self._shown.name) else None

    def _place(self, found: Sequence[Choice]) -> int:
        """Return the index of the choice that stands out."""
        if self._shown is not None and self._shown.name != found[min(self._at, len(found) - 1)].name:
            same = (at for at, one in enumerate(found) if one.name == self._shown.name)
            self._at = next(same, self._at)
        return min(self._at, len(found) - 1)

    def height(self, columns: int, most: int) -> int:
        """Return the rows for all choices, bounded; the height does not change while letters are typed."""
        return min(max(len(self._offer()), 1), _MOST_ROWS, most)

    def body(self, columns: int, height: int) -> list[Row]:
        """Return the choices around the chosen one."""
        found = self.found
        if not found:
            return wrapped([(neutralise(self._trouble), DIM)], columns)
        self._at = self._place(found)
        self._shown = found[self._at]
        first = min(max(self._at - height + 1, 0), max(len(found) - height, 0))
        wide = min(max((width(neutralise(one.name)) for one in found), default=0), columns // 2)
        return [
            _row(one, wide, columns, chosen=number == self._at)
            for number, one in enumerate(found[first : first + height], first)
        ]

    def take(self, press: Pressed) -> bool:
        """Move the choice. Enter goes to the composer, whose question it answers."""
        page = _MOST_ROWS - 1
        steps = {
            ScreenKey.UP: -1,
            ScreenKey.DOWN: 1,
            ScreenKey.PAGE_UP: -page,
            ScreenKey.PAGE_DOWN: page,
            Action.OLDER: -1,
            Action.NEWER: 1,
        }
        if press not in steps:
            return False
        if found := self.found:
            self._at = min(max(self._place(found) + steps[press], 0), len(found) - 1)
            self._shown = found[self._at]
        return True

    def typed(self, text: str) -> None:
        """Narrow the choices down."""
        if text.strip() != self._letters:
            self._letters, self._at, self._shown = text.strip(), 0, None


def ranked(letters: str, choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices that have these letters: at the beginning, at that of a word, together, in order.

    What stands beside a name counts less, but a word there that begins so more than letters in their order.
    """
    wanted = letters.strip().casefold()
    if not wanted:
        return list(choices)
    ranks = ((rank, at, one) for at, one in enumerate(choices) if (rank := _rank(wanted, one)) is not None)
    return [one for _, _, one in sorted(ranks, key=lambda found: found[:2])]


def _rank(wanted: str, choice: Choice) -> int | None:
    name = choice.name.casefold()
    bare, letters = name.lstrip("#@/"), wanted.lstrip("#@/") or wanted
    if name.startswith(wanted) or (bare.startswith(letters) and wanted[:1].isalnum()):
        return 0
    if any(word.startswith(letters) for word in bare.replace("-", " ").replace("_", " ").split()):
        return 1
    if wanted in name:
        return 2
    beside = choice.beside.casefold()
    if any(word.lstrip(":").startswith(wanted.lstrip(":") or wanted) for word in beside.split()):
        return 3
    if _has(iter(name), wanted):
        return 4
    return 5 if wanted in beside else None


def _has(letters: Iterator[str], wanted: str) -> bool:
    return all(letter in letters for letter in wanted)


def _row(choice: Choice, wide: int, columns: int, *, chosen: bool) -> Row:
    name = prefix(neutralise(choice.name), wide)
    row: Row = [(f" {name}{' ' * (wide - width(name))} ", CHOSEN if chosen else PLAIN)]
    room = columns - wide - 3
    if choice.beside and room > 3:
        row.append((f" {prefix(neutralise(choice.beside), room)}", DIM))
    return row
