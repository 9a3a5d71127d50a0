"""How many colours a terminal has."""

from __future__ import annotations

from collections.abc import Mapping

from client.screen.settings.themes import Depth

_MANY = (
    "256color",
    "direct",
    "kitty",
    "ghostty",
    "alacritty",
    "foot",
    "wezterm",
    "iterm",
    "konsole",
)
"""Parts of the names of terminals that have 256 colours or more."""

_NONE = ("vt1", "vt2", "vt3", "vt4", "vt5")
"""Terminals that have no colours: those of Digital."""


def depth_of(environ: Mapping[str, str]) -> Depth:
    """Return how many colours to use: none with NO_COLOR, else as many as the terminal is known to have."""
    if environ.get("NO_COLOR"):
        return Depth.NONE
    term = environ.get("TERM", "")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or any(one in term for one in _MANY):
        return Depth.MANY
    return Depth.NONE if term.startswith(_NONE) else Depth.SIXTEEN
