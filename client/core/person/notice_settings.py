"""What the user has chosen for notices on all their devices, as the broker tells it."""

from __future__ import annotations

from collections.abc import Sequence

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied
from client.core.person.notices import Clock, is_quiet
from messages.events import (
    KeywordsChanged,
    Lagged,
    LevelChanged,
    Position,
    Positions,
    QuietHoursChanged,
    System,
    SystemKind,
)
from messages.names import canonical_key
from messages.notices import ConversationLevel, KeywordList, NoticeLevel, QuietList, QuietSpan


def positions_in(event: object) -> Sequence[Position]:
    """Return the positions that an event tells; an event can be one itself."""
    match event:
        case LoggedIn():
            return event.welcome.conversations
        case Positions() | Lagged():
            return event.conversations
        case Position():
            return (event,)
    return ()


class NoticeSettings:
    """Levels, keywords and quiet hours. A view hands it all events of its session."""

    def __init__(self, clock: Clock) -> None:
        self.keywords: tuple[str, ...] = ()
        """The canonical keys of the keywords."""
        self._clock = clock
        self._levels: dict[str, NoticeLevel] = {}
        self._spans: list[QuietSpan] = []
        self._zone = ""
        self._more = False

    def level(self, conversation: str) -> NoticeLevel:
        """Return the level that is chosen for a conversation."""
        return self._levels.get(canonical_key(conversation), NoticeLevel.DEFAULT)

    def is_quiet(self) -> bool:
        """Return whether it is quiet now."""
        return bool(self._spans) and is_quiet(self._spans, self._clock(self._zone))

    def take(self, event: ClientEvent) -> None:
        """Take an event. After a welcome and `lagged` all comes anew; what does not come is not chosen."""
        match event:
            case LoggedIn():
                self._forget()
            case Lagged():
                if not self._more:
                    self._forget()
                self._more = event.more
            case System(kind=SystemKind.RENAMED, name=str() as name) | Renamed(name=name):
                self._renamed(event.user, name)
            case Replied():
                self._take_setting(event.reply)
            case _:
                self._take_setting(event)
        for position in positions_in(event):
            self._set(position.conversation, position.level)

    def _take_setting(self, document: object) -> None:
        match document:
            case LevelChanged() | ConversationLevel():
                self._set(document.conversation, document.level)
            case KeywordsChanged() | KeywordList():
                self.keywords = tuple(map(canonical_key, document.words))
            case QuietHoursChanged() | QuietList():
                self._spans, self._zone = document.spans, document.zone or ""

    def _forget(self) -> None:
        self.keywords, self._spans, self._zone, self._more = (), [], "", False
        self._levels.clear()

    def _set(self, conversation: str, level: NoticeLevel) -> None:
        self._levels[canonical_key(conversation)] = level
        if level is NoticeLevel.DEFAULT:
            del self._levels[canonical_key(conversation)]

    def _renamed(self, old: str, new: str) -> None:
        level = self._levels.pop(canonical_key(f"@{old}"), NoticeLevel.DEFAULT)
        self._set(f"@{new}", level)
