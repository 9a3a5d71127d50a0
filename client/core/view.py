"""What a view says to a session and sees of it, beside logging in and out."""

from __future__ import annotations

from client.core.events import ClientEvent, Sent
from client.core.exchange import Exchange
from messages.base import Request
from messages.events import Message
from messages.requests import Search


class SessionView:
    """What is asked and answered, as a view sees it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._events = exchange.events

    def send(self, to: str, text: str) -> Sent:
        """Say something to `#room` or `@user`; raise ValueError with a sentence if it cannot be sent."""
        return self._exchange.send(to, text)

    def ask(self, kind: type[Request], **fields: object) -> str:
        """Make a request of another kind and return its id; raise ValueError if a field is wrong."""
        return self._exchange.ask(kind, **fields)

    def read(self, conversation: str, upto: int) -> None:
        """Take note that a person has read what was handed over of a conversation, up to the seq `upto`.

        The broker is told with the next confirm.
        """
        self._exchange.mailbox.read(conversation, upto)

    @property
    def name(self) -> str:
        """The name that is borne, or asked for."""
        return self._exchange.name

    @property
    def next_search(self) -> Search | None:
        """What would find the messages before those that were found last, if there may be any."""
        return self._exchange.next_search

    @property
    def has_searched(self) -> bool:
        """Whether anything was looked for, found or not."""
        return self._exchange.has_searched

    @property
    def unanswered(self) -> int:
        """How many requests have no reply yet."""
        return len(self._exchange.outgoing)

    @property
    def unaccepted(self) -> list[Sent]:
        """One's own messages that the broker has neither accepted nor refused."""
        return self._exchange.sent_log.unaccepted

    @property
    def conversations(self) -> list[str]:
        """The conversations this client knows."""
        return self._exchange.mailbox.conversations

    @property
    def people(self) -> list[str]:
        """The names of others that have been seen, the last one at the end."""
        return self._exchange.people.others(self.name)

    @property
    def all_confirmed(self) -> bool:
        """Whether the broker was told of everything that was handed over."""
        return self._exchange.mailbox.all_confirmed

    def recent_sent(self, most: int) -> list[Sent]:
        """Return one's own last messages, accepted or not, oldest first."""
        return self._exchange.sent_log.recent(most)

    def next_event(self) -> ClientEvent | None:
        """Return what is to be shown next."""
        ignored = self._exchange.ignored
        while self._events:
            event = self._events.popleft()
            if not ignored.hides(event):
                return ignored.without(event)
            self.handed_over(event)  # it has arrived, though nobody wants to see it
        return None

    def handed_over(self, event: ClientEvent) -> None:
        """Take note that an event was shown; only then a message is confirmed."""
        if isinstance(event, Message):
            self._exchange.mailbox.handed_over(event)
