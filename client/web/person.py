"""A person who is signed in: their session with the broker, and what all tabs of their browser share."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from client.core.events import (
    ClientEvent,
    Ended,
    LoggedIn,
    LoggedOut,
    Replied,
    SendAccepted,
    SendDelivered,
    SendFailed,
    Sent,
)
from client.core.options import Credentials, Listening
from client.core.person.attention import Attention, Ring
from client.core.person.notices import Level
from client.core.person.queries import QUIET
from client.core.session import Session, SessionState
from client.text.times import time_in
from client.transport.aio import AsyncConnection
from client.transport.link import new_session
from client.trust import Trust
from client.views.conversations import Conversations
from client.views.members import Members
from client.views.topics import Topics
from client.web.following import Follower, Ids
from client.web.ringing import Ringing
from messages.errors import ErrorCode
from messages.replies import Error

_log = logging.getLogger(__name__)

MOST_EVENTS = 100
"""Events taken by one callback of the loop, so that other people's tabs are served in between."""

SOON = 3_000
"""If a login has to wait for so many milliseconds at most, the person need not hear of it."""

_MOST_KEPT = 500
"""Own messages of which the state is kept, and questions for which somebody waits."""

_MOST_NEWS = 200
"""Messages of one receipt of which the tabs are told."""

_FAULT = "This is a fault of the gateway; sign in again, and tell the operator."
_SIGNED_OUT = "You are signed out."

Answer = Callable[[Replied], None]
"""Takes the reply to a request."""


class Person:
    """One login. `ended` is set when it is over for good; `on_end` is called then."""

    def __init__(self, name: str, credentials: Credentials) -> None:
        self.ids = Ids()
        listening = Listening(brief=True)
        self.session: Session = new_session(name, credentials=credentials, listening=listening, ids=self.ids)
        self.attention = Attention(self.session, Level.MENTION, time_in)
        self.conversations = Conversations()
        self.members = Members()
        self.topics = Topics()
        self.tabs: set[Follower] = set()
        self.entered: asyncio.Future[Error | None] = asyncio.get_running_loop().create_future()
        """Done at the first welcome, with None, or when the broker has refused the login."""
        self.ended = ""
        """Why it is over; empty if it is not."""
        self.closed = False
        """Whether `close` was called: nothing may begin for the person any more, as nobody would end it."""
        self.signs_out = False  # when the broker is there
        self.on_end: Callable[[], None] = lambda: None
        self.idle_since = time.monotonic()
        """Since when there has been no tab."""
        self.listeners: list[Callable[[ClientEvent], None]] = []
        """Those who follow transfers."""
        self.leaving: list[Callable[[], None]] = []
        """What is to be called when it is closed."""
        self.ticking: list[Callable[[], None]] = []
        """What is called from time to time."""
        self._by_ref: OrderedDict[str, Sent] = OrderedDict()
        self._answers: dict[str, Answer] = {}
        self._state = self.session.state
        self._connection: AsyncConnection | None = None
        self._ringing = Ringing(self.attention, self._ring)
        self.address = ""  # of the broker, for terminals

    async def connect(self, url: str, trust: Trust | None) -> None:
        """Begin to connect: see `AsyncConnection.open`."""
        self._connection = await AsyncConnection.open(self.session, url, self._changed, trust=trust)

    async def close(self) -> None:
        """Leave without logging out, so that the ticket holds. A password that was refused is forgotten."""
        self.closed = True
        self.session.credentials = replace(self.session.credentials, password=None)
        self._ringing.stop()
        self.session.stop_transfers("the gateway has stopped")
        for leave in self.leaving:
            leave()
        self.leaving.clear()
        if self._connection is not None:
            await self._connection.close()

    @property
    def name(self) -> str:
        """The person's name."""
        return self.session.name

    @property
    def guest(self) -> bool:
        """Whether they are a guest."""
        return self.session.credentials.guest

    @property
    def ready(self) -> bool:
        """Whether the broker takes requests now."""
        return self.session.state is SessionState.READY

    def wake(self) -> None:
        """Send what was asked."""
        if self._connection is not None:
            self._connection.wake()

    # Tabs

    def join(self, tab: Follower) -> None:
        """Add a tab."""
        self.tabs.add(tab)

    def part(self, tab: Follower) -> None:
        """Remove a tab."""
        self.tabs.discard(tab)
        if not self.tabs:
            self.idle_since = time.monotonic()

    # Requests

    @contextmanager
    def answering(self, answer: Answer) -> Iterator[None]:
        """Have `answer` called for each reply to a request that is made meanwhile."""

        def note(request_id: str) -> None:
            self._answers[request_id] = answer
            if len(self._answers) > _MOST_KEPT:
                del self._answers[next(iter(self._answers))]

        before, self.ids.note = self.ids.note, note
        try:
            yield
        finally:
            self.ids.note = before
            self.wake()

    def send(self, ref: str, to: str, text: str, reply_to: int | None, files: list[object]) -> Sent:
        """Send a message whose request has the id `ref`, or return the one that was sent with it before."""
        if (known := self._by_ref.get(ref)) is not None:
            return known
        self.ids.wanted = ref
        try:
            sent = self.session.send(to, text, reply_to, files)  # type: ignore[arg-type]
        finally:
            self.ids.wanted = None
        self._by_ref[ref] = sent
        if len(self._by_ref) > _MOST_KEPT:
            self._by_ref.popitem(last=False)
        self.wake()
        return sent

    def has_sent(self, ref: str) -> bool:
        """Whether a message was sent with this `ref`."""
        return ref in self._by_ref

    def sent_to(self, conversation: str) -> list[Sent]:
        """Return the own messages in a conversation of which something is known."""
        return [one for one in self._by_ref.values() if (one.conversation or one.request.to) == conversation]

    def sign_out(self) -> None:
        """Log out, which ends the ticket, now or when the broker is there again."""
        self.signs_out = True
        if self.ready:
            self.session.logout()
            self.wake()
        else:
            self.end(_SIGNED_OUT)

    def end(self, text: str, *, sign_in: bool = True) -> None:
        """End it for good."""
        if self.ended:
            return
        self.ended = text
        for tab in [*self.tabs]:
            tab.end(text, sign_in=sign_in)
        self.on_end()

    # Events

    def _changed(self) -> None:
        try:
            self._take_events()
        except Exception:
            _log.exception("a person's session ends by a fault")
            self.end(_FAULT)
            raise
        if self._connection is not None and self._connection.error is not None:
            _log.error("a person's session ends by a fault", exc_info=self._connection.error)
            self.end(_FAULT)

    def _take_events(self) -> None:
        state, taken = self.session.state, 0
        while taken < MOST_EVENTS and (event := self.session.next_event()) is not None:
            taken += 1
            self._take(event)
            self.session.handed_over(event)
        if taken == MOST_EVENTS:
            self.wake()
        error = self.session.login_error
        if not (self.entered.done() or error is None or 0 < error.retry_after <= SOON):
            self.entered.set_result(error)
        if taken or state is not self._state:
            self._state = state
            self.flush()

    def flush(self, doubtful: str = "") -> None:
        """Send the tabs what has changed. `doubtful` is as in `Follower.flush`."""
        for tab in [*self.tabs]:
            tab.flush(doubtful)
        self._ringing.look()

    def _take(self, event: ClientEvent) -> None:
        self.conversations.me = self.session.name
        concern = self.attention.take(event, time.monotonic())
        self.conversations.take(event, concern)
        self.members.take(event)
        self.topics.take(event)
        for listener in [*self.listeners]:
            listener(event)
        if isinstance(event, LoggedIn) and not self.entered.done():
            self.entered.set_result(None)
        if isinstance(event, LoggedIn) and self.signs_out:
            self.sign_out()
        tabs = [*self.tabs]
        for tab in tabs:
            tab.follow(event)
        if self._is_answered(event):
            return
        self._tell_sent(event)
        for tab in tabs:
            tab.take(event)
        if isinstance(event, Ended | LoggedOut):
            self._over(event)

    def _is_answered(self, event: ClientEvent) -> bool:
        """Give a reply to who has asked for it. Return whether nobody else is to see it."""
        if not isinstance(event, Replied):
            return False
        if (answer := self._answers.pop(event.request.id, None)) is None:
            return isinstance(event.request, QUIET)
        answer(event)
        return True

    def _tell_sent(self, event: ClientEvent) -> None:
        several: list[Sent] = []
        match event:
            case SendAccepted(sent, _) | SendFailed(sent):
                several = [sent]
            case SendDelivered():
                several = event.sent[-_MOST_NEWS:]
        for sent in several:
            for tab in [*self.tabs]:
                tab.told_of(sent)

    def _over(self, event: Ended | LoggedOut) -> None:
        reason = event.reason if isinstance(event, Ended) else None
        if not self.entered.done():
            refusal = reason if isinstance(reason, Error) else None
            self.entered.set_result(refusal or Error(None, ErrorCode.UNAVAILABLE, _SIGNED_OUT, False))
        if self.signs_out and isinstance(event, LoggedOut) and self.session.state is SessionState.OFFLINE:
            self.session.login(self.name)  # it is not known whether the broker has heard it
        elif self.ended:
            self.on_end()
        else:
            self.signs_out = False
        text = reason.text if reason else _SIGNED_OUT
        self.end(f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}")

    def _ring(self, ring: Ring) -> None:
        for tab in [*self.tabs]:
            tab.ring(ring)
