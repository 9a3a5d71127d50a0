"""The settings as they are now, where each comes from, and what follows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, cast

from client.screen.settings.file import FileError, store
from client.screen.settings.key_table import Chosen, keys_with
from client.screen.settings.kinds import Setting, Simple
from messages.options import SettingsFile
from messages.text import neutralise

Value = TypeVar("Value")

_KEYS = "keys."


class Source(StrEnum):
    """Where a value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "option"
    SESSION = "until you leave"


class Settings:
    """The value of each setting. `given` are those that are not the default, and where each comes from.

    `follow` is called with the name of a setting that has changed.
    """

    def __init__(
        self, file: Path | None = None, given: Mapping[str, tuple[Simple, Source]] | None = None
    ) -> None:
        self.file = file
        self.follow: Callable[[str], None] = lambda _name: None
        self._given = dict(given or {})

    def of(self, setting: Setting[Value]) -> Value:
        """Return the value of a setting."""
        value, _ = self._given.get(setting.name, (setting.default, Source.DEFAULT))
        return cast("Value", value)

    def source(self, setting: Setting[Any]) -> Source:
        """Return where the value of a setting comes from."""
        return self._given.get(setting.name, (None, Source.DEFAULT))[1]

    @property
    def keys(self) -> Chosen:
        """The names of the keys that are set, by function."""
        return {
            name.removeprefix(_KEYS): cast("tuple[str, ...]", value)
            for name, (value, _) in self._given.items()
            if name.startswith(_KEYS)
        }

    def change(self, setting: Setting[Any], value: Simple | None) -> str:
        """Set a value, or the default if it is None, and keep it in the file. Return how long it holds.

        Raise ValueError with a sentence if a key is needed for something else.
        """
        name = setting.name
        if name.startswith(_KEYS):
            others = {one: keys for one, keys in self.keys.items() if f"{_KEYS}{one}" != name}
            wanted = {} if value is None else {name.removeprefix(_KEYS): cast("tuple[str, ...]", value)}
            keys_with({**others, **wanted})
        before = self.source(setting)
        trouble = self._store(name, value)
        if value is None:
            self._given.pop(name, None)
        else:
            self._given[name] = value, Source.SESSION if trouble else Source.FILE
        self.follow(name)
        if trouble:
            return f"until you leave, as {trouble}"
        if value is None:
            return "as by default"
        over = {Source.OPTION: f"--{name}", Source.ENVIRONMENT: f"CHAT_CLIENT_{name.upper()}"}
        if before in over:
            return f"and in {self._shown_file}; {over[before]} still overrides that at a start"
        return f"and in {self._shown_file}"

    def _store(self, name: str, value: Simple | None) -> str:
        """Return why the value is not kept; empty if it is."""
        if self.file is None:
            return "there is no home directory for a settings file"
        try:
            store(self.file, name, value)
        except FileError as error:
            return f"{self._shown_file} cannot be changed: {neutralise(str(error))}"
        return ""

    @property
    def _shown_file(self) -> str:
        with suppress(ValueError, RuntimeError):
            return neutralise(f"~/{(self.file or Path()).relative_to(Path.home())}")
        return neutralise(str(self.file))


_SOURCES = {
    "COMMANDLINE": Source.OPTION,
    "ENVIRONMENT": Source.ENVIRONMENT,
    "DEFAULT_MAP": Source.FILE,
}
"""What click calls the sources of an option's value."""


def settings_of(file: SettingsFile, options: Mapping[str, Simple]) -> Settings:
    """Return the settings at a start: those of a file, and those that are options, with their values."""
    given: dict[str, tuple[Simple, Source]] = {}
    for name, value in file.others.items():
        if isinstance(value, dict):
            given |= {f"{name}.{function}": (keys, Source.FILE) for function, keys in value.items()}
        else:
            given[name] = cast("Simple", value), Source.FILE
    for name, option in options.items():
        if (source := _SOURCES.get(file.sources.get(name, ""))) is not None:
            given[name] = option, source
    return Settings(file.path, given)
