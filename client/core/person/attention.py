"""What waits for the person, and when it rings."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from client.core.events import ClientEvent, LoggedIn, Removed, Renamed, Replied
from client.core.person.notice_settings import NoticeSettings, positions_in
from client.core.person.notices import Clock, Concern, Level, Notice, Rules, judge
from client.core.pings import mentions_user
from client.core.session import Session
from messages.events import Deleted, Message, Position, System, SystemKind
from messages.limits import MAX_UNREAD
from messages.names import canonical_key
from messages.replies import Done, RoomState
from messages.requests import Join, Leave

ACTIVE_SECONDS = 60.0
"""For so long after a key press the person is taken to be at this device, and it rings at once."""

HOLD_SECONDS = 2.0
"""Otherwise it waits for so long: the person may be at another device, and read the message there."""

_MOST_HELD = 100

_Value = TypeVar("_Value")


class Ring(NamedTuple):
    """What rings: the last of some messages. They were all `missed` before a login, or came live."""

    message: Message
    messages: int
    missed: bool


class Attention:
    """Counts what waits for the person, and decides what rings. Times are monotonic seconds.

    What was missed before a login rings once, not for each message. What the person has read on another
    device does not ring and does not wait.
    """

    def __init__(self, session: Session, bell: Level, clock: Clock) -> None:
        self.settings = NoticeSettings(clock)
        self._session = session
        self.bell = bell
        """What rings in conversations without a level of their own."""
        self._waiting: dict[str, list[int]] = {}
        self._read: dict[str, int] = {}
        """What is read on any device, as far as the broker has said."""
        self._missed: dict[str, int] = {}
        self._missed_rang = False
        self._held: list[Message] = []
        self._due = 0.0
        self._active: float | None = None

    @property
    def waiting(self) -> int:
        """How many messages meant for the person came since they were last seen, 1,000 of a conversation."""
        return sum(map(len, self._waiting.values()))

    def take(self, event: ClientEvent, now: float) -> Concern | None:
        """Take an event; return why it is meant for the person, None if it is not."""
        if self._active is None:  # they have just started the client
            self._active = now
        self.settings.take(event)
        match event:
            case LoggedIn():
                self._missed, self._missed_rang, self._read = {}, False, {}
                if event.new_log or not event.again:
                    self._waiting.clear()
            case Message():
                return self._arrived(event, now)
            case Deleted():
                self._keep(canonical_key(event.conversation), lambda seq: seq != event.of)
            case _:
                self._follow(event)
        for position in positions_in(event):
            place = canonical_key(position.conversation)
            if not isinstance(event, Position):  # one that comes alone says what another device did
                self._missed[place] = position.head
            self._was_read(place, position.read)
        return None

    def _follow(self, event: ClientEvent) -> None:
        """Follow conversations that come, go, and get another name."""
        match event:
            case Replied(Join(), RoomState() as room):
                self._missed[canonical_key(room.room)] = room.head
            case Replied(Leave(room=place), Done()) | Removed(room=place):
                self._forget(canonical_key(place))
            case System(kind=SystemKind.RENAMED, name=str() as name) | Renamed(name=name):
                self._renamed(canonical_key(f"@{event.user}"), canonical_key(f"@{name}"))
            case System(kind=SystemKind.JOINED, room=None):  # perhaps another one with the same name
                self._read.pop(canonical_key(f"@{event.user}"), None)

    def concern_of(self, message: Message) -> Concern | None:
        """Return why a message is meant for the person, however old it is; None if it is not."""
        return judge(message, self._session.name, self._rules(canonical_key(message.conversation))).concern

    def seen(self, now: float) -> None:
        """Record that the person is present."""
        self._active = now
        self._waiting.clear()
        self._held.clear()

    def take_ring(self, now: float) -> Ring | None:
        """Return what rings now, once; None if nothing does."""
        if not self._held or now < self._due:
            return None
        held, self._held = self._held, []
        return Ring(held[-1], len(held), all(map(self._was_missed, held)))

    def ring_in(self, now: float) -> float:
        """Return in how many seconds something may ring; infinity if nothing waits for it."""
        return max(self._due - now, 0.0) if self._held else float("inf")

    def _arrived(self, message: Message, now: float) -> Concern | None:
        place = canonical_key(message.conversation)
        if message.sender == self._session.name:  # from another device, where they saw what was there
            self._was_read(place, message.seq)
            return None
        notice, concern = judge(message, self._session.name, self._rules(place))
        if notice is not Notice.SILENT and message.seq > self._read.get(place, 0):
            waiting = self._waiting.setdefault(place, [])
            if len(waiting) < MAX_UNREAD:
                waiting.append(message.seq)
            if notice is Notice.RING:
                self._hold(message, now)
        return concern

    def _rules(self, place: str) -> Rules:
        settings = self.settings
        return Rules(settings.level(place), self._pings, settings.keywords, settings.is_quiet, self.bell)

    def _pings(self, message: Message) -> bool:
        return mentions_user(message, self._session.name, found=self._session.finds_mentions)

    def _hold(self, message: Message, now: float) -> None:
        missed = self._was_missed(message)
        if missed and self._missed_rang:
            return
        self._missed_rang |= missed
        if not self._held:
            active = self._active is not None and now - self._active <= ACTIVE_SECONDS
            self._due = now if active else now + HOLD_SECONDS
        self._held = [*self._held[1 - _MOST_HELD :], message]

    def _was_missed(self, message: Message) -> bool:
        return message.seq <= self._missed.get(canonical_key(message.conversation), 0)

    def _was_read(self, place: str, seq: int) -> None:
        """Let nothing ring or wait that was read on another device."""
        if seq <= self._read.get(place, 0):
            return
        self._read[place] = seq
        self._keep(place, lambda one: one > seq)

    def _keep(self, place: str, wanted: Callable[[int], bool]) -> None:
        """Let only the wanted messages of a conversation wait and ring."""
        if place in self._waiting:
            self._waiting[place] = [seq for seq in self._waiting[place] if wanted(seq)]
        self._held = [
            one for one in self._held if canonical_key(one.conversation) != place or wanted(one.seq)
        ]

    def _forget(self, place: str) -> None:
        self._waiting.pop(place, None)
        self._read.pop(place, None)
        self._missed.pop(place, None)
        self._keep(place, lambda _seq: False)

    def _renamed(self, old: str, new: str) -> None:
        _move(self._waiting, old, new)
        _move(self._read, old, new)
        _move(self._missed, old, new)


def _move(table: dict[str, _Value], old: str, new: str) -> None:
    """Give a value another name. Another one under that name is gone."""
    table.pop(new, None)
    if old in table:
        table[new] = table.pop(old)
