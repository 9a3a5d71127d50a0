"""The output of line mode for each event, and its current conversation."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from client.core.composer import Composer
from client.core.events import (
    ClientEvent,
    LoggedIn,
    LoggedOut,
    Lost,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
    Slowed,
)
from client.core.person.attention import Attention
from client.core.person.notices import Level
from client.core.person.receipt_news import ReceiptNews
from client.core.session import Session
from client.line.screen import Screen
from client.text.entries import message_lines
from client.text.render import Line, accepted_text, late_text, render, state_text
from client.text.times import local_now, local_time, time_in
from client.views.waiting import SHOW_SENDING_SECONDS
from messages.events import Amendment, Goodbye, GoodbyeReason, Message, Positions
from messages.replies import Page
from messages.requests import History

_LONGEST_IDLE = 60.0


GATHER_SECONDS = 0.3
"""Receipts that come within this time are written as one line."""


class Progress:
    """The last message of each conversation with receipts not written yet."""

    def __init__(self) -> None:
        self._sent: dict[str, Sent] = {}
        self._due = 0.0

    def __bool__(self) -> bool:
        return bool(self._sent)

    def add(self, sent: Sent, now: float) -> None:
        """Record a receipt. If all recipients have the message, it is due at once."""
        if not self._sent:
            self._due = now + GATHER_SECONDS
        self._sent[sent.conversation] = sent
        if sent.delivered >= sent.recipients:
            self._due = now

    def take(self, now: float) -> list[Sent]:
        """Return the messages whose receipts are due now."""
        if not self._sent or now < self._due:
            return []
        due = list(self._sent.values())
        self._sent.clear()
        return due


class Display:
    """Writes a session's events to a screen. The name of the place is left out."""

    def __init__(
        self,
        session: Session,
        screen: Screen,
        composer: Composer[Any],
        *,
        present: bool,
        bell: Level = Level.MENTION,
    ) -> None:
        self.leaving = False
        self.numbers = False
        """Whether the number of each message is shown."""
        self.receipt_news = ReceiptNews()
        self._attention = Attention(session, bell, time_in)
        self._present = present
        self._session = session
        self._composer = composer
        self._screen = screen
        self._progress = Progress()
        self._resumed = False
        self._farewell = False
        self._shown: dict[str, int] = {}
        self._first: dict[str, int] = {}
        """The first seq on the screen, by conversation."""
        self._sending: dict[str, tuple[Sent, float]] = {}
        """The user's messages that are not on the screen yet, by id, and when to show them."""
        self._typed: set[str] = set()
        """The user's messages to write when they are accepted, by id."""

    @property
    def here(self) -> str:
        """The place; empty if there is none."""
        return self._composer.place or ""

    @property
    def gathers(self) -> bool:
        """Whether something is to be written soon."""
        return bool(self._progress or self._sending)

    @property
    def idle_seconds(self) -> float:
        """In how many seconds something may have to be written, if nothing happens before."""
        now = time.monotonic()
        return min(self.receipt_news.late_in(now), self._attention.ring_in(now), _LONGEST_IDLE)

    def sending(self, sent: Sent) -> None:
        """Show a message of the user soon on a terminal, accepted or not; elsewhere once it is accepted."""
        if self._screen.as_json:
            return
        if self._screen.terminal:
            self._sending[sent.request.id] = sent, time.monotonic() + SHOW_SENDING_SECONDS
        elif self._present and not self._screen.is_watched:  # as in `chat-client | tee log`
            self._typed.add(sent.request.id)

    def seen(self) -> None:
        """Record that the person is present."""
        self._attention.seen(time.monotonic())
        self._screen.attract(0, None)

    def show(self, event: ClientEvent) -> None:
        """Write an event: as JSON if that is chosen and it is a document of the broker, else as text."""
        self._note(event)
        concern = self._attention.take(event, time.monotonic())
        news = self.receipt_news.take(event, time.monotonic())
        if (self._screen.as_json and self._screen.write_json(event)) or self._is_known(event):
            return
        match event:
            case SendDelivered():
                if news is not None:
                    self._progress.add(news, time.monotonic())
            case Slowed() if not self._screen.terminal:  # a pipe goes slower; no notice is needed
                pass
            case SendAccepted(sent, reply) if self._sending.pop(sent.request.id, None):
                self._show_own(sent, accepted_text(sent, self.here), local_time(reply.at))
            case SendAccepted(sent, reply) if sent.request.id in self._typed:
                self._typed.discard(sent.request.id)
                state = accepted_text(sent, self.here) if sent.recipient_offline else ""
                self._show_own(sent, state, local_time(reply.at))
            case SendFailed(sent):
                self._sending.pop(sent.request.id, None)
                self._typed.discard(sent.request.id)
                lines = render(event, self._session.name, self.here)
                self._screen.write(lines, local_now(), needed=True)
            case Replied():
                self._write(event, None)
            case Message() | Amendment():
                about = self._session.amended(event)
                lines = render(event, self._session.name, self.here, about, numbers=self.numbers)
                self._screen.write(lines, local_time(event.at), concern)
            case _:
                self._write(event, local_now())

    def _is_known(self, event: ClientEvent) -> bool:
        """Whether the person knows of an event without a notice."""
        match event:
            case LoggedOut():
                return self.leaving
            case Lost():
                return self._farewell
            case Positions():
                return self._resumed
            case _:
                return False

    def _note(self, event: ClientEvent) -> None:
        match event:
            case LoggedIn():
                self._resumed, self._farewell = event.again, False
                if not event.again:
                    self._first.clear()
            case Goodbye():
                self._farewell = event.reason is GoodbyeReason.SHUTTING_DOWN
            case Message() | Amendment():
                self._shown[event.conversation] = event.seq
                self._first.setdefault(event.conversation, event.seq)
            case SendAccepted(_, reply):
                self._first.setdefault(reply.conversation, reply.seq)
            case Replied(History(), Page(messages=[*_, last])):
                self._shown[last.conversation] = max(last.seq, self._shown.get(last.conversation, 0))

    def take_shown(self) -> dict[str, int]:
        """Return the last seq shown of each conversation since the last call."""
        shown, self._shown = self._shown, {}
        return shown

    def first_shown(self, conversation: str) -> int | None:
        """Return the first seq of a conversation that the person has seen here, if they have."""
        return self._first.get(conversation)

    def attract(self) -> None:
        """Ring if something rings, and show how much waits."""
        self._screen.attract(self._attention.waiting, self._attention.take_ring(time.monotonic()))

    def write_progress(self) -> None:
        """Write the receipts and the unaccepted messages that have waited long enough."""
        late = self.receipt_news.take_late(time.monotonic())
        if late and not self._screen.as_json:
            lines = [Line(late_text(sents, self.here), data=False) for sents in late]
            self._screen.write(lines, local_now())
        for sent, due_at in list(self._sending.values()):
            if due_at <= time.monotonic():
                del self._sending[sent.request.id]
                self._show_own(sent, state_text(sent, self.here), local_now())
        due = self._progress.take(time.monotonic())
        if due and not self._screen.as_json:
            lines = [Line(state_text(sent, self.here), data=False) for sent in due]
            self._screen.write(lines, local_now())

    def _write(self, event: ClientEvent, at: datetime | None) -> None:
        self._screen.write(render(event, self._session.name, self.here), at)

    def _show_own(self, sent: Sent, state: str, at: datetime) -> None:
        """Write a message of the user, with its seq if it is accepted, and its state."""
        me, request = self._session.name, sent.request
        place, answered = sent.conversation or request.to, request.reply_to or 0
        files = tuple(upload.file for upload in sent.files)
        own = Message(place, sent.seq, request.id, me, request.text, 0, answered, files=files)
        (line,) = message_lines(own, me, self.here)
        self._screen.write([line._replace(text=f"{line.text} {state}".rstrip(" "))], at)
