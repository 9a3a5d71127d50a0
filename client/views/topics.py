"""What stands beside the name of a conversation: the topic of a room, and why a user is not here.

It also asks once which messages are pinned, as a message that was fetched does not say it.
"""

from __future__ import annotations

from contextlib import suppress

from client.core.events import ClientEvent, LoggedIn, Removed, Replied
from client.core.person.queries import PinSignsQuery, ProfileQuery, TopicQuery
from client.core.session import Session
from client.text.identity import absence_text
from messages.events import System, SystemKind
from messages.identity import Profile
from messages.replies import RoomState

_MOST = 1_000
"""Texts that are kept: more conversations than a person is in, and looks at."""


class Topics(dict[str, str]):
    """The texts by conversation, not neutralised; empty while one is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._pins: set[str] = set()
        """The conversations whose pinned messages are known, or asked for."""

    def look_at(self, conversation: str, session: Session) -> None:
        """Ask for the text of a conversation and its pinned messages, unless they are known."""
        if conversation in session.conversations and conversation not in self._pins:
            self._pins.add(conversation)
            session.ask(PinSignsQuery, conversation=conversation)
        if conversation in self:
            return
        if not conversation.startswith("@") and conversation not in session.conversations:
            return
        with suppress(ValueError):  # a broker can give a name that is none
            if conversation.startswith("@"):
                session.ask(ProfileQuery, name=conversation[1:])
            else:
                session.ask(TopicQuery, room=conversation)
        if len(self) >= _MOST:
            del self[next(iter(self))]
        self[conversation] = ""

    def doubt(self, conversation: str) -> None:
        """Ask for a text again when it is shown, if it changes without news: whether a user is here."""
        if conversation.startswith("@"):
            self.pop(conversation, None)

    def take(self, event: ClientEvent) -> None:
        """Take an event."""
        match event:
            case LoggedIn():
                self.clear()
                self._pins.clear()
            case Replied(reply=RoomState() as state):
                self[state.room] = state.topic
            case Replied(ProfileQuery(), Profile() as profile):
                self[f"@{profile.name}"] = absence_text(profile)
            case System(kind=SystemKind.TOPIC, room=str() as room, topic=topic):
                self[room] = topic or ""
            case Removed(room=room):
                self.pop(room, None)
