"""What follows the settings on the full screen, at the start and whenever one is changed."""

from __future__ import annotations

from typing import Any

from client.commands.registry import ScreenCommand
from client.core.person.notices import Level
from client.screen.app import ChatScreen
from client.screen.settings.command import SetCommand
from client.screen.settings.current import Settings
from client.screen.settings.kinds import Setting
from client.screen.settings.table import (
    BELL,
    CONVERSATIONS_WIDTH,
    MEMBERS_WIDTH,
    MOUSE,
    NOTICES,
    POPUP,
    THEME,
)
from client.screen.settings.themes import Depth, Looks
from client.screen.sheets.texts import Text
from client.screen.tones import Row
from client.views.highlight import Means

_PANES = {CONVERSATIONS_WIDTH.name: "rooms", MEMBERS_WIDTH.name: "members"}
_KEYS = "keys."


def follow(screen: ChatScreen, settings: Settings, depth: Depth) -> None:
    """Let a screen follow its settings, and give it the command /set."""

    def note(setting: Setting[Any]) -> str:
        without = setting.name == THEME.name and depth is Depth.NONE
        return "There are no colours here: NO_COLOR is set, or the terminal has none." if without else ""

    following = _Following(screen, settings, depth)
    settings.follow = following.changed
    for name in (THEME.name, POPUP.name, *_PANES, _KEYS):
        following.apply(name)

    def table(title: str, rows: list[Row]) -> None:
        screen.host.sheets.open(Text(title, lambda: rows, indent=4))

    command = SetCommand(settings, screen.host.show, table, note)
    screen.host.on_screen["/set"] = ScreenCommand(command.run, command.words)


class _Following:
    """What is set in other objects than those that read the settings themselves."""

    def __init__(self, screen: ChatScreen, settings: Settings, depth: Depth) -> None:
        self._screen = screen
        self._settings = settings
        self._depth = depth

    def changed(self, name: str) -> None:
        """Apply a setting that has changed."""
        self.apply(name)
        if name in _PANES:
            self._screen.fold()
        self._screen.host.state.on_change()

    def apply(self, name: str) -> None:
        """Set what a setting is about."""
        screen, settings = self._screen, self._settings
        if name == THEME.name:
            screen.use(Looks(settings.of(THEME), self._depth))
        elif name == POPUP.name:
            screen.host.field.popup.on = settings.of(POPUP)
        elif name == BELL.name:
            screen.host.state.attention.bell = Level(settings.of(BELL))
        elif name == NOTICES.name:
            screen.ring_by(Means(settings.of(NOTICES)))
        elif name == MOUSE.name:
            screen.use_mouse(on=settings.of(MOUSE))
        elif name == CONVERSATIONS_WIDTH.name:
            screen.folds.widen(_PANES[name], settings.of(CONVERSATIONS_WIDTH))
        elif name == MEMBERS_WIDTH.name:
            screen.folds.widen(_PANES[name], settings.of(MEMBERS_WIDTH))
        elif name.startswith(_KEYS):
            screen.host.key_table.choose(settings.keys)
