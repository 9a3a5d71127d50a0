"""What the full screen shows while the program still loads: empty panes, as they are drawn a moment later.

Loading takes most of the time of a start. Keys typed meanwhile are not echoed, and reach the composer.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

ALTERNATE = "\x1b[?1049h"
_OPEN, _CLOSE = f"{ALTERNATE}\x1b[?25l\x1b[H", "\x1b[?1049l\x1b[?25h"
_PLACE, _STATUS = "#lobby", "no connection, trying"
_ROOMS, _MEMBERS = 22, 20
_ROOMS_FROM, _MEMBERS_FROM = 70, 100
"""Widths, and the least columns of the screen, as in `client.screen.app`."""

Mode = list[Any]
"""How a terminal treats what is typed, as termios has it."""


@contextmanager
def drawn_curtain(prompt: str) -> Iterator[Mode | None]:
    """Draw the panes, and yield how the terminal was before, None if that is not known.

    At the end it is so again. If the program ends meanwhile, the screen is as before, too.
    """
    signals = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    before = None
    try:
        with suppress(termios.error):
            before = termios.tcgetattr(0)
            quiet = [*before]
            quiet[3] &= ~(termios.ECHO | termios.ICANON)
            termios.tcsetattr(0, termios.TCSANOW, quiet)
        _write(_OPEN + curtain(*shutil.get_terminal_size(), prompt))
        yield before
    except BaseException:
        _write(_CLOSE)
        raise
    finally:
        if before is not None:
            with suppress(termios.error):
                termios.tcsetattr(0, termios.TCSANOW, before)
        for number, handler in signals.items():
            signal.signal(number, handler)


def curtain(columns: int, rows: int, prompt: str) -> str:
    """Return what draws the panes on an empty screen."""
    left = _ROOMS if columns >= _ROOMS_FROM else 0
    right = columns - _MEMBERS if columns >= _MEMBERS_FROM else 0
    drawn = []
    if left:
        drawn.append(f"\x1b[7m {_PLACE:{left - 2}}\x1b[0m")
    drawn.append(f"\x1b[1;{left + 1}H\x1b[1m{_PLACE}\x1b[0m\x1b[2m")
    for border in (left, right + 1 if right else 0):
        drawn += [f"\x1b[{row};{border}H│" for row in range(1, rows + 1) if border]
    room = columns - left - (_MEMBERS if right else 0)
    status = _STATUS if len(_STATUS) <= room else f"{_STATUS[: room - 1]}…"
    prompt = prompt if len(prompt) <= room // 3 else "> "
    drawn.append(f"\x1b[0m\x1b[{rows};{left + 1}H{status}")
    drawn.append(f"\x1b[{rows - 1};{left + 1}H\x1b[1m{prompt}\x1b[0m\x1b[7m \x1b[0m\b")
    return "".join(drawn)


def _write(text: str) -> None:
    with suppress(OSError):
        os.write(2, text.encode())


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
