"""The table of all settings, and how those that are no options of the command are read from its file."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from client.core.person.notices import Level
from client.screen.settings.key_table import FUNCTIONS, keys_with
from client.screen.settings.kinds import Setting, choice, keys, number, switch
from client.screen.settings.themes import THEMES
from client.screen.settings.times import Times
from client.views.highlight import Means

THEME = choice("theme", "the colours", THEMES, next(iter(THEMES)))
TIMES = choice("times", "how the times of messages are shown", Times, Times.MINUTES)
RECEIPTS = switch("receipts", "mark how far your own messages are", default=True)
TYPING = choice(
    "typing",
    "tell others that you type and show that they do: both (on), one of them, or none",
    ("on", "tell", "show", "off"),
    "on",
)
POPUP = switch("popup", "offer commands, names and emoji while you type", default=True)
BELL = choice(
    "bell",
    "which messages ring in conversations without a level of their own",
    [level.value for level in Level],
    Level.MENTION.value,
    is_option=True,
)
NOTICES = choice("notices", "how it rings", Means, Means.BELL, is_option=True)
MOUSE = switch(
    "mouse", "take the wheel and clicks; with Shift it selects text", default=False, is_option=True
)
CONVERSATIONS_WIDTH = number(
    "conversations-width", "the columns of your conversations; 0: hidden until its key", 0, 60, 22
)
MEMBERS_WIDTH = number("members-width", "the columns of the members; 0: hidden until its key", 0, 60, 20)

KEYS = tuple(
    keys(function, key.help, tuple(key.name.lower().split(", "))) for function, key in FUNCTIONS.items()
)

_ALL: tuple[Setting[Any], ...] = (
    THEME,
    TIMES,
    RECEIPTS,
    TYPING,
    POPUP,
    BELL,
    NOTICES,
    MOUSE,
    CONVERSATIONS_WIDTH,
    MEMBERS_WIDTH,
    *KEYS,
)
SETTINGS: dict[str, Setting[Any]] = {setting.name: setting for setting in _ALL}
"""All settings, by name, in the order in which they are shown."""


def find(name: str) -> Setting[Any]:
    """Return a setting. Raise ValueError with the nearest name if there is none."""
    written = name.lower().replace("_", "-")
    if written not in SETTINGS:
        near = difflib.get_close_matches(written, SETTINGS, 1)
        raise ValueError(
            f"there is no setting {name}; {f'the nearest is {near[0]}' if near else '/set shows all'}"
        )
    return SETTINGS[written]


# The file


def readers() -> Mapping[str, Callable[[object], object]]:
    """Return how each key of the file that is no option is read. Readers raise ValueError with advice."""
    own = {
        name: setting.read
        for name, setting in SETTINGS.items()
        if not setting.is_option and not name.startswith("keys.")
    }
    return {**own, "keys": _read_keys}


def _read_keys(value: object) -> dict[str, tuple[str, ...]]:
    """Return the keys of functions, by function."""
    if not isinstance(value, dict):
        raise ValueError('write a table [keys] with lines such as help = "f1"')
    chosen: dict[str, tuple[str, ...]] = {}
    for written, names in value.items():
        function = written.replace("_", "-")
        if function not in FUNCTIONS:
            near = difflib.get_close_matches(function, FUNCTIONS, 1)
            raise ValueError(f"unknown key {written}{f', did you mean {near[0]}?' if near else ''}")
        if function in chosen:
            raise ValueError(f"{function} is given twice, with - and with _; leave one out")
        try:
            chosen[function] = find(f"keys.{function}").read(names)
        except ValueError as error:
            raise ValueError(f"{function}: {error}") from None
    keys_with(chosen)
    return chosen
