"""The users that this user ignores: what they say or ask for is not shown.

This is the one rule for all views. It hides an event if it carries an ignored user's own words or wishes:
messages, topics, names, invitations, challenges, and that they come and go. What moderators do in a room is
shown, whoever they are, and so is what concerns this user's own safety.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

import msgspec

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied, TypingChanged
from messages.events import Edited, Game, GameKind, Ignoring, Message, Reacted, System, SystemKind
from messages.members import MemberEntry, MemberList
from messages.moderation import IgnoreList
from messages.names import canonical_key
from messages.replies import Found, Page, PinList, UserEntry, UserList

_OWN = frozenset({SystemKind.JOINED, SystemKind.LEFT, SystemKind.RENAMED, SystemKind.TOPIC})
"""Kinds of `system` events in which `user` does something of their own will."""

_Entry = TypeVar("_Entry", UserEntry, MemberEntry)

_ASKED = frozenset({GameKind.CHALLENGED, GameKind.EXPIRED})


class Ignored:
    """The names of the ignored users, as the broker reports them."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def set(self, names: Iterable[str]) -> None:
        """Ignore these users only, from now on."""
        self._keys = {canonical_key(name) for name in names}

    def take(self, event: ClientEvent) -> ClientEvent | None:
        """Return what is to be shown of the next event, or None. A changed list holds for later events."""
        hidden = self._hides(event)
        match event:
            case LoggedIn():
                self.set(())  # the list comes after the welcome, if there is one
            case Ignoring():
                self.set(event.names)
            case Replied(reply=IgnoreList(names=names)):
                self.set(names)
            case System(kind=SystemKind.RENAMED, name=str() as name) if hidden:
                self._keys.remove(canonical_key(event.user))
                self._keys.add(canonical_key(name))
                return Renamed(event.user, name)
        if isinstance(event, TypingChanged):
            return replace(event, users=self.others(event.users))
        return None if hidden else self._without(event)

    def others(self, users: Iterable[str]) -> tuple[str, ...]:
        """Return those of the users who are not ignored."""
        return tuple(user for user in users if canonical_key(user) not in self._keys)

    def _hides(self, event: ClientEvent) -> bool:
        match event:
            case Message() | Edited() | Reacted():
                who: str | None = event.sender
            case System() if event.kind in _OWN:
                who = event.user
            case System(kind=SystemKind.INVITED):
                who = event.by
            case Game() if event.kind in _ASKED:
                who = event.opponent
            case _:
                who = None
        return who is not None and canonical_key(who) in self._keys

    def _without(self, event: ClientEvent) -> ClientEvent:
        """Return a reply without the messages and away texts of ignored users. Other events are unchanged."""
        if not (self._keys and isinstance(event, Replied)):
            return event
        match event.reply:
            case Page() | Found() | PinList() as reply:
                kept = [message for message in reply.messages if not self._hides(message)]
                return Replied(event.request, msgspec.structs.replace(reply, messages=kept))
            case UserList() as reply:
                return Replied(
                    event.request, msgspec.structs.replace(reply, users=[*map(self._quiet, reply.users)])
                )
            case MemberList() as reply:
                return Replied(
                    event.request, msgspec.structs.replace(reply, members=[*map(self._quiet, reply.members)])
                )
        return event

    def _quiet(self, entry: _Entry) -> _Entry:
        """Return an entry that says that an ignored user is away, but not with which words."""
        if not entry.away or canonical_key(entry.name) not in self._keys:
            return entry
        return msgspec.structs.replace(entry, away="")
