"""The help: keys, signs and commands from their tables, narrowed down by letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from client.commands.help import grouped
from client.commands.registry import SlashCommand
from client.commands.table import COMMANDS
from client.editor.keyboard import Action
from client.screen.keys import KEYS, Key, key_groups
from client.screen.log.signs import SIGNS
from client.screen.log.wrap import wrapped
from client.screen.sheets.sheet import letters
from client.screen.sheets.texts import Text
from client.screen.tones import BOLD, DIM, PLAIN, WAITS, Row
from messages.rows import width
from messages.text import neutralise

if TYPE_CHECKING:
    from client.screen.keys import Pressed

_WIDE = 48
"""The least columns for names and what they mean side by side."""


class Section(NamedTuple):
    """A heading, and names with what they mean."""

    heading: str
    rows: Sequence[tuple[str, str]]


def help_sections(topic: str, listed: Iterable[Key] = KEYS, more: Sequence[Section] = ()) -> list[Section]:
    """Return the help for a command, a group, `keys` or `signs`, and all of it for an empty topic.

    `listed` are the keys as they are set, `more` has keys that are not in their table. Raise ValueError if
    there is no such topic.
    """
    keys = [Section(f"Keys: {heading}", rows) for heading, rows in key_groups(listed).items()]
    keys += more
    signs = [Section("Signs", SIGNS)]
    groups = {
        heading: Section(heading, [_row(command) for command in commands])
        for heading, commands in grouped(COMMANDS).items()
    }
    named = {"": [*keys, *signs, *groups.values()], "keys": keys, "signs": signs}
    named |= {heading.lower(): [section] for heading, section in groups.items()}
    found = list(named.get(topic.lower(), ()))
    if topic and (command := _command(topic)):
        return [Section(command.names[0], [_row(command)]), *found]
    if not found:
        raise ValueError(f"there is no command {topic}; /help lists them")
    return found


def _command(topic: str) -> SlashCommand | None:
    return COMMANDS.table.get(topic.lower()) or COMMANDS.table.get(f"/{topic.lower()}")


def _row(command: SlashCommand) -> tuple[str, str]:
    aliases = f" (also {' '.join(command.names[1:])})" if command.names[1:] else ""
    return command.usage, f"{command.help}{aliases}"


class Help(Text):
    """Shows sections, those rows that have all words that the person types. Escape and Enter close it."""

    def __init__(self, sections: Sequence[Section]) -> None:
        super().__init__("Help", list)
        self._sections = sections
        self._letters = ""

    @property
    def hint(self) -> str:  # type: ignore[override]
        """The keys."""
        return "letters: find, PgUp/PgDn, Esc"

    def height(self, columns: int, most: int) -> int:
        """Return the rows of all sections; the height does not change while letters are typed."""
        self._most = most
        return len(_laid_out(self._sections, columns))

    def take(self, press: Pressed) -> bool:
        """Take letters, scroll, or close."""
        typed = letters(press)
        if typed:
            self._find(self._letters + typed)
        elif press is Action.BACKSPACE:
            self._find(self._letters[:-1])
        elif press in (Action.KILL_TO_START, Action.KILL_TO_BLANK):
            self._find("")
        else:
            return super().take(press)
        return True

    def _find(self, wanted: str) -> None:
        self._letters, self._first = wanted.lstrip(), 0
        self.title = f"Help: {neutralise(self._letters)}" if self._letters else "Help"

    def _rows(self, columns: int) -> list[Row]:
        rows = _laid_out(_having(self._sections, self._letters.casefold().split()), columns)
        self._count = len(rows)
        return rows or [[("nothing has these letters", DIM)]]


def _having(sections: Sequence[Section], words: list[str]) -> list[Section]:
    found = []
    for heading, rows in sections:
        having = [
            row for row in rows if all(word in f"{heading} {' '.join(row)}".casefold() for word in words)
        ]
        if having:
            found.append(Section(heading, having))
    return found


def _laid_out(sections: Sequence[Section], columns: int) -> list[Row]:
    widest = max((width(name) for section in sections for name, _ in section.rows), default=0)
    beside = min(widest, columns * 2 // 5)
    rows: list[Row] = []
    for heading, named in sections:
        rows += [[], *wrapped([(heading, WAITS)], columns)] if rows else wrapped([(heading, WAITS)], columns)
        for name, text in named:
            rows += _beside(name, text, beside, columns) if columns >= _WIDE else _below(name, text, columns)
    return rows


def _below(name: str, text: str, columns: int) -> list[Row]:
    said = wrapped([(text, PLAIN)], columns - 2)
    return [*wrapped([(name, BOLD)], columns), *([("  ", PLAIN), *row] for row in said)]


def _beside(name: str, text: str, wide: int, columns: int) -> list[Row]:
    said = wrapped([(text, PLAIN)], columns - wide - 4)
    rows: list[Row] = []
    if width(name) > wide:
        rows, name = wrapped([(f"  {name}", BOLD)], columns), ""
    lead = [f"  {name}{' ' * (wide - width(name))}  ", *[" " * (wide + 4)] * (len(said) - 1)]
    return [*rows, *([(before, BOLD), *row] for before, row in zip(lead, said, strict=True))]
