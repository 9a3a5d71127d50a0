"""The names of keys, such as ctrl-g and shift-up, and what terminals send for them."""

from __future__ import annotations

import re
from itertools import product

_NAMED = {
    "up": ("1", "A"),
    "down": ("1", "B"),
    "right": ("1", "C"),
    "left": ("1", "D"),
    "home": ("1", "H"),
    "end": ("1", "F"),
    "insert": ("2", "~"),
    "delete": ("3", "~"),
    "page-up": ("5", "~"),
    "page-down": ("6", "~"),
    "f1": ("1", "P"),
    "f2": ("1", "Q"),
    "f3": ("1", "R"),
    "f4": ("1", "S"),
    **{f"f{number}": (str(code), "~") for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
}
"""Named keys: the number and the end of the sequence with which xterm and its like send them."""

_OTHERWISE = {
    **{f"f{number}": (f"\x1b[{10 + number}~", f"\x1b[[{'ABCD'[number - 1]}") for number in range(1, 5)},
    "f5": ("\x1b[[E",),
    "home": ("\x1b[1~", "\x1b[7~"),
    "end": ("\x1b[4~", "\x1b[8~"),
    "shift-up": ("\x1b[a",),
    "shift-down": ("\x1b[b",),
    "ctrl-up": ("\x1bOa",),
    "ctrl-down": ("\x1bOb",),
    "ctrl-home": ("\x1b[7^",),
    "ctrl-end": ("\x1b[8^",),
}
"""What other terminals send: rxvt, and the consoles of Linux and FreeBSD."""

_SHORT = {
    "pgup": "page-up",
    "pageup": "page-up",
    "pgdn": "page-down",
    "pagedown": "page-down",
    "del": "delete",
}
_NAME = re.compile(r"(?P<modifiers>(?:(?:ctrl|alt|shift)-)*)(?P<key>[a-z0-9]+(?:-up|-down)?|[!-/:-@\[-`{-~])")


def sequences_of(name: str) -> tuple[str, ...]:
    """Return what terminals send for a key. Raise ValueError with a sentence if it has no such name."""
    match = _NAME.fullmatch(name.lower())
    if match is None:
        raise ValueError(_unknown(name))
    key = _SHORT.get(match["key"], match["key"])
    given = match["modifiers"].split("-")[:-1]
    modifiers = frozenset(given)
    if len(modifiers) != len(given):
        raise ValueError(_unknown(name))
    found = _named(key, modifiers) if key in _NAMED else _letter(key, modifiers)
    if not found:
        raise ValueError(_unknown(name))
    return found


def shown(name: str) -> str:
    """Return a key as people write it: Ctrl-G, Shift-PgUp."""
    short = {"page-up": "PgUp", "page-down": "PgDn"}
    for long, written in short.items():
        if name.lower().endswith(long):
            return shown(name[: -len(long)]) + written
    return "-".join(part.capitalize() for part in name.split("-"))


def _unknown(name: str) -> str:
    return f"no terminal sends a key {name}; write such as ctrl-g, alt-x, f5 or shift-up"


def _named(key: str, modifiers: frozenset[str]) -> tuple[str, ...]:
    number, end = _NAMED[key]
    modifier = 1 + ("shift" in modifiers) + 2 * ("alt" in modifiers) + 4 * ("ctrl" in modifiers)
    if modifier > 1:
        plain: tuple[str, ...] = (f"\x1b[{number};{modifier}{end}",)
    elif number == "1":
        plain = (f"\x1bO{end}",) if key.startswith("f") else (f"\x1b[{end}", f"\x1bO{end}")
    else:
        plain = (f"\x1b[{number}{end}",)
    name = "-".join([*(one for one in ("ctrl", "alt", "shift") if one in modifiers), key])
    return plain + _OTHERWISE.get(name, ())


def _letter(key: str, modifiers: frozenset[str]) -> tuple[str, ...]:
    """Return what terminals send for a letter or sign with modifiers; nothing if they cannot."""
    if len(key) > 1:
        return ()
    control = chr(ord(key.upper()) & 0x1F) if key.isalpha() or key in "\\]^_" else ""
    found: tuple[str, ...] = ()
    match sorted(modifiers):
        case ["ctrl"] if control:
            found = (control,)
        case ["alt"] if key not in "[]^_":  # these begin other sequences
            found = (f"\x1b{key}",)
        case ["alt", "shift"] if key.isalpha() and key not in "opx":
            found = (f"\x1b{key.upper()}",)
        case ["alt", "ctrl"] if control:
            found = (f"\x1b{control}",)
        case ["ctrl", "shift"] if key.isalpha():
            found = (f"\x1b[{ord(key)};6u", f"\x1b[27;6;{ord(key.upper())}~")
    return found


EXAMPLES = [
    *(f"{modifier}-{key}" for modifier, key in product(("ctrl", "alt"), "abcdefghijklmnopqrstuvwxyz")),
    *(key for key in _NAMED if key.startswith("f")),
    *(f"{modifier}-{key}" for modifier, key in product(("ctrl", "alt", "shift"), _NAMED)),
]
"""Names of keys, to be completed. Not each of them is free."""
