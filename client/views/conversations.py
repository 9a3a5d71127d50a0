"""The conversations and what waits in each of them, with what waits first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from client.core.events import ClientEvent, LoggedIn, Removed, Renamed, Replaced, Replied, SendAccepted
from client.core.person.notice_settings import positions_in
from client.core.person.notices import Concern
from messages.events import LevelChanged, Message, Position, System, SystemKind
from messages.limits import MAX_UNREAD
from messages.names import LOBBY
from messages.notices import ConversationLevel, NoticeLevel
from messages.replies import Done, RoomState
from messages.requests import Join, Leave

QUIET = 2
"""The rank of conversations in which nothing waits."""


@dataclass(slots=True)
class Waiting:
    """What waits in a conversation: the messages after `read`, up to `head`."""

    head: int = 0
    read: int = 0
    unread: int = 0
    mentioned: int = 0
    level: NoticeLevel = NoticeLevel.DEFAULT

    @property
    def shown(self) -> str:
        """The count as it is shown; empty if nothing waits."""
        return f"{self.unread}{'+' * (self.unread >= MAX_UNREAD)}" if self.unread else ""

    @property
    def words(self) -> str:
        """The same in words."""
        mentioned = f", {self.mentioned} for you" if self.mentioned else ""
        return f"{self.shown} unread{mentioned}" if self.unread else ""


class Conversations:
    """Counts what waits for the user `me`, from the broker's positions and what came since."""

    def __init__(self) -> None:
        self.me = ""
        self.drafts: Collection[str] = ()
        """The conversations in which the person has begun to type something."""
        self._waiting: dict[str, Waiting] = {}

    def of(self, conversation: str) -> Waiting:
        """Return what waits in a conversation. Nothing is kept of one that is only looked at."""
        return self._waiting.get(conversation, Waiting())

    def _kept(self, conversation: str) -> Waiting:
        return self._waiting.setdefault(conversation, Waiting())

    def take(self, event: ClientEvent, concern: Concern | None) -> None:
        """Take an event, and why it is meant for the person."""
        match event:
            case LoggedIn() if event.new_log or not event.again:
                self._waiting.clear()
            case Message():
                self._arrived(event, concern)
            case SendAccepted(_, reply):
                self.sent(reply.conversation, reply.seq)
            case Replied(Join(), RoomState() as room):
                self._waiting[room.room] = Waiting(room.head, room.read)
            case Replied(Leave(room=room), Done()) | Removed(room=room):
                self._waiting.pop(room, None)
            case Replaced(user):
                self._waiting.pop(f"@{user}", None)
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                if f"@{old}" in self._waiting:
                    self._waiting[f"@{new}"] = self._waiting.pop(f"@{old}")
        self._learn_levels(event)
        for position in positions_in(event):
            self._learn(position)

    def sent(self, conversation: str, seq: int) -> None:
        """Record a message of the user: they have read what was before it."""
        waiting = self._kept(conversation)
        waiting.head = max(waiting.head, seq)
        self.read(conversation, seq, 0)

    def read(self, conversation: str, upto: int, left: int) -> None:
        """Record that the person has read up to a seq, and that so many messages are left."""
        waiting = self._kept(conversation)
        if upto <= waiting.read:
            return
        waiting.read = upto
        waiting.unread = min(waiting.unread, left)
        waiting.mentioned = min(waiting.mentioned, waiting.unread)

    def _arrived(self, message: Message, concern: Concern | None) -> None:
        waiting = self._kept(message.conversation)
        counted, waiting.head = waiting.head, max(waiting.head, message.seq)
        if message.sender == self.me:
            self.sent(message.conversation, message.seq)
        elif message.seq > max(waiting.read, counted) and not message.deleted:
            waiting.unread = min(waiting.unread + 1, MAX_UNREAD)
            waiting.mentioned += concern is not None

    def _learn_levels(self, event: ClientEvent) -> None:
        """Take a level that the person has chosen, here or elsewhere."""
        chosen = event.reply if isinstance(event, Replied) else event
        if isinstance(chosen, LevelChanged | ConversationLevel):
            self._kept(chosen.conversation).level = chosen.level

    def _learn(self, position: Position) -> None:
        self._waiting[position.conversation] = Waiting(
            position.head, position.read, position.unread, position.mentioned, position.level
        )

    # The list

    def ordered(self, names: list[str]) -> list[str]:
        """Return conversations in the list's order: with something for the person, unread, others.

        A user to whom the person has begun to write is one of them, also before the first message.
        """
        begun = (name for name in self.drafts if name.startswith("@"))
        return sorted({*names, LOBBY, *begun}, key=self.rank)

    def next_waiting(self, names: list[str], here: str) -> str | None:
        """Return the conversation that waits most, other than the present one; None if none waits."""
        waits = [name for name in self.ordered(names) if name != here and self.rank(name)[0] < QUIET]
        return waits[0] if waits else None

    def rank(self, name: str) -> tuple[int, bool, str]:
        """Return the place of a conversation in the list; it begins with `QUIET` if nothing waits."""
        waiting = self._waiting.get(name, Waiting())
        direct = name.startswith("@")
        silent = waiting.level is NoticeLevel.NONE
        mine = waiting.mentioned or (direct and waiting.unread)
        group = QUIET if silent or not waiting.unread else 0 if mine else 1
        return group, direct, name.casefold()
