"""The users that this user ignores: what they say or ask for is not shown.

This is the one rule for all views. It hides an event if it carries an ignored user's own words or wishes:
messages, reactions, topics, names, invitations, challenges, and that they come and go. What moderators do in
a room is shown, whoever they are, and so is what concerns this user's own safety.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar
from weakref import WeakKeyDictionary

import msgspec

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied, TypingChanged
from client.core.receiving.timeline import Timeline
from messages.events import (
    AnyEntry,
    Edited,
    Game,
    Ignoring,
    Message,
    Reacted,
    Reaction,
    System,
    SystemKind,
)
from messages.game import GameKind
from messages.members import MemberEntry, MemberList
from messages.moderation import IgnoreList
from messages.names import canonical_key
from messages.replies import AnyReply, Found, Page, PinList, UserEntry, UserList

_OWN = frozenset({SystemKind.JOINED, SystemKind.LEFT, SystemKind.RENAMED, SystemKind.TOPIC})
"""Kinds of `system` events in which `user` does something of their own will."""

_Entry = TypeVar("_Entry", UserEntry, MemberEntry)

_ASKED = frozenset({GameKind.CHALLENGED, GameKind.EXPIRED})


class Ignored:
    """The names of the ignored users, as the broker reports them."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._copies: WeakKeyDictionary[Timeline, tuple[int, Timeline]] = WeakKeyDictionary()
        """What is shown of timelines, as of a version of each."""

    def set(self, names: Iterable[str]) -> None:
        """Ignore these users only, from now on."""
        self._keys = {canonical_key(name) for name in names}
        self._copies.clear()

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
                self._copies.clear()
                return Renamed(event.user, name)
        if isinstance(event, TypingChanged):
            return replace(event, users=self.others(event.users))
        return None if hidden else self._without(event)

    def message(self, message: Message | None) -> Message | None:
        """Return a message without the reactions of ignored users; None if it is hidden, or None.

        A message has the names of ten users for each reaction. The eleventh counts, ignored or not.
        """
        if message is None or self._hides(message):
            return None
        if not (self._keys and message.reactions):
            return message
        kept = [self._counted(one) for one in message.reactions]
        return msgspec.structs.replace(message, reactions=tuple(one for one in kept if one.count > 0))

    def timeline(self, timeline: Timeline) -> Timeline:
        """Return what is to be shown of a timeline: itself if nobody is ignored, else a copy as of now.

        The copy is made once for each change, and is not to be changed.
        """
        if not self._keys:
            return timeline
        version, shown = self._copies.get(timeline, (-1, timeline))
        if version != timeline.version:
            shown = self._copy(timeline)
            self._copies[timeline] = timeline.version, shown
        shown.looks_at = timeline.looks_at
        return shown

    def _copy(self, timeline: Timeline) -> Timeline:
        shown = Timeline()
        messages = ((seq, self.message(message)) for seq, message in timeline.messages.items())
        shown.messages = {seq: message for seq, message in messages if message is not None}
        shown.seqs = [seq for seq in timeline.seqs if seq in shown.messages]
        shown.known, shown.begins = timeline.known, timeline.begins
        shown.pinned = timeline.pinned & shown.messages.keys()
        return shown

    def _counted(self, reaction: Reaction) -> Reaction:
        """Return a reaction as if the ignored users had not given it."""
        users = [user for user in reaction.users if canonical_key(user) not in self._keys]
        count = reaction.count - (len(reaction.users) - len(users))
        return Reaction(reaction.reaction, count, users)

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

    def _without(self, event: ClientEvent) -> ClientEvent | None:
        """Return an event without the messages, reactions and away texts of ignored users."""
        if isinstance(event, Message):
            return self.message(event)
        if not (self._keys and isinstance(event, Replied)):
            return event
        changed: AnyReply = event.reply
        match event.reply:
            case Page() | Found() | PinList() as reply:
                kept = [shown for entry in reply.messages if (shown := self._entry(entry)) is not None]
                changed = msgspec.structs.replace(reply, messages=kept)
            case UserList() as reply:
                changed = msgspec.structs.replace(reply, users=[*map(self._quiet, reply.users)])
            case MemberList() as reply:
                changed = msgspec.structs.replace(reply, members=[*map(self._quiet, reply.members)])
        return event if changed is event.reply else Replied(event.request, changed)

    def _entry(self, entry: AnyEntry) -> AnyEntry | None:
        if isinstance(entry, Message):
            return self.message(entry)
        return None if self._hides(entry) else entry

    def _quiet(self, entry: _Entry) -> _Entry:
        """Return an entry that says that an ignored user is away, but not with which words."""
        if not entry.away or canonical_key(entry.name) not in self._keys:
            return entry
        return msgspec.structs.replace(entry, away="")
