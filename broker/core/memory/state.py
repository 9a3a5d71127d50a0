"""The broker's memory: users, sessions, rooms, conversations. Changes can be undone and are journaled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import msgspec

from broker.core.changes import Changes
from broker.core.entries import Form
from broker.core.facts.collection import Facts
from broker.core.limits.attempts import LoginAttempts
from broker.core.memory.connections import Connections
from broker.core.memory.holdings import Holdings
from broker.core.memory.located import Located
from broker.core.memory.model import (
    Challenge,
    Conversation,
    Direct,
    Member,
    Room,
    User,
    direct_id,
    room_id,
)
from broker.core.memory.pinning import forget_messages
from broker.core.names.former import FormerNames
from broker.core.names.lookalikes import Lookalikes
from broker.core.store import (
    DepartedMember,
    Entry,
    Pruned,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from messages.names import LOBBY, Name, parse_room
from messages.replies import Challenged, Played
from messages.requests import Play, Send


class State(Connections):
    """The state of the core. Handlers read its attributes, and change it only by its methods."""

    def __init__(
        self,
        epoch: str,
        next_user: int = 1,
        latest: int = 0,
        facts: Mapping[tuple[str, str], bytes] | None = None,
    ) -> None:
        super().__init__(Changes())
        self.epoch = epoch
        self.next_user = next_user
        self.latest = latest
        """The latest time (Unix ms). It does not go back, so messages are in the order of their times."""
        self.read_only = False  # whether the store failed and has not recovered: then nothing is journaled
        self.read_only_reason = ""  # for everybody; empty if it is not known
        self.users: dict[str, User] = {}
        self.users_by_id: dict[int, User] = {}
        self.conversations: dict[str, Conversation] = {}
        self.room_count = 0  # how many of them are rooms
        self.resolved: dict[tuple[User, str], Conversation] = {}  # the cache of `resolving`
        self.uncounted: dict[Conversation, None] = {}
        self.attempts = LoginAttempts()
        self.challenges: dict[tuple[User, User], Challenge] = {}
        self.games: dict[tuple[int, str], tuple[Play, Played | Challenged]] = {}  # by user and request id
        self.lookalikes = Lookalikes(self.changes)
        self.former = FormerNames(self.changes)
        self.journal: list[Entry] = []
        self.located = Located(self.journal)
        self.facts = Facts(facts or {}, self.changes, self.journal)
        self.files = Holdings(self.facts, self.changes)
        self.unstored: dict[int, dict[str, StoredMessage]] = {}  # by the sender's id and the request's id
        self.present: dict[tuple[str, int], StoredMessage] = {}  # what the journal amends, as it is now
        self.lobby: Room  # every user is a member of it; `open_lobby` sets it

    def open_lobby(self) -> None:
        """Find the lobby, or create it."""
        name = parse_room(LOBBY)
        self.lobby = self.room(name) or self.open_room(name)
        self.changes.settle()

    def room(self, name: Name) -> Room | None:
        """Return the room of that name."""
        found = self.conversations.get(room_id(name))
        return found if isinstance(found, Room) else None

    def rooms(self) -> list[Room]:
        """Return all rooms, the lobby first, then by name."""
        found = [room for room in self.conversations.values() if isinstance(room, Room)]
        return sorted(found, key=lambda room: (room is not self.lobby, room.id))

    def online(self) -> list[User]:
        """Return all users who are connected, by name."""
        return sorted((user for user in self.users.values() if user.online), key=lambda user: user.key)

    def settle(self) -> None:
        """Make all changes final; the journal is stored or was empty."""
        self.changes.settle()
        self.located.forget(0)
        self.journal.clear()
        self.unstored.clear()
        self.present.clear()

    def entries_unstored(self) -> Iterator[StoredMessage]:
        """Return the messages and amendments of this batch."""
        return chain.from_iterable(map(dict.values, self.unstored.values()))

    def revert(self, changes: int = 0, journal: int = 0) -> None:
        """Undo all changes and journal entries after these marks."""
        self.changes.revert(changes)
        self.resolved.clear()  # it may hold a conversation whose opening is undone
        self.located.forget(journal)
        for entry in self.journal[journal:]:
            if isinstance(entry, StoredMessage):
                sent = self.unstored[entry.user]
                del sent[entry.id]
                if not sent:
                    del self.unstored[entry.user]
        del self.journal[journal:]

    def add_user(self, name: Name) -> User:
        """Add a user, as a member of the lobby."""
        user = User(self.next_user, name.shown, name.key)
        self.changes.set(self, "next_user", self.next_user + 1)
        self.changes.put(self.users, user.key, user)
        self.changes.put(self.users_by_id, user.id, user)
        self.lookalikes.add(user.name)
        self._journal_user(user)
        self.join(self.lobby, user)
        return user

    def rename_user(self, user: User, name: Name) -> None:
        """Give a user another name."""
        self.changes.drop(self.users, user.key)
        self.lookalikes.remove(user.name)
        self.lookalikes.add(name.shown)
        self.changes.set(user, "name", name.shown)
        self.changes.set(user, "key", name.key)
        self.changes.put(self.users, user.key, user)
        self._journal_user(user)
        self.changes.forget(self.resolved.clear)

    def set_away(self, user: User, text: str | None) -> None:
        """Set or clear a user's away text."""
        self.changes.set(user, "away", text)
        self._journal_user(user)

    def set_discreet(self, user: User, discreet: bool) -> None:
        """Set whether a user sends no read receipts."""
        self.changes.set(user, "discreet", discreet)
        self._journal_user(user)

    def set_seen(self, user: User, at: int) -> None:
        """Record when a user was last heard (Unix ms), and store it unless the store is read-only."""
        self.changes.set(user, "seen", max(user.seen, at))
        if not self.read_only:
            self._journal_user(user)

    def _journal_user(self, user: User) -> None:
        self.journal.append(StoredUser(user.id, user.name, user.away, user.seen, user.discreet))

    def open_room(self, name: Name) -> Room:
        """Create a room."""
        room = Room(id=room_id(name), name=f"#{name.shown}")
        self.changes.put(self.conversations, room.id, room)
        self.changes.set(self, "room_count", self.room_count + 1)
        self.lookalikes.add(room.name)
        self.journal.append(StoredRoom(room.id, room.name, room.topic))
        return room

    def set_topic(self, room: Room, topic: str) -> None:
        """Set a room's topic."""
        self.changes.set(room, "topic", topic)
        self.journal.append(StoredRoom(room.id, room.name, room.topic))

    def direct(self, one: User, other: User) -> Direct:
        """Return the conversation of a pair. A new one is stored once a message is appended."""
        known = self.conversations.get(direct_id(one, other))
        return known if isinstance(known, Direct) else Direct(id=direct_id(one, other), pair=(one, other))

    def join(self, conversation: Conversation, user: User) -> None:
        """Make a user a member. Earlier messages do not count as unread."""
        head = conversation.head
        self._set_member(conversation, user, Member(head, head, head, 0))
        self.changes.put(user.conversations, conversation.id, conversation)
        if user.absent:
            self.changes.put(conversation.absent, user, None)
        for peer in user.peers:
            self._connect(conversation, peer)

    def leave(self, conversation: Conversation, user: User) -> None:
        """End a membership."""
        for table in conversation.tables:
            self.changes.drop(table, user)
        self.changes.drop(user.conversations, conversation.id)
        for peer in user.peers:
            self._disconnect(conversation, peer)
        self.journal.append(DepartedMember(conversation.id, user.id))

    def move_cursors(
        self, conversation: Conversation, user: User, delivered: int, read: int, at: int
    ) -> None:
        """Set a member's cursors: the last delivered seq and the last read seq."""
        member = conversation.members[user]
        self._set_member(conversation, user, Member(delivered, read, member.joined, at))

    def append(
        self,
        conversation: Conversation,
        user: User,
        sends: Sequence[Send],
        to: str,
        at: int,
        forms: Sequence[Form] = (),
    ) -> list[StoredMessage]:
        """Number messages and journal them. `to` is the recipient's name key, or empty for a room.

        If they have `forms`, there is one for each.
        """
        if conversation.id not in self.conversations:
            self._open_direct(conversation)
        first, last = conversation.head + 1, conversation.head + len(sends)
        self._advance(conversation, user, last, at)
        place, sender, name = conversation.id, user.id, user.name
        messages = [
            StoredMessage(place, seq, send.id, sender, name, send.text, at, to, send.reply_to or 0)
            for seq, send in enumerate(sends, first)
        ]
        if forms:
            pairs = zip(messages, forms, strict=True)
            messages = [msgspec.structs.replace(message, form=form) for message, form in pairs]
            if any(form.mentions for form in forms):
                self.changes.set(conversation, "mentioning", last)
        self.journal += messages
        own = self.unstored.setdefault(sender, {})
        for message in messages:
            own[message.id] = message
        return messages

    def _advance(self, conversation: Conversation, user: User, seq: int, at: int) -> None:
        """Note that a user has sent the last message."""
        before = conversation.head, conversation.last_at, conversation.last_sent.get(user)
        self.changes.note(_go_back, conversation, user, before)  # one entry instead of three
        conversation.head = conversation.last_sent[user] = seq
        conversation.last_at = at

    def prune(self, conversation: Conversation, first: int) -> None:
        """Delete the messages of a conversation before seq `first`."""
        forget_messages(self.facts, self.files, conversation, first)
        self.changes.set(conversation, "first", first)
        self.changes.set(conversation, "last_at", None)
        self.journal.append(Pruned(conversation.id, first))

    def _open_direct(self, conversation: Conversation) -> None:
        assert isinstance(conversation, Direct)  # noqa: S101 - rooms are opened by open_room
        self.changes.put(self.conversations, conversation.id, conversation)
        for user in conversation.pair:
            self.join(conversation, user)

    def _set_member(self, conversation: Conversation, user: User, member: Member) -> None:
        self.changes.put(conversation.members, user, member)
        delivered, read, joined, at = member
        self.journal.append(StoredMember(conversation.id, user.id, delivered, joined, read, at))


def _go_back(conversation: Conversation, user: User, before: tuple[int, int | None, int | None]) -> None:
    """Take back what a message changed in its conversation."""
    conversation.head, conversation.last_at, sent = before
    if sent is None:
        del conversation.last_sent[user]
    else:
        conversation.last_sent[user] = sent
