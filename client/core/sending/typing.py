"""Who types: the others as far as this client is told, and this user as far as the others are to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from client.core.events import TypingChanged
from messages import typing
from messages.events import IsTyping
from messages.limits import TYPING_SECONDS
from messages.names import canonical_key

SHOWN_SECONDS = 6.0
"""After this time without news a user has stopped to type."""

_MOST = 200  # conversations with somebody who types, and users in each


class Typing:
    """Times are monotonic seconds. While it is not `on`, nothing is told and nothing is kept.

    It is on if the broker can do it, the user wants it, and this client is `allowed` to.
    """

    def __init__(self, new_id: Callable[[], str]) -> None:
        self.allowed = True
        self._wanted = False
        self._new_id = new_id
        self._until: dict[str, dict[str, float]] = {}
        self._told_at: dict[str, float] = {}
        self._to_tell: list[typing.Typing] = []

    def set(self, *, on: bool) -> None:
        """Take the setting of the user, as far as the broker can do it."""
        self._wanted = on
        self._told_at.clear()
        self._to_tell.clear()

    @property
    def on(self) -> bool:
        """Whether the others are told that this user types, and the other way round."""
        return self._wanted and self.allowed

    # The others

    def take(self, event: IsTyping, now: float) -> Iterator[TypingChanged]:
        """Take the news that a user types, or has stopped. Yield what has changed."""
        users = self._until.get(event.conversation, {})
        if event.on and self.on and max(len(users), len(self._until)) < _MOST:
            known = event.user in users
            self._until.setdefault(event.conversation, {})[event.user] = now + SHOWN_SECONDS
            if not known:
                yield self._changed(event.conversation)
        elif not event.on:
            yield from self.stopped(event.conversation, event.user)

    def stopped(self, conversation: str, user: str) -> Iterator[TypingChanged]:
        """Record that a user has sent a message, or has stopped. Yield what has changed."""
        if self._until.get(conversation, {}).pop(user, None) is not None:
            yield self._changed(conversation)

    def left(self, user: str, room: str | None) -> Iterator[TypingChanged]:
        """Record that a user has left a room, or the chat. Yield what has changed."""
        for conversation in [room] if room else list(self._until):
            yield from self.stopped(conversation, user)

    def expire(self, now: float) -> Iterator[TypingChanged]:
        """Yield the conversations in which somebody has stopped without a word."""
        for conversation, users in list(self._until.items()):
            late = [user for user, until in users.items() if until <= now]
            for user in late:
                del users[user]
            if late:
                yield self._changed(conversation)

    @property
    def due_at(self) -> float:
        """When to call `expire` again; infinity if nobody types."""
        if self._to_tell:
            return float("-inf")
        return min((at for users in self._until.values() for at in users.values()), default=float("inf"))

    def who(self, conversation: str) -> tuple[str, ...]:
        """Return who types in a conversation, in the order in which they began."""
        return tuple(self._until.get(conversation, ()))

    def rename(self, old: str, new: str) -> None:
        """Record a user's new name."""
        if f"@{old}" in self._until:
            self._until[f"@{new}"] = self._until.pop(f"@{old}")
        for users in self._until.values():
            if old in users:
                users[new] = users.pop(old)

    def clear(self) -> None:
        """Forget who types, because the connection is another one."""
        self._until.clear()
        self._told_at.clear()
        self._to_tell.clear()

    def _changed(self, conversation: str) -> TypingChanged:
        users = self.who(conversation)
        if not users:
            self._until.pop(conversation, None)
        return TypingChanged(conversation, users)

    # This user

    def typed(self, conversation: str, draft: str, now: float) -> None:
        """Record that the person has typed, and what the draft is now. Commands are nobody's business."""
        key, told = canonical_key(conversation), self._told_at
        if not self.on or not draft.strip() or (draft.startswith("/") and not draft.startswith("//")):
            return
        if now - told.get(key, float("-inf")) < TYPING_SECONDS:
            return
        if len(told) >= _MOST:
            told.clear()
        told[key] = now
        with suppress(ValueError):  # a broker can give a name that is none
            self._to_tell.append(typing.Typing(self._new_id(), conversation))

    def take_requests(self) -> list[typing.Typing]:
        """Return the requests to make now. Nobody waits for their answers."""
        requests, self._to_tell = self._to_tell, []
        return requests
