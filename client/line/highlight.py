"""How a terminal shows that a message is meant for the person: its style, and the window's title."""

from __future__ import annotations

from collections.abc import Mapping

from client.core.person.attention import Concern

_COLOURS = {Concern.DIRECT: "\x1b[1;35m", Concern.MENTION: "\x1b[1;33m"}
_PLAIN = dict.fromkeys(Concern, "\x1b[1m")

_TITLED = (
    "xterm",
    "tmux",
    "screen",
    "rxvt",
    "foot",
    "alacritty",
    "kitty",
    "wezterm",
    "st-",
    "konsole",
    "vte",
)


def styles(environ: Mapping[str, str]) -> dict[Concern, str]:
    """Return the control sequence before a message's text: bold, and a colour unless NO_COLOR is set."""
    return _PLAIN if environ.get("NO_COLOR") else _COLOURS


def shows_markup(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal is to show markup with attributes: it has colours, and they are wanted."""
    if environ.get("NO_COLOR"):
        return False
    term = environ.get("TERM", "")
    colourful = "color" in term or term.startswith((*_TITLED, "linux")) or environ.get("COLORTERM")
    return bool(environ.get("FORCE_COLOR") or colourful)


def has_title(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal's window has a title that can be set."""
    return environ.get("TERM", "").startswith(_TITLED)


def title(waiting: int) -> str:
    """Return the window's title while messages wait for the person; empty if none does."""
    return f"({waiting:,}) chat" if waiting else ""
