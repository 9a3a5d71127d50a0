"""The last search, so that the person can go on to older hits."""

from __future__ import annotations

from contextlib import suppress

from msgspec.structs import replace

from client.core.events import ClientEvent, Replied
from messages.replies import Found
from messages.requests import Search


class LastSearch:
    """What the reply to the last search has told."""

    def __init__(self) -> None:
        self.older: Search | None = None
        """The request for older hits; None if there are none."""
        self.happened = False
        """Whether there was a search, with hits or without."""

    def take(self, event: ClientEvent) -> None:
        """Learn from an event."""
        match event:
            case Replied(Search() as request, Found(next=page)):
                self.happened = True
                self.older = request_for_older(request, page)


def request_for_older(request: Search, page: str | None) -> Search | None:
    """Return the request for the hits behind a page; None if there are none, or if no request can name it."""
    if page is None:
        return None
    with suppress(ValueError):
        return replace(request, page=page)
    return None
