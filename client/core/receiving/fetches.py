"""Pages of history that a view fetches for a timeline, and which entries a page leaves no doubt about."""

from __future__ import annotations

from client.core.events import ClientEvent, LoggedIn, Replied
from messages.replies import Page
from messages.requests import History

FETCH = 100
"""Entries of a page."""


class Fetch(History, frozen=True, gc=False, tag="history"):
    """A `history` whose page is not shown as such: its timeline has the messages."""


class Fetches:
    """The fetches that are not answered yet."""

    def __init__(self) -> None:
        self._asked: set[tuple[str, int | None, int | None]] = set()

    def begin(self, conversation: str, before: int | None, after: int | None) -> bool:
        """Record a fetch that is to be asked for. Return False if the same one is on its way."""
        key = conversation, before, after
        if key in self._asked:
            return False
        self._asked.add(key)
        return True

    def __bool__(self) -> bool:
        return bool(self._asked)

    def take(self, event: ClientEvent) -> bool:
        """Take an event. Return whether it is a page that the view does not need to see."""
        if isinstance(event, LoggedIn) and (event.new_log or not event.again):
            self._asked.clear()  # they may never be answered
        if not (isinstance(event, Replied) and isinstance(event.request, Fetch)):
            return False
        request = event.request
        self._asked.discard((request.conversation, request.before, request.after))
        return isinstance(event.reply, Page)


def covered(request: History | None, page: Page) -> tuple[int, int] | None:
    """Return the first and the last of the entries of which a page leaves none out, if there are any.

    Entries that are stored no more count as well. Without a request only the page itself is known.
    """
    seqs = [entry.seq for entry in page.messages]
    if request is None:
        first, last = (seqs[0], seqs[-1]) if seqs else (1, 0)
    elif request.thread is not None:
        return None
    elif request.after is not None or request.since is not None:
        first = seqs[0] if request.after is None and seqs else (request.after or 0) + 1
        last = seqs[-1] if seqs else 0
    else:
        last = page.head if request.before is None else min(request.before - 1, page.head or request.before)
        first = seqs[0] if seqs else last + 1
    return (first, last) if first <= last else None


def begins(request: History | None, page: Page) -> int | None:
    """Return the seq at which the log begins, if a page shows it."""
    if request is None or page.more or request.thread or request.after is not None or request.since:
        return None
    if page.messages:
        return page.messages[0].seq
    return min(request.before or page.head + 1, page.head + 1) if page.head else None
