"""The command handlers, by subject, and the one table of all commands."""

from broker.commands import conversations, games, identity, operators, people, rooms, sessions
from broker.core.registry import Command
from messages.requests import Request

COMMANDS: dict[type[Request], Command] = {}
"""Every command by its request type."""

for _subject in (sessions, conversations, rooms, people, games, operators, identity):
    COMMANDS.update(_subject.registry.commands)
