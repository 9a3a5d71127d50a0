"""The keys of the full screen beside those of the composer, and what the help says of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from client.editor.keyboard import Press


class ScreenKey(Enum):
    """The function of a key."""

    UP = "up"
    DOWN = "down"
    PAGE_UP = "page up"
    PAGE_DOWN = "page down"
    ROW_UP = "row up"
    ROW_DOWN = "row down"
    FIRST = "first"
    LAST = "last"
    PREVIOUS = "previous"
    NEXT = "next"
    ACTIVE = "active"
    SWITCH = "switch"
    SELECT = "select"
    HELP = "help"
    SEARCH = "search"
    SEARCH_EVERYWHERE = "search everywhere"
    NEXT_HIT = "next hit"
    PREVIOUS_HIT = "previous hit"
    UNREAD = "unread"
    ROOMS = "rooms"
    MEMBERS = "members"
    MOUSE = "mouse"
    ESCAPE = "escape"


Pressed = Press | ScreenKey | int
"""A key of the composer, a key of the screen, or a place in the list of conversations."""


class Key(NamedTuple):
    """What a terminal sends for a key, how people call it, and what it does."""

    key: ScreenKey
    sequences: tuple[str, ...]
    name: str
    help: str


KEYS = (
    Key(
        ScreenKey.UP, ("\x1b[A", "\x1bOA"), "Up", "the row above; if nothing is typed, edit your last message"
    ),
    Key(ScreenKey.DOWN, ("\x1b[B", "\x1bOB"), "Down", "the row below, then what you typed later"),
    Key(ScreenKey.PAGE_UP, ("\x1b[5~",), "PgUp", "scroll up, and get older messages"),
    Key(ScreenKey.PAGE_DOWN, ("\x1b[6~",), "PgDn", "scroll down"),
    Key(ScreenKey.ROW_UP, ("\x1b[1;2A",), "Shift-Up", "scroll up by a row"),
    Key(ScreenKey.ROW_DOWN, ("\x1b[1;2B",), "Shift-Down", "scroll down by a row"),
    Key(ScreenKey.FIRST, ("\x1b[1;5H", "\x1b[1;3H"), "Ctrl-Home", "the first message that is here"),
    Key(ScreenKey.LAST, ("\x1b[1;5F", "\x1b[1;3F"), "Ctrl-End", "the last message"),
    Key(ScreenKey.PREVIOUS, ("\x1b[1;3A",), "Alt-Up", "the conversation above"),
    Key(ScreenKey.NEXT, ("\x1b[1;3B",), "Alt-Down", "the conversation below"),
    Key(ScreenKey.ACTIVE, ("\x1ba",), "Alt-A", "the next conversation with something for you"),
    Key(ScreenKey.SWITCH, ("\x1bk",), "Alt-K", "a conversation by some letters of its name"),
    Key(
        ScreenKey.SELECT, ("\x1b[1;5A", "\x1b[15~", "\x1b[[E"), "F5, Ctrl-Up", "select a message to act on it"
    ),
    Key(ScreenKey.HELP, ("\x1bOP", "\x1b[11~", "\x1b[[A"), "F1", "this help"),
    Key(ScreenKey.SEARCH, ("\x06",), "Ctrl-F", "search here, if nothing is typed"),
    Key(ScreenKey.NEXT_HIT, ("\x1bOR", "\x1b[13~", "\x1b[[C"), "F3", "search here; then the next hit"),
    Key(ScreenKey.PREVIOUS_HIT, ("\x1b[1;2R", "\x1b[13;2~", "\x1b[25~"), "Shift-F3", "the hit before"),
    Key(
        ScreenKey.SEARCH_EVERYWHERE,
        ("\x1bOS", "\x1b[14~", "\x1b[[D", "\x1b[70;6u", "\x1b[102;6u", "\x1b[27;6;70~", "\x1b[27;6;102~"),
        "F4, Ctrl-Shift-F",
        "search in all conversations",
    ),
    Key(ScreenKey.UNREAD, ("\x1b[17~",), "F6", "the first unread message"),
    Key(ScreenKey.ROOMS, ("\x1b[18~",), "F7", "show or hide the conversations"),
    Key(ScreenKey.MEMBERS, ("\x1b[19~",), "F8", "show or hide the members"),
    Key(ScreenKey.MOUSE, ("\x1b[20~",), "F9", "turn the mouse on or off; with Shift it selects text"),
)
"""All keys but Escape and Alt-1 to Alt-0, as they are if the person has set no others."""

PLACES = {f"\x1b{digit}": place for place, digit in enumerate("1234567890")}
"""What a terminal sends for Alt and a digit, and the place in the list of conversations."""

_EDITING = (
    ("Alt-1 … Alt-0", "the first … tenth conversation"),
    ("Enter", "send"),
    ("Alt-Enter, Ctrl-J", "break the line"),
    ("Tab, Shift-Tab", "complete a name, room, command, file or :emoji:"),
    ("Ctrl-_", "undo; other keys are readline's"),
    ("Ctrl-P, Ctrl-N", "what you typed before; Ctrl-R finds it"),
    ("Esc", "leave a choice, a search, an edit or a question; scroll to the end"),
    ("Ctrl-C", "clear what is typed; again: leave"),
    ("Ctrl-D", "leave, if nothing is typed"),
)


def key_rows(keys: Iterable[Key] = KEYS) -> list[tuple[str, str]]:
    """Return the names of keys, and what each does: those that can be set, then the others."""
    return [*((key.name, key.help) for key in keys if key.name), *_EDITING]


def key_lines(keys: Iterable[Key] = KEYS) -> list[str]:
    """Return the help for the keys."""
    rows = key_rows(keys)
    wide = max(len(name) for name, _ in rows)
    return [f"  {name:{wide}}  {text}" for name, text in rows]
