"""The pages of positions that come at a login and after lagging: all conversations of the user."""

from __future__ import annotations

from collections import deque

from client.core.events import ClientEvent, Removed
from client.core.receiving.mailbox import Mailbox
from client.core.sending.pending import PendingRequests
from messages.events import Lagged, Positions
from messages.names import canonical_key
from messages.replies import Welcome


class Listing:
    """Forgets the rooms that are not listed: the user is not in them any more."""

    def __init__(self, mailbox: Mailbox, pending: PendingRequests, events: deque[ClientEvent]) -> None:
        self._mailbox = mailbox
        self._pending = pending
        self._events = events
        self._listed: set[str] | None = None

    def begin(self) -> None:
        """Forget an earlier list that did not end."""
        self._listed = None

    def take(self, page: Welcome | Lagged | Positions) -> None:
        """Take a page of positions.

        Earlier brokers do not say that there are `more`; what they send after the first page is no list.
        """
        first = not isinstance(page, Positions)
        listed = set() if first and self._listed is None else self._listed
        if listed is None:
            return
        listed.update(canonical_key(position.conversation) for position in page.conversations)
        self._listed = listed if page.more else None
        if page.more:
            return
        listed |= self._pending.rooms  # the answer will tell of these
        for room in self._mailbox.conversations:
            if room.startswith("#") and canonical_key(room) not in listed:
                self._mailbox.close(room)
                self._events.append(Removed(room, while_away=True))
