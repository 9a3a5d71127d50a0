"""Who gets the full screen, and what the others are told. This module needs no Textual."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from importlib.util import find_spec

from messages.directories import base_directory

LEAST_COLUMNS, LEAST_ROWS = 20, 8
"""The smallest terminal that gets panes by itself. A window that is made smaller later keeps them."""

_INSTALL = "install chat-broker[tui], as with pipx install 'chat-broker[tui]'; this is line mode"
_NO_TEXTUAL = f"the full screen needs Textual: {_INSTALL}"
NO_USE = f"the full screen cannot use the Textual that is installed: {_INSTALL}"
_NO_TERMINAL = "the full screen needs a terminal that can move its cursor; this is line mode"
_TOO_SMALL = f"the full screen needs {LEAST_COLUMNS} columns and {LEAST_ROWS} rows; this is line mode"
_PLAIN = "--json, --quiet and --verbose are for line mode; this is line mode"
_HINT = "pipx install 'chat-broker[tui]' gives panes on the full screen; this is line mode"


def choose(wanted: bool | None, environ: Mapping[str, str], *, plain: bool = False) -> tuple[bool, str]:
    """Return whether there is the full screen, else what to tell the person, as a clause or empty.

    `wanted` is None if the person has said neither. Something `plain` is for line mode only. Nothing is told
    if nobody types, as in pipes and scripts.
    """
    if wanted is False:
        return False, ""
    why = _PLAIN if plain else _why_not(environ, wanted=bool(wanted))
    if not why:
        return True, ""
    if wanted:
        return False, why if sys.stdin is not None and sys.stdin.isatty() else ""
    return False, _HINT if why is _NO_TEXTUAL and _is_new(environ) else ""


def _why_not(environ: Mapping[str, str], *, wanted: bool) -> str:
    """Return why there can be no full screen; empty if there can be one."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(one is not None and one.isatty() for one in streams):
        return _NO_TERMINAL
    if environ.get("TERM", "") in ("", "dumb", "unknown"):
        return _NO_TERMINAL
    columns, rows = os.get_terminal_size(sys.stdin.fileno())
    unknown = columns == rows == 0  # as under expect
    if (columns < LEAST_COLUMNS or rows < LEAST_ROWS) and not (unknown and wanted):
        return _TOO_SMALL
    return _NO_TEXTUAL if find_spec("textual") is None else ""


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set what Textual reads when it is imported: keys come as in line mode, and colours are not rounded."""
    from client.screen.settings.depth import depth_of  # noqa: PLC0415 - line mode needs none of it
    from client.screen.settings.themes import Depth  # noqa: PLC0415

    environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    system = "256" if depth_of(environ) is Depth.MANY else "standard"
    environ.setdefault("TEXTUAL_COLOR_SYSTEM", system)


def _is_new(environ: Mapping[str, str]) -> bool:
    """Return whether this user was not told before, and record that they are now."""
    try:
        directory = base_directory(environ, "XDG_STATE_HOME", ".local/state") / "chat-client"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        (directory / "told-of-panes").touch(mode=0o600, exist_ok=False)
    except (OSError, ValueError):  # they were told before; or it would be told at each start
        return False
    return True
