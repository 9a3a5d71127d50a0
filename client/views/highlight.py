"""How a terminal shows that a message is meant for the person: style, window's title, and what rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from client.core.person.attention import Ring
from client.core.person.notices import Concern
from messages.text import counted, reveal

_COLOURS = {
    Concern.DIRECT: "\x1b[1;35m",
    Concern.MENTION: "\x1b[1;33m",
    Concern.KEYWORD: "\x1b[1;36m",
}
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


class Means(StrEnum):
    """How a terminal is made to ring: its bell, a notification of the desktop, or not at all."""

    BELL = "bell"
    OSC9 = "osc9"
    OSC777 = "osc777"
    NONE = "none"


_BELL = "\a"
_MOST_NOTICE = 200


@dataclass(frozen=True, slots=True)
class Ringer:
    """Makes the control sequences that ring on one terminal.

    Terminals that are not known to take OSC sequences get the bell. tmux and screen pass a sequence through,
    if they are set up for it, and get the bell as well.
    """

    means: Means
    environ: Mapping[str, str]

    @property
    def has_title(self) -> bool:
        """Whether the terminal's window has a title that can be set."""
        return has_title(self.environ)

    def sequence(self, ring: Ring) -> str:
        """Return what to write to the terminal."""
        if self.means is Means.NONE:
            return ""
        if self.means is Means.BELL or not has_title(self.environ):
            return _BELL
        text = notice_text(ring)
        code = f"9;{text}" if self.means is Means.OSC9 else f"777;notify;chat;{text}"
        sequence = f"\x1b]{code}{_BELL}"
        if self.environ.get("TMUX"):
            doubled = sequence.replace("\x1b", "\x1b\x1b")
            return f"\x1bPtmux;{doubled}\x1b\\{_BELL}"
        return f"\x1bP{sequence}\x1b\\{_BELL}" if self.environ.get("STY") else sequence


def notice_text(ring: Ring) -> str:
    """Return one short line about what rings, which begins with a name or a word and has no semicolon.

    In some terminals a number at its beginning, or a semicolon in it, would mean something else.
    """
    message = ring.message
    where = "" if message.conversation.startswith("@") else f" in {message.conversation}"
    who = f"{message.sender}{where}"
    before = f"while you were away, {who}" if ring.missed else who
    more = f" ({counted(ring.messages, 'message')})" if ring.messages > 1 else ""
    text = reveal(" ".join(f"{before}{more}: {message.text[:_MOST_NOTICE]}".split()))
    text = text.replace(";", ",")
    return text if len(text) <= _MOST_NOTICE else f"{text[: _MOST_NOTICE - 1]}…"
