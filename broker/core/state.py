"""The broker's memory: users, sessions, rooms, conversations; every change can be undone and is journaled."""

from __future__ import annotations

from broker.core.changes import Changes
from broker.core.model import Challenge, Conversation, Direct, Peer, Room, Session, User, direct_id, room_id
from broker.core.store import (
    DepartedMember,
    Entry,
    ForgottenUser,
    Snapshot,
    StoredMember,
    StoredMessage,
    StoredRoom,
    StoredUser,
)
from messages.errors import ErrorCode, RequestRefused
from messages.names import LOBBY, Kind, Name, canonical_key, parse_conversation, parse_room

_MOST_RESOLVED = 65_536  # names remembered with what they mean; a name has many spellings


class State:
    """All that the core knows. Handlers read its attributes and change it by its methods only."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.epoch = snapshot.epoch
        self.next_user = snapshot.next_user
        self.users: dict[str, User] = {}
        self.users_by_id: dict[int, User] = {}
        self.sessions: dict[str, Session] = {}
        self.conversations: dict[str, Conversation] = {}
        self.resolved: dict[tuple[User, str], Conversation] = {}
        self.uncounted: dict[Conversation, None] = {}
        self.challenges: dict[tuple[User, User], Challenge] = {}
        self.changes = Changes()
        self.journal: list[Entry] = []
        self.unstored: dict[tuple[int, str], StoredMessage] = {}
        self._restore(snapshot)
        self.lobby = self._open_lobby()

    def _restore(self, snapshot: Snapshot) -> None:
        for stored in snapshot.users:
            user = User(stored.id, stored.name, canonical_key(stored.name), stored.away)
            self.users[user.key] = self.users_by_id[user.id] = user
        for room in snapshot.rooms:
            self.conversations[room.id] = Room(id=room.id, name=room.name, topic=room.topic)
        for member in snapshot.members:
            conversation = self.conversations.get(member.conversation)
            if conversation is None:
                one, other = (self.users_by_id[int(part[1:])] for part in member.conversation.split("|"))
                conversation = Direct(id=member.conversation, pair=(one, other))
                self.conversations[conversation.id] = conversation
            user = self.users_by_id[member.user]
            conversation.delivered[user] = member.delivered
            conversation.joined[user] = member.joined
            user.conversations[conversation.id] = conversation
        for conversation_id, head in snapshot.heads.items():
            self.conversations[conversation_id].head = head
        for (conversation_id, user_id), seq in snapshot.last_sent.items():
            self.conversations[conversation_id].last_sent[self.users_by_id[user_id]] = seq

    def _open_lobby(self) -> Room:
        name = parse_room(LOBBY)
        lobby = self.room(name) or self.open_room(name)
        self.changes.settle()
        return lobby

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
        self.journal.clear()
        self.unstored.clear()

    def revert(self, changes: int = 0, journal: int = 0) -> None:
        """Be as before everything that came after these marks."""
        self.changes.revert(changes)
        self.resolved.clear()  # a conversation that was opened meanwhile is not there any more
        for entry in self.journal[journal:]:
            if isinstance(entry, StoredMessage):
                del self.unstored[entry.user, entry.id]
        del self.journal[journal:]

    # Users and sessions

    def add_user(self, name: Name) -> User:
        """Make a user known; everyone known is in the lobby."""
        user = User(self.next_user, name.shown, name.key)
        self.changes.set(self, "next_user", self.next_user + 1)
        self.changes.put(self.users, user.key, user)
        self.changes.put(self.users_by_id, user.id, user)
        self.journal.append(StoredUser(user.id, user.name, user.away))
        self.join(self.lobby, user)
        return user

    def forget_user(self, user: User) -> None:
        """Make a user unknown, with memberships and direct conversations."""
        for conversation in list(user.conversations.values()):
            if isinstance(conversation, Direct):
                self.changes.drop(conversation.other(user).conversations, conversation.id)
                self.changes.drop(self.conversations, conversation.id)
            self.leave(conversation, user)
        self.changes.drop(self.users, user.key)
        self.changes.drop(self.users_by_id, user.id)
        self.journal.append(ForgottenUser(user.id))
        self._forget_names()

    def rename_user(self, user: User, name: Name) -> None:
        """Give a user another name."""
        self.changes.drop(self.users, user.key)
        self.changes.set(user, "name", name.shown)
        self.changes.set(user, "key", name.key)
        self.changes.put(self.users, user.key, user)
        self.journal.append(StoredUser(user.id, user.name, user.away))
        self._forget_names()

    def set_away(self, user: User, text: str | None) -> None:
        """Set or clear a user's away text."""
        self.changes.set(user, "away", text)
        self.journal.append(StoredUser(user.id, user.name, user.away))

    def open_session(self, user: User, peer: Peer, token: str, at: int) -> Session:
        """Log a user in on a connection."""
        session = Session(token, user, at, peer.identity)
        self.changes.put(self.sessions, token, session)
        self.changes.put(user.sessions, token, session)
        self.bind(session, peer)
        return session

    def close_session(self, session: Session) -> None:
        """End a session; its token is worth nothing from now on."""
        if session.peer:
            self.unbind(session, 0.0)
        self.changes.drop(self.sessions, session.token)
        self.changes.drop(session.user.sessions, session.token)

    def bind(self, session: Session, peer: Peer) -> None:
        """Let a session use this connection."""
        self.changes.set(session, "peer", peer)
        self.changes.set(peer, "session", session)
        for conversation in session.user.conversations.values():
            self._connect(conversation, peer)

    def unbind(self, session: Session, elapsed: float) -> None:
        """Take a session's connection away; it can be resumed."""
        if session.peer:
            for conversation in session.user.conversations.values():
                self._disconnect(conversation, session.peer)
            self.changes.set(session.peer, "session", None)
        self.changes.set(session, "peer", None)
        self.changes.set(session, "lost_at", elapsed)

    def set_lagging(self, peer: Peer, lagging: bool) -> None:
        """Take a peer out of what is sent to all, or in again."""
        self.changes.set(peer, "lagging", lagging)
        change = self._disconnect if lagging else self._connect
        for conversation in peer.session.user.conversations.values() if peer.session else ():
            change(conversation, peer)

    # Conversations

    def resolve(self, user: User, name: str) -> Conversation:
        """Return the conversation that `user` writes as `#room` or `@name`.

        Raise RequestRefused if there is none. A pair who never wrote get one that is not kept yet.
        """
        found = self.resolved.get((user, name))
        if found is None:
            found = self._resolve(user, parse_conversation(name))
            if found.id in self.conversations:
                if len(self.resolved) >= _MOST_RESOLVED:
                    self.resolved.clear()
                self.resolved[user, name] = found
        return found

    def _resolve(self, user: User, name: Name) -> Conversation:
        if name.kind is Kind.ROOM:
            room = self.room(name)
            if room is None:
                raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
            return room
        other = self.users.get(name.key)
        if other is None:
            raise RequestRefused(ErrorCode.NO_SUCH_USER)
        if other is user:
            raise RequestRefused(ErrorCode.TO_YOURSELF, "write to somebody else, this is your own name")
        return self.direct(user, other)

    def open_room(self, name: Name) -> Room:
        """Make a room."""
        room = Room(id=room_id(name), name=f"#{name.shown}")
        self.changes.put(self.conversations, room.id, room)
        self.journal.append(StoredRoom(room.id, room.name, room.topic))
        return room

    def set_topic(self, room: Room, topic: str) -> None:
        """Set a room's topic."""
        self.changes.set(room, "topic", topic)
        self.journal.append(StoredRoom(room.id, room.name, room.topic))

    def direct(self, one: User, other: User) -> Direct:
        """Return the conversation of a pair. A new one is kept only once a message is appended."""
        known = self.conversations.get(direct_id(one, other))
        return known if isinstance(known, Direct) else Direct(id=direct_id(one, other), pair=(one, other))

    def join(self, conversation: Conversation, user: User) -> None:
        """Make a user a member; what was said before is not waiting for them."""
        self.changes.put(conversation.joined, user, conversation.head)
        self._set_cursor(conversation, user, conversation.head)
        self.changes.put(user.conversations, conversation.id, conversation)
        for peer in user.peers:
            self._connect(conversation, peer)

    def leave(self, conversation: Conversation, user: User) -> None:
        """End a membership."""
        self.changes.drop(conversation.delivered, user)
        self.changes.drop(conversation.joined, user)
        self.changes.drop(conversation.last_sent, user)
        self.changes.drop(conversation.counted, user)
        self.changes.drop(user.conversations, conversation.id)
        for peer in user.peers:
            self._disconnect(conversation, peer)
        self.journal.append(DepartedMember(conversation.id, user.id))

    def move_cursor(self, conversation: Conversation, user: User, seq: int) -> None:
        """Remember that all up to `seq` has reached a user."""
        self._set_cursor(conversation, user, seq)

    def append(self, conversation: Conversation, user: User, id: str, text: str, at: int) -> StoredMessage:
        """Number a message and journal it."""
        if conversation.id not in self.conversations:
            self._open_direct(conversation)
        seq = conversation.head + 1
        self.changes.set(conversation, "head", seq)
        self.changes.put(conversation.last_sent, user, seq)
        message = StoredMessage(conversation.id, seq, id, user.id, user.name, text, at)
        self.journal.append(message)
        self.unstored[user.id, id] = message
        return message

    def _open_direct(self, conversation: Conversation) -> None:
        assert isinstance(conversation, Direct)  # noqa: S101 - rooms are opened by open_room
        self.changes.put(self.conversations, conversation.id, conversation)
        for user in conversation.pair:
            self.join(conversation, user)

    def _set_cursor(self, conversation: Conversation, user: User, seq: int) -> None:
        self.changes.put(conversation.delivered, user, seq)
        self.journal.append(StoredMember(conversation.id, user.id, seq, conversation.joined[user]))

    def _connect(self, conversation: Conversation, peer: Peer) -> None:
        self.changes.put(conversation.connected, peer, None)
        self.changes.forget(conversation.forget_audience)

    def _disconnect(self, conversation: Conversation, peer: Peer) -> None:
        self.changes.drop(conversation.connected, peer)
        self.changes.forget(conversation.forget_audience)

    def _forget_names(self) -> None:
        self.changes.forget(self.resolved.clear)
