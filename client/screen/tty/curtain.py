"""What the full screen shows while the program still loads: empty panes, as they are drawn a moment later.

Loading takes most of the time of a start. Keys typed meanwhile are not echoed, and reach the composer.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

ALTERNATE = "\x1b[?1049h"
_OPEN, _CLOSE = f"{ALTERNATE}\x1b[?2004h\x1b[?25l\x1b[H", "\x1b[?2004l\x1b[?1049l\x1b[?25h"
"""Pastes are bracketed, so that a text of several lines that is pasted meanwhile is one."""

_PLACE = "#lobby"
USUAL = 22, 20
"""The widths of the panes beside the log."""

_FROM, _SHARE = (70, 100), 3
"""The least columns of the screen with each of them, and the part of it that one takes at most."""

Mode = list[Any]
"""How a terminal treats what is typed, as termios has it."""


@contextmanager
def drawn_curtain(prompt: str, widths: tuple[int, int] = USUAL) -> Iterator[Mode | None]:
    """Draw the panes, and yield how the terminal was before, None if that is not known.

    At the end it is so again. If the program ends meanwhile, the screen is as before, too.
    """
    signals = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    before = None
    try:
        with suppress(termios.error):
            before = termios.tcgetattr(0)
            quiet = [*before]
            quiet[0] &= ~termios.ICRNL  # else Enter would arrive as Ctrl-J, which breaks the line
            quiet[3] &= ~(termios.ECHO | termios.ICANON)
            termios.tcsetattr(0, termios.TCSANOW, quiet)
        columns, rows = os.get_terminal_size(0)
        _write(_OPEN + curtain(columns or 80, rows or 24, prompt, widths))
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


def widths_of(settings: Mapping[str, object]) -> tuple[int, int]:
    """Return the widths of the panes beside the log, as a settings file has them."""
    names = "conversations-width", "members-width"
    rooms, members = (int(str(settings.get(*one))) for one in zip(names, USUAL, strict=True))
    return rooms, members


def curtain(columns: int, rows: int, prompt: str, widths: tuple[int, int] = USUAL) -> str:
    """Return what draws the panes on an empty screen, without the state, of which nothing is known yet."""
    left, beside = (
        min(width, columns // _SHARE) if columns >= least else 0
        for width, least in zip(widths, _FROM, strict=True)
    )
    right = columns - beside if beside else 0
    drawn = []
    if left:
        drawn.append(f"\x1b[7m {_PLACE:{left - 2}}\x1b[0m")
    drawn.append(f"\x1b[1;{left + 1}H\x1b[1m{_PLACE}\x1b[0m\x1b[2m")
    for border in (left, right + 1 if right else 0):
        drawn += [f"\x1b[{row};{border}H│" for row in range(1, rows + 1) if border]
    prompt = prompt if len(prompt) <= (columns - left - beside) // 3 else "> "
    drawn.append(f"\x1b[0m\x1b[{rows - 1};{left + 1}H\x1b[1m{prompt}\x1b[0m\x1b[7m \x1b[0m\x1b[D")
    return "".join(drawn)


def _write(text: str) -> None:
    with suppress(OSError):
        os.write(2, text.encode())


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
