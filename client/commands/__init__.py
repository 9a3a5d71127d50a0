"""The slash commands."""

from client.commands import moderation
from client.commands.short import SHORT
from client.commands.table import COMMANDS

COMMANDS.alias(SHORT)

__all__ = ["COMMANDS", "moderation"]
