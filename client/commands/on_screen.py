"""The slash commands that only the full screen has. The screen itself says what they do."""

from __future__ import annotations

from client.commands.registry import CommandHost, Handler, SlashCommands


def register(commands: SlashCommands) -> None:
    """Put the commands into the table."""
    for name, usage, line, waits, elsewhere in (
        (
            "/set",
            "/set [SETTING [VALUE]]",
            "show the settings of the full screen, or change one",
            False,
            "in line mode, edit the settings file (see --config in chat-client --help)",
        ),
        (
            "/goto",
            "/goto N|TIME|unread|end",
            "go to message N, a time, the first unread message, or the last one",
            True,
            "in line mode, /history shows earlier messages",
        ),
    ):
        commands.command(name, usage, line, waits=waits)(_handler(name, elsewhere))


def _handler(name: str, elsewhere: str) -> Handler:
    """Return what runs a command. `elsewhere` says what a person can do in line mode."""

    def run(host: CommandHost, argument: str) -> None:
        if name not in host.on_screen:
            raise ValueError(f"{name} is a command of the full screen; {elsewhere}")
        host.on_screen[name].run(argument)

    return run
