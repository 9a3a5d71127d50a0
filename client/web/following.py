"""What a person's session needs to know of their tabs, and who has made which request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Protocol

from client.core.events import ClientEvent, Renamed, Sent
from client.core.person.attention import Ring
from client.transport.link import new_id
from messages.events import System, SystemKind

MOST_SPARE = 20
"""Logs that all tabs of a person keep beside those that they look at: each may have 1,000 messages."""

ALL = "*"
"""All conversations, where one may be named."""


class Follower(Protocol):
    """A tab, as the person knows it."""

    def follow(self, event: ClientEvent) -> None:
        """Take any event of the session."""
        ...

    def take(self, event: ClientEvent) -> None:
        """Take an event that answers nobody in particular."""
        ...

    def told_of(self, sent: Sent) -> None:
        """Take the new state of an own message."""
        ...

    def ring(self, ring: Ring) -> None:
        """Take what rings."""
        ...

    def flush(self, doubtful: str = "") -> None:
        """Send what has changed. Without an event a `doubtful` conversation may have, or `ALL` of them."""
        ...

    def spare(self) -> list[tuple[float, Callable[[], None]]]:
        """Return what it keeps beside the log that it looks at: when each was opened, and what drops it."""
        ...

    def tick(self, now: float) -> None:
        """Look whether something is old."""
        ...

    def beat(self, now: float) -> None:
        """Show that the gateway is there, and close if the page is not."""
        ...

    def end(self, text: str, *, sign_in: bool) -> None:
        """Tell why the session has ended, and close."""
        ...


def drop_spare(tabs: Iterable[Follower]) -> None:
    """Drop logs that the tabs of a person keep beside those that they look at, if these are too many."""
    spare = sorted((one for tab in tabs for one in tab.spare()), key=itemgetter(0))
    for _, drop in spare[:-MOST_SPARE]:
        drop()


class Ids:
    """Makes the ids of a session's requests. One can be `wanted`, and `note` is told of each."""

    def __init__(self) -> None:
        self.wanted: str | None = None
        self.note: Callable[[str], None] | None = None

    def __call__(self) -> str:
        """Return the next id."""
        made, self.wanted = self.wanted or new_id(), None
        if self.note is not None:
            self.note(made)
        return made


def renamed(event: ClientEvent) -> tuple[str, str] | None:
    """Return a direct conversation's old and new name, if the event is about such a change."""
    match event:
        case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
            return f"@{old}", f"@{new}"
    return None
