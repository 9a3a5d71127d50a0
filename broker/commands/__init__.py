"""The command handlers, by subject, and the table of all commands."""

from broker.commands import (
    admin,
    amendments,
    conversations,
    games,
    history,
    identity,
    ignoring,
    moderation,
    operators,
    people,
    roles,
    rooms,
    sessions,
)
from broker.commands.amending import pinning, reacting
from broker.commands.entry import adding
from broker.commands.files import transferring
from broker.commands.presence import members, own_sessions, typing
from broker.commands.settings import notices
from broker.core.registry import Command
from messages.base import Request

COMMANDS: dict[type[Request], Command] = {}
"""Every command of the published protocol by its request type."""

ADMIN_COMMANDS: dict[type[Request], Command] = admin.registry.commands | adding.registry.commands
"""The commands that only the admin channel takes."""

for _subject in (
    sessions,
    conversations,
    amendments,
    reacting,
    pinning,
    transferring,
    rooms,
    people,
    games,
    history,
    operators,
    identity,
    roles,
    moderation,
    ignoring,
    notices,
    members,
    own_sessions,
    typing,
):
    COMMANDS.update(_subject.registry.commands)
