"""The users that this user ignores: their messages are not shown."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from client.core.events import ClientEvent, Replied
from messages.events import Message
from messages.names import canonical_key
from messages.replies import Found, Page


class Ignored:
    """The names of the ignored users, as the broker reports them."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def set(self, names: Iterable[str]) -> None:
        """Ignore these users only, from now on."""
        self._keys = {canonical_key(name) for name in names}

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name."""
        if canonical_key(old) in self._keys:
            self._keys.remove(canonical_key(old))
            self._keys.add(canonical_key(new))

    def hides(self, event: ClientEvent) -> bool:
        """Whether an event is a message of an ignored user."""
        return isinstance(event, Message) and canonical_key(event.sender) in self._keys

    def without(self, event: ClientEvent) -> ClientEvent:
        """Return a reply without the messages of ignored users, and any other event unchanged."""
        if not (self._keys and isinstance(event, Replied) and isinstance(event.reply, Page | Found)):
            return event
        kept = [message for message in event.reply.messages if not self.hides(message)]
        return Replied(event.request, msgspec.structs.replace(event.reply, messages=kept))
