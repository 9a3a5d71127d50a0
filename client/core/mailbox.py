"""All conversations of this client: what arrived, what must be fetched, what must be confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from client.core.events import Missing
from client.core.inbox import Inbox
from messages.events import Message, Position
from messages.limits import MAX_PAGE
from messages.replies import Page
from messages.requests import Confirm, History

CONFIRM_SECONDS = 0.25
"""Pause between two rounds of confirms."""


class Mailbox:
    """Inboxes by conversation. Without `listen` it asks for nothing and confirms nothing."""

    def __init__(self, new_id: Callable[[], str], *, listen: bool) -> None:
        self._new_id = new_id
        self._listen = listen
        self._inboxes: dict[str, Inbox] = {}
        self._fetches: dict[str, Inbox] = {}
        self._confirmed_at = float("-inf")

    @property
    def conversations(self) -> list[str]:
        """The names of all conversations known here."""
        return list(self._inboxes)

    def open(self, positions: Iterable[Position], *, anew: bool) -> None:
        """Take the positions of a welcome; `anew` if nothing from before holds any more."""
        self._fetches.clear()
        if anew:
            self._inboxes.clear()
        for inbox in self._inboxes.values():
            inbox.fetching = False
        self.learn(positions)

    def learn(self, positions: Iterable[Position]) -> None:
        """Take note of heads; a conversation not known yet begins at the user's cursor."""
        for position in positions:
            inbox = self._inboxes.get(position.conversation)
            if inbox is None:
                inbox = self._inboxes[position.conversation] = Inbox(
                    position.conversation, position.delivered
                )
            inbox.learn_head(position.head)

    def close(self, conversation: str) -> None:
        """Forget a room that was left."""
        self._inboxes.pop(conversation, None)

    def rename(self, old: str, new: str) -> None:
        """Take note that a direct conversation goes by another name."""
        inbox = self._inboxes.pop(old, None)
        if inbox is not None:
            inbox.conversation = new
            self._inboxes[new] = inbox

    def arrive(self, message: Message) -> list[Message]:
        """Take a live message; return what can be shown now."""
        return self._inbox(message.conversation, message.seq).arrive(message.seq, message)

    def sent(self, conversation: str, seq: int) -> list[Message]:
        """Take note of a seq that is one's own message; return what can be shown now."""
        return self._inbox(conversation, seq).arrive(seq, None)

    def fill(self, page: Page) -> list[Message | Missing] | None:
        """Take a page if this mailbox asked for it, and return what can be shown now."""
        inbox = self._fetches.pop(page.re, None)
        if inbox is None:
            return None
        inbox.fetching = False
        return inbox.fill(page.messages, last=not page.more)

    def fetch_failed(self, request_id: str) -> bool:
        """Take note that a fetch was refused; return whether it was one of this mailbox."""
        inbox = self._fetches.pop(request_id, None)
        if inbox is None:
            return False
        self._inboxes.pop(inbox.conversation, None)
        return True

    def handed_over(self, message: Message) -> None:
        """Take note that the view took a message."""
        inbox = self._inboxes.get(message.conversation)
        if inbox is not None:
            inbox.handed_over(message.seq)

    @property
    def confirm_at(self) -> float | None:
        """When something is to be confirmed, or None if all is."""
        if self._listen and any(inbox.confirmable > inbox.confirmed for inbox in self._inboxes.values()):
            return self._confirmed_at + CONFIRM_SECONDS
        return None

    def due(self, now: float) -> Iterator[History | Confirm]:
        """Yield fetches of what is missing, and from time to time confirms of what has arrived."""
        if not self._listen:
            return
        for inbox in self._inboxes.values():
            if inbox.behind and not inbox.fetching:
                inbox.fetching = True
                history = History(self._new_id(), inbox.conversation, after=inbox.have, limit=MAX_PAGE)
                self._fetches[history.id] = inbox
                yield history
        if now < self._confirmed_at + CONFIRM_SECONDS:
            return
        for inbox in self._inboxes.values():
            if inbox.confirmable > inbox.confirmed:
                inbox.confirmed = inbox.confirmable
                self._confirmed_at = now
                yield Confirm(self._new_id(), inbox.conversation, inbox.confirmed)

    def _inbox(self, conversation: str, seq: int) -> Inbox:
        inbox = self._inboxes.get(conversation)
        if inbox is None:
            # A room may have been joined from another device; a direct conversation begins here.
            have = seq - 1 if conversation.startswith("#") else 0
            inbox = self._inboxes[conversation] = Inbox(conversation, have)
        return inbox
