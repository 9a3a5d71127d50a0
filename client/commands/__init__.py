"""The slash commands."""

from client.commands import moderation
from client.commands.table import COMMANDS

__all__ = ["COMMANDS", "moderation"]
