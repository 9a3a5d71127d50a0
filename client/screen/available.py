"""Whether there can be a full screen here. This module needs no Textual."""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping
from importlib.util import find_spec

_NO_TEXTUAL = (
    "the full screen needs Textual: install chat-broker[tui], as with pipx install 'chat-broker[tui]'; "
    "this is line mode"
)
_NO_TERMINAL = "the full screen needs a terminal that can move its cursor; this is line mode"


def why_not(environ: Mapping[str, str]) -> str:
    """Return why there can be no full screen, as a clause for people; empty if there can be one."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(one is not None and one.isatty() for one in streams) or environ.get("TERM", "dumb") in (
        "",
        "dumb",
    ):
        return _NO_TERMINAL
    return _NO_TEXTUAL if find_spec("textual") is None else ""


def prepare(environ: MutableMapping[str, str]) -> None:
    """Set what Textual reads when it is imported: keys come as in line mode, and colours are not rounded."""
    from client.screen.settings.depth import depth_of  # noqa: PLC0415 - line mode needs none of it
    from client.screen.settings.themes import Depth  # noqa: PLC0415

    environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    system = "256" if depth_of(environ) is Depth.MANY else "standard"
    environ.setdefault("TEXTUAL_COLOR_SYSTEM", system)
