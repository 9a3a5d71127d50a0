"""The slash commands that move files: upload, get."""

from __future__ import annotations

from client.commands.registry import CommandHost, SlashCommands, UsageError
from client.files.paths import split_path


def register(commands: SlashCommands) -> None:
    """Put the commands into the table."""
    for name, usage, line, handler in (
        ("/upload", "/upload PATH [TEXT]", "send a file here, with a text or without", upload),
        (
            "/get",
            "/get [N] [K]",
            "get the files of message N, or only its file K",
            get,
        ),
    ):
        commands.command(name, usage, line)(handler)


def upload(host: CommandHost, argument: str) -> None:
    """Upload a file and send it to the conversation."""
    path, text = split_path(argument)
    if not path:
        raise UsageError
    host.upload(path, text)


def get(host: CommandHost, argument: str) -> None:
    """Get the files of a message, of the last one with files if none is named."""
    numbers = argument.split()
    if len(numbers) > 2 or not all(one.isascii() and one.isdigit() and len(one) < 16 for one in numbers):
        raise UsageError
    seq = int(numbers[0]) if numbers else _last_with_files(host)
    host.get_files(seq, int(numbers[1]) if len(numbers) > 1 else None)


def _last_with_files(host: CommandHost) -> int:
    messages = host.session.timeline(host.here).messages
    seqs = [seq for seq, message in messages.items() if message.files]
    if not seqs:
        raise ValueError("no message here has a file, as far as this client knows; give a message's number")
    return max(seqs)
