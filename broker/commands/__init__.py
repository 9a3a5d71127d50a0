"""The command handlers, by subject, and the table of all commands."""

from broker.commands import (
    conversations,
    games,
    identity,
    ignoring,
    moderation,
    operators,
    people,
    roles,
    rooms,
    sessions,
)
from broker.core.registry import Command
from messages.base import Request

COMMANDS: dict[type[Request], Command] = {}
"""Every command by its request type."""

for _subject in (
    sessions,
    conversations,
    rooms,
    people,
    games,
    operators,
    identity,
    roles,
    moderation,
    ignoring,
):
    COMMANDS.update(_subject.registry.commands)
