"""Completion of the word being typed: commands, conversations and names."""

from __future__ import annotations

import re

from client.commands.table import COMMANDS
from client.core.session import Session


def complete(session: Session, text: str, cursor: int) -> list[str]:
    """Return the candidates, in order, for the word of `text` that ends at the index `cursor`."""
    word = re.split(r"\s", text[:cursor])[-1]
    if word.startswith("/") and word == text[:cursor]:
        return sorted(name + " " for name in COMMANDS.table if name.startswith(word.lower()))
    if word.startswith(("#", "@")):
        return sorted(name for name in session.conversations if name.lower().startswith(word.lower()))
    mark = ": " if word == text[:cursor] else " "
    return sorted(name + mark for name in session.people if name.lower().startswith(word.lower()))
