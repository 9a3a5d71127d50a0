"""What waits for the person, and what rings."""

from __future__ import annotations

from enum import Enum, StrEnum

from client.core.events import ClientEvent, LoggedIn
from client.core.session import Session
from messages.events import Lagged, Message, Position, Positions


class Concern(Enum):
    """Why a message is meant for the person."""

    DIRECT = "direct"
    MENTION = "mention"


class Level(StrEnum):
    """Which messages ring: none, direct ones, also mentions, or all."""

    OFF = "off"
    DIRECT = "direct"
    MENTION = "mention"
    ALL = "all"


_RINGING = {
    Level.OFF: frozenset[Concern](),
    Level.DIRECT: frozenset({Concern.DIRECT}),
    Level.MENTION: frozenset(Concern),
    Level.ALL: frozenset(Concern),
}


class Attention:
    """Counts what waits for the person, and decides what rings.

    What was missed before a login rings once, not for each message.
    """

    def __init__(self, session: Session, level: Level) -> None:
        self.waiting = 0
        """How many messages meant for the person came since they were last seen."""
        self._session = session
        self._level = level
        self._missed: dict[str, int] = {}
        self._missed_rang = False
        self._rings = False

    def take(self, event: ClientEvent) -> Concern | None:
        """Take an event; return why it is meant for the person, None if it is not."""
        match event:
            case LoggedIn():
                self._missed, self._missed_rang = {}, False
                self._learn(event.welcome.conversations)
            case Positions() | Lagged():
                self._learn(event.conversations)
            case Message() if event.sender != self._session.name:
                return self._arrived(event)
        return None

    def seen(self) -> None:
        """Record that the person is present."""
        self.waiting = 0

    def take_ring(self) -> bool:
        """Return whether something has rung since the last call."""
        rings, self._rings = self._rings, False
        return rings

    def _learn(self, positions: list[Position]) -> None:
        for position in positions:
            self._missed[position.conversation] = position.head

    def _arrived(self, message: Message) -> Concern | None:
        concern = None
        if self._session.pings(message):
            concern = Concern.DIRECT if message.conversation.startswith("@") else Concern.MENTION
        self.waiting += concern is not None
        if concern in _RINGING[self._level] or self._level is Level.ALL:
            missed = message.seq <= self._missed.get(message.conversation, 0)
            self._rings |= not (missed and self._missed_rang)
            self._missed_rang |= missed
        return concern
