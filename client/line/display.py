"""What line mode writes of each event, and where its reader is."""

from __future__ import annotations

import time
from datetime import datetime

from client.core.events import (
    ClientEvent,
    LoggedIn,
    LoggedOut,
    Replied,
    SendAccepted,
    SendDelivered,
    Sent,
    Slowed,
)
from client.core.session import Session
from client.line.progress import Progress
from client.line.render import Line, accepted_text, local_time, message_text, render, state_text
from client.line.screen import Screen
from messages.events import Message, Positions
from messages.names import LOBBY
from messages.replies import Page
from messages.requests import History


class Display:
    """Writes a session's events to a screen. `here` is the conversation that needs no naming."""

    def __init__(self, session: Session, screen: Screen, url: str) -> None:
        self.here = LOBBY
        self.leaving = False
        self._session = session
        self._screen = screen
        self._url = url
        self._progress = Progress()
        self._resumed = False
        self._shown: dict[str, int] = {}

    @property
    def gathers(self) -> bool:
        """Whether receipts wait to be told soon."""
        return bool(self._progress)

    def show(self, event: ClientEvent) -> None:
        """Write an event: as JSON if that is asked for and the broker said it so, else as text."""
        if isinstance(event, LoggedIn):
            self._resumed = event.again
        self._note_shown(event)
        if self._screen.as_json and self._screen.write_json(event):
            return
        match event:
            case SendDelivered():
                self._progress.add(event.sent[-1], time.monotonic())
            case SendAccepted(sent, reply) if self._screen.terminal:
                self._show_own(sent, reply.at)
            case LoggedOut() if self.leaving:
                pass
            case Slowed() if not self._screen.terminal:  # a pipe goes slower, and nobody need know
                pass
            case Positions() if self._resumed:
                pass
            case Replied():
                self._write(event, None)
            case Message():
                self._write(event, local_time(event.at))
            case _:
                self._write(event, datetime.now().astimezone())

    def _note_shown(self, event: ClientEvent) -> None:
        match event:
            case Message():
                self._shown[event.conversation] = event.seq
            case Replied(History(), Page(messages=[*_, last])):
                self._shown[last.conversation] = max(last.seq, self._shown.get(last.conversation, 0))

    def take_shown(self) -> dict[str, int]:
        """Return the last seq that was shown of each conversation since the last call."""
        shown, self._shown = self._shown, {}
        return shown

    def tell_progress(self) -> None:
        """Write the receipts that have been gathered long enough."""
        due = self._progress.take(time.monotonic())
        if due and not self._screen.as_json:
            lines = [Line(state_text(sent, self.here), data=False) for sent in due]
            self._screen.write(lines, datetime.now().astimezone())

    def _write(self, event: ClientEvent, at: datetime | None) -> None:
        self._screen.write(render(event, self._session.name, self.here, self._url), at)

    def _show_own(self, sent: Sent, at: int) -> None:
        """Write one's own message in its place in the log: the terminal's input line is gone by then."""
        me = self._session.name
        own = Message(sent.conversation, sent.seq, sent.request.id, me, sent.request.text, at)
        text = f"{message_text(own, me, self.here)} {accepted_text(sent, self.here)}"
        self._screen.write([Line(text, data=True)], local_time(at))
