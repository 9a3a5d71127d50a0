"""The conversations of this client, and the users in them: which they are, and who has which name now."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress

from client.core.events import (
    ClientEvent,
    JoinedElsewhere,
    Removed,
    Renamed,
    Replaced,
    Replied,
    SendFailed,
)
from client.core.options import Listening
from client.core.people import People
from client.core.receiving.listing import Listing
from client.core.receiving.mailbox import Mailbox
from client.core.receiving.timeline import Timelines
from client.core.receiving.users import Users
from client.core.sending.pending import PendingRequests
from client.core.sending.sentlog import SentLog
from client.core.sending.typing import Typing
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import (
    AnyEntry,
    IsTyping,
    Lagged,
    Moved,
    Online,
    Position,
    Positions,
    System,
    SystemKind,
    TypingNoticesSet,
)
from messages.names import canonical_key, parse_address
from messages.replies import Error
from messages.requests import Join

PlaceEvent = System | Online | Lagged | Positions | Moved | IsTyping | TypingNoticesSet


class Places:
    """Rooms and direct conversations, and all that is kept about each. `events` are the events to show."""

    def __init__(
        self,
        name: str,
        new_id: Callable[[], str],
        encode: Callable[[Request], bytes],
        listening: Listening,
    ) -> None:
        self.name = name
        self.user_id = 0
        """This user's number; 0 if the broker has not said it."""
        self.online = 0
        """How many users are online, if the chat is a crowd; else 0."""
        self.events: deque[ClientEvent] = deque()
        self.pending = PendingRequests(encode)
        self.sent_log = SentLog()
        self.people = People()
        self.typing = Typing(new_id)
        self.mailbox = Mailbox(new_id, listening)
        self.users = Users(lambda name: self.mailbox.knows(f"@{name}"))
        self.timelines = Timelines(self.events if listening.changes else None)
        self._new_id = new_id
        self._names = {name}  # all of this login: in history the user's messages can have each
        self._rejoins = set[str]()
        self.listing = Listing(self.mailbox, self.pending, self.events)

    def drop(self, ids: set[str], code: ErrorCode, why: str) -> None:
        """Give up requests that must not be sent any more."""
        for request in self.pending.drop(ids):
            error = Error(request.id, code, why, retryable=False)
            if self.sent_log.awaits(request.id):
                self.events.append(SendFailed(self.sent_log.refused(request.id, error)))
            else:
                self.events.append(Replied(request, error))

    def _open(self, positions: Iterable[Position], *, anew: bool) -> None:
        positions = list(positions)
        self._follow(positions)
        for conversation in self.mailbox.open(positions, anew=anew):
            self._forget(conversation)
        self.sent_log.begin(positions)

    def _learn(self, positions: Iterable[Position]) -> None:
        positions = list(positions)
        self._follow(positions)
        for conversation in self.mailbox.learn(positions):
            self._forget(conversation)

    def _enter_again(self, rooms: Iterable[str], positions: Iterable[Position]) -> None:
        """Join the rooms that the broker has forgotten, before any message goes to them."""
        remembered = {position.conversation for position in positions}
        for room in [room for room in rooms if room not in remembered]:
            request = Join(self._new_id(), room)
            self._rejoins.add(request.id)
            self.pending.add_first(request)

    def _check_conversation(self, conversation: str, seq: int) -> None:
        """Forget the state of a conversation if `seq` shows that it is another one with the same name."""
        if self.mailbox.is_other(conversation, seq):
            self._forget(conversation)

    def _forget(self, conversation: str) -> None:
        self.sent_log.forget(conversation)
        self.timelines.forget(conversation)

    # Events

    def _take_event(self, event: PlaceEvent, now: float) -> None:
        if isinstance(event, IsTyping):  # others are told of its outcome
            self._saw_user(event.user, event.user_id)
            self.events.extend(self.typing.take(event, now))
            return
        self.events.append(event)
        match event:
            case TypingNoticesSet():
                self.typing.set(on=event.on)
            case System():
                self._noticed(event)
            case Online():
                self.online = event.count if event.crowd else 0
            case Lagged():
                self._open(event.conversations, anew=False)
                self.listing.take(event)
            case Positions():
                self._learn(event.conversations)
                self.sent_log.begin(event.conversations)
                self.listing.take(event)
            case Moved(conversation=place):
                known = {canonical_key(name) for name in self.mailbox.conversations}
                self._learn([event])
                if place.startswith("#") and canonical_key(place) not in known:
                    self.events.append(JoinedElsewhere(place))

    def _unsent_to(self, conversation: str) -> set[str]:
        return self.pending.unsent_to(conversation)

    def _noticed(self, event: System) -> None:
        self.people.saw(event.user)
        self._saw_user(event.user, event.user_id)
        match event:
            case System(kind=SystemKind.JOINED, room=None):
                self.mailbox.doubt(f"@{event.user}")
            case System(kind=SystemKind.LEFT):
                self._left(event)
            case System(kind=SystemKind.NEW_KEY, user=user):
                why = f"{user} has another key now; send it again if it is the same person"
                self.drop(self._unsent_to(f"@{user}"), ErrorCode.NO_SUCH_USER, why)
            case System(kind=SystemKind.KICKED | SystemKind.BANNED, room=str() as room, user=self.name):
                self.mailbox.close(room)
                self.events.append(Removed(room))
            case System(kind=SystemKind.RENAMED, name=str() as name):
                self._renamed(event.user, name)

    def _left(self, event: System) -> None:
        self.events.extend(self.typing.left(event.user, event.room))
        if event.room is not None and event.user == self.name:
            self.mailbox.close(event.room)
            self.events.append(Removed(event.room, left=True))

    # Names

    def _saw(self, entry: AnyEntry) -> None:
        """Take the sender of a live entry."""
        self.people.saw(entry.sender)
        self._saw_user(entry.sender, entry.sender_id)

    def _saw_user(self, name: str, user_id: int) -> None:
        """Take the number of the user who has a name now."""
        if not user_id or self.users.id_of(name) == user_id:
            return
        old = self.users.name_of(user_id)
        if old is not None and old != name:
            self._move({old: name})
        elif self.users.id_of(name):
            self.replaced(name)
        self.users.learn(name, user_id)

    def _follow(self, positions: Iterable[Position]) -> None:
        """Find who has taken another name, and whose name has another user, while this client was away."""
        direct = {one.conversation[1:]: one.user_id for one in positions if one.user_id}
        moved = self.users.moved(direct)
        self._move(moved)
        for name, user_id in direct.items():
            self._saw_user(name, user_id)

    def _move(self, moved: dict[str, str]) -> None:
        """Record the new names of users that this client has not been told of: old ones to new ones."""
        if not moved:
            return
        for name in moved.values():
            if name not in moved and self.users.id_of(name):
                self.replaced(name)
        self.mailbox.rename_all({f"@{old}": f"@{new}" for old, new in moved.items()})
        for old, new in moved.items():
            aside = f"{old} "  # no name, as two users may have exchanged theirs
            self._rename(old, aside)
            self.events.append(Renamed(old, new, missed=True))
        for old, new in moved.items():
            self._rename(f"{old} ", new)

    def replaced(self, name: str) -> None:
        """Forget the direct conversation with the earlier bearer of a name, as it is another user's now."""
        self.users.forget(name)
        self.mailbox.close(f"@{name}")
        self._forget(f"@{name}")
        self.events.append(Replaced(name))

    def _renamed(self, old: str, new: str) -> None:
        if old == self.name:
            self._take_name(new)
        self.mailbox.rename_all({f"@{old}": f"@{new}"})
        self._rename(old, new)

    def _rename(self, old: str, new: str) -> None:
        self.people.rename(old, new)
        self.users.rename(old, new)
        self.typing.rename(old, new)
        self.sent_log.rename(old, new)
        self.timelines.rename(old, new)

    def _take_name(self, name: str) -> None:
        """Take the name that the broker gave, if it is valid for another login."""
        with suppress(ValueError):
            parse_address(name)
            self.name = name
            self._names.add(name)
