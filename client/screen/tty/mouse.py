"""What a terminal tells about its mouse: presses of the left button, and turns of the wheel."""

from __future__ import annotations

import re
from typing import NamedTuple

MOUSE_ON, MOUSE_OFF = "\x1b[?1000h\x1b[?1006h", "\x1b[?1006l\x1b[?1000l"
"""Ask for presses and the wheel, not for movements, in the form that has no limit of columns (SGR)."""

_REPORT = re.compile(r"\x1b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])")
_SHIFT_META_CONTROL = 0b11100
_LEFT, _WHEEL_UP, _WHEEL_DOWN = 0, 64, 65


class Pointed(NamedTuple):
    """A press at a column and a row of the screen, from 0; or a turn of the wheel by -1 (up) or 1."""

    x: int
    y: int
    wheel: int = 0


def is_report(sequence: str) -> bool:
    """Return whether a sequence tells about the mouse."""
    return sequence.startswith("\x1b[<")


def pointed(sequence: str) -> Pointed | None:
    """Return what a report means; None if it means nothing here, as the end of a press."""
    found = _REPORT.fullmatch(sequence)
    if found is None or found[4] == "m":
        return None
    button = int(found[1]) & ~_SHIFT_META_CONTROL
    if button not in (_LEFT, _WHEEL_UP, _WHEEL_DOWN):
        return None
    wheel = {_WHEEL_UP: -1, _WHEEL_DOWN: 1}.get(button, 0)
    return Pointed(max(int(found[2]) - 1, 0), max(int(found[3]) - 1, 0), wheel)
