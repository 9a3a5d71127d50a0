"""What can be offered while a person types: commands with their help, arguments, names, rooms, emoji."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence

from client.commands.completion import complete_unasked
from client.commands.registry import ScreenCommand
from client.commands.table import COMMANDS
from client.core.session import Session
from client.screen.composer.popup import Guide, Told
from client.shorthand.shortcodes import is_loaded, load, shortcodes_beginning

_SHORTCODE = re.compile(r"[+-]?(:[^\s:]+:?)$")


class SessionGuide(Guide):
    """Offers what the commands' table and a session know. `on_screen` are commands of the full screen."""

    def __init__(self, session: Session, on_screen: Mapping[str, ScreenCommand]) -> None:
        self._session = session
        self._on_screen = on_screen
        self._loads = False

    def usage(self, text: str) -> Told | None:
        """Return the usage of the command of a text, if its arguments are being typed."""
        first, blank, _ = text.partition(" ")
        command = COMMANDS.table.get(first.lower()) if blank and first.startswith("/") else None
        if command is None or " " not in command.usage:
            return None
        return Told(command.usage, command.help)

    def candidates(self, text: str, cursor: int) -> list[str]:
        """Return the candidates for the word before the cursor."""
        if _SHORTCODE.search(text[:cursor]) and not self._has_emoji():
            return []
        return complete_unasked(self._session, text, cursor, self._on_screen)

    def told(self, candidates: Sequence[str], word: str) -> list[Told]:
        """Return how to show candidates: a command with its usage, an emoji with its shortcode."""
        shortcode = _SHORTCODE.fullmatch(word)
        names = shortcodes_beginning(shortcode[1]) if shortcode and candidates else {}
        return [_told(plain, names) for plain in super().told(candidates, word)]

    def _has_emoji(self) -> bool:
        """Whether the emoji are loaded. That takes a while, in which keys are to be drawn."""
        if not is_loaded() and not self._loads:
            self._loads = True
            threading.Thread(target=load, daemon=True).start()
        return is_loaded()


def _told(plain: Told, names: Mapping[str, str]) -> Told:
    command = COMMANDS.table.get(plain.shown)
    if command is not None:
        return Told(plain.shown + command.usage[len(command.usage.split(" ")[0]) :], command.help)
    name = names.get(plain.shown.lstrip("+-"))
    return Told(name, plain.shown) if name else plain
