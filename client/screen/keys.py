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
    PALETTE = "palette"
    PEOPLE = "people"
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
    Key(
        ScreenKey.PALETTE,
        ("\x1bOQ", "\x1b[12~", "\x1b[[B"),
        "F2",
        "a command, conversation, member or key by some letters",
    ),
    Key(ScreenKey.ROOMS, ("\x1b[18~",), "F7", "show or hide the conversations"),
    Key(ScreenKey.MEMBERS, ("\x1b[19~",), "F8", "show or hide the members"),
    Key(ScreenKey.PEOPLE, ("\x1b[19;2~", "\x1b[32~"), "Shift-F8", "a member, and what you can do with them"),
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


_GROUPS = {
    "Conversations": (ScreenKey.PREVIOUS, ScreenKey.NEXT, ScreenKey.ACTIVE, ScreenKey.SWITCH),
    "Messages": (
        ScreenKey.PAGE_UP,
        ScreenKey.PAGE_DOWN,
        ScreenKey.ROW_UP,
        ScreenKey.ROW_DOWN,
        ScreenKey.FIRST,
        ScreenKey.LAST,
        ScreenKey.SELECT,
        ScreenKey.SEARCH,
        ScreenKey.NEXT_HIT,
        ScreenKey.PREVIOUS_HIT,
        ScreenKey.SEARCH_EVERYWHERE,
        ScreenKey.UNREAD,
    ),
    "Typing": (ScreenKey.UP, ScreenKey.DOWN),
}
"""Which keys belong together. The others are keys of the screen."""

_EDITING_GROUPS = {"Alt-1 … Alt-0": "Conversations", "Esc": "Screen", "Ctrl-D": "Screen"}


def key_groups(keys: Iterable[Key] = KEYS) -> dict[str, list[tuple[str, str]]]:
    """Return the keys as they are set, and what they do, in groups."""
    headings = {one: heading for heading, listed in _GROUPS.items() for one in listed}
    groups: dict[str, list[tuple[str, str]]] = {"Screen": [], **{heading: [] for heading in _GROUPS}}
    for key in (one for one in keys if one.name):
        groups[headings.get(key.key, "Screen")].append((key.name, key.help))
    for name, text in _EDITING:
        groups[_EDITING_GROUPS.get(name, "Typing")].append((name, text))
    return groups
