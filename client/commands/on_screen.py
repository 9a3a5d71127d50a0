"""The slash commands that only the full screen has. The screen itself says what they do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from client.commands.registry import CommandHost, Handler, SlashCommands
from messages.text import neutralise


def register(commands: SlashCommands) -> None:
    """Put the commands into the table."""
    for name, usage, line, waits, elsewhere in (
        (
            "/set",
            "/set [SETTING [VALUE]]",
            "show the settings of the full screen, or change one",
            False,
            _where_settings_are,
        ),
        (
            "/goto",
            "/goto N|TIME|unread|end",
            "go to message N, a time, the first unread message, or the last one",
            True,
            lambda: "in line mode, /history shows earlier messages",
        ),
    ):
        commands.command(name, usage, line, waits=waits)(_handler(name, elsewhere))


def _where_settings_are() -> str:
    from client.keys import KeyFileError, settings_directory  # noqa: PLC0415 - rarely needed

    with suppress(KeyFileError):
        return f"in line mode, edit {neutralise(str(settings_directory() / 'config.toml'))}"
    return "in line mode, edit the file of --config"


def _handler(name: str, elsewhere: Callable[[], str]) -> Handler:
    """Return what runs a command. `elsewhere` returns what a person can do in line mode."""

    def run(host: CommandHost, argument: str) -> None:
        if name not in host.on_screen:
            raise ValueError(f"{name} is a command of the full screen; {elsewhere()}")
        host.on_screen[name].run(argument)

    return run
