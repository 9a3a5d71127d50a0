"""Commands that change the person's name or place, and what they change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from client.core.person.queries import DirectQuery
from messages.base import Request
from messages.requests import Join, Leave, Nick


class Change(Enum):
    """What a barrier changes for everything typed behind it."""

    NAME = "name"
    PLACE = "place"


@dataclass(slots=True)
class Barrier:
    """A command whose answer everything typed behind it waits for. `typed` is empty for a first login."""

    typed: str
    change: Change
    request_id: str | None = None
    name: str | None = None
    """The name of a login that has not begun, because earlier requests are not answered yet."""


FIRST_WORDS: dict[type[Request], tuple[str, Change]] = {
    DirectQuery: ("/query", Change.PLACE),
    Join: ("/join", Change.PLACE),
    Leave: ("/leave", Change.PLACE),
    Nick: ("/nick", Change.NAME),
}
"""The command that makes each of these requests, and what it changes."""
