"""The command /set: shows settings, and changes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from client.commands.registry import UsageError, split_first
from client.screen.settings.current import Settings
from client.screen.settings.kinds import Setting, shown
from client.screen.settings.table import KEYS, SETTINGS, find
from client.screen.tones import BOLD, DIM, PLAIN, Row

_DEFAULT = "default"
_ALL_KEYS = "keys"
_ADVICE = (
    "/set SETTING VALUE changes one, /set SETTING default takes the change back, /set keys shows the keys."
)


class SetCommand:
    """Shows results with `show`, and long ones with `table`, which takes a title and rows.

    `note` returns what else is to be known of a setting.
    """

    def __init__(
        self,
        settings: Settings,
        show: Callable[[str], None],
        table: Callable[[str, list[Row]], None],
        note: Callable[[Setting[Any]], str] = lambda _setting: "",
    ) -> None:
        self._settings = settings
        self._show = show
        self._table = table
        self._note = note

    def run(self, argument: str) -> None:
        """Show all settings, those of the keys, or one; or change one."""
        name, value = split_first(argument)
        if not name:
            self._show_all()
        elif name.lower().rstrip(".") == _ALL_KEYS:
            if value:
                raise UsageError
            self._table("Keys", self._rows(KEYS))
        elif not value:
            self._show_one(find(name))
        else:
            self._change(find(name), value)

    def words(self, before: str) -> Iterable[str]:
        """Return what can follow a text behind the command."""
        match before.split():
            case []:
                return [*(f"{name} " for name in SETTINGS), _ALL_KEYS]
            case [name] if name.lower().replace("_", "-") in SETTINGS:
                return [*find(name).words, _DEFAULT]
            case [name, *_] if name.lower().startswith(f"{_ALL_KEYS}."):
                return KEYS[0].words
            case _:
                return ()

    def _change(self, setting: Setting[Any], text: str) -> None:
        value = None if text.lower() == _DEFAULT else setting.parse(text)
        how = self._settings.change(setting, value)
        self._show(f"{setting.name} is {shown(self._settings.of(setting))} now, {how}.{self._noted(setting)}")

    def _show_one(self, setting: Setting[Any]) -> None:
        value, source = shown(self._settings.of(setting)), self._settings.source(setting)
        self._show(f"{setting.name}, {setting.help}: {value} ({source}).{self._noted(setting)}")
        self._show(f"It can be: {setting.values}. /set {setting.name} default takes it out of the file.")

    def _noted(self, setting: Setting[Any]) -> str:
        return f" {note}" if (note := self._note(setting)) else ""

    def _show_all(self) -> None:
        keys = [key for key in KEYS if key.name.removeprefix("keys.") in self._settings.keys]
        rows = self._rows([*(one for one in SETTINGS.values() if one not in KEYS), *keys])
        self._table("Settings", [*rows, [(_ADVICE, DIM)]])

    def _rows(self, settings: Sequence[Setting[Any]]) -> list[Row]:
        """Return a row for each setting: its name, its value, where that comes from, and what it is."""
        values = [shown(self._settings.of(one)) for one in settings]
        name, value = max(len(one.name) for one in settings), max(map(len, values))
        return [
            [
                (f"{one.name:{name}}  ", BOLD),
                (f"{text:{value}}  ", PLAIN),
                (f"{self._settings.source(one)}: {one.help}", DIM),
            ]
            for one, text in zip(settings, values, strict=True)
        ]
