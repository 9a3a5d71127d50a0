"""The verbs of `chat-client`: one thing each, for scripts and pipes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from client.core.events import (
    ClientEvent,
    LoggedIn,
    LoginRefused,
    Lost,
    Missing,
    Replied,
    SendAccepted,
    SendFailed,
)
from client.core.session import Session, State
from client.exits import ClientExit, login_refused, unable_to_connect
from client.line.reader import LineReader
from client.line.render import local_time, render, state_text
from client.line.screen import Screen
from client.transport.connection import Connection
from messages.events import Farewell, Goodbye, Message
from messages.exits import Exit
from messages.limits import MAX_PAGE
from messages.names import canonical_key
from messages.replies import AnyReply, Error, Page
from messages.requests import History, Join, Request, Who

_MOST_UNANSWERED = 1_000
_REPLY_SECONDS = 30.0
_NOWHERE = ""  # the conversation a verb's reader is in: every other one is named


class Errand:
    """A connected session that does one thing, and the screen it writes to."""

    def __init__(self, session: Session, connection: Connection, screen: Screen) -> None:
        self.session = session
        self.screen = screen
        self._connection = connection
        self.messages: deque[Message] = deque()
        """What others have said and was not written yet."""

    def begin(self, timeout: float) -> None:
        """Wait for the welcome; raise ClientExit if there is none within `timeout` seconds."""
        if not self.serve(lambda _events: self.session.state is State.READY, timeout):
            raise unable_to_connect(self._connection.url)

    def serve(self, done: Callable[[list[ClientEvent]], bool], seconds: float | None = None) -> bool:
        """Serve the connection until `done` with what happens; return False when `seconds` have gone by."""
        deadline = time.monotonic() + (seconds if seconds is not None else float("inf"))
        while (left := deadline - time.monotonic()) > 0:
            if done(self.turn(left)[0]):
                return True
        return False

    def turn(self, seconds: float, read: Iterable[int] = ()) -> tuple[list[ClientEvent], set[int]]:
        """Serve the connection once; return what happened, and which descriptors can be read."""
        ready = self._connection.turn(seconds, read)
        events: list[ClientEvent] = []
        while (event := self.session.next_event()) is not None:
            events.append(event)
            if isinstance(event, Goodbye) and event.reason in (Farewell.REPLACED, Farewell.MISBEHAVED):
                raise ClientExit(Exit.REFUSED, event.text)
            if isinstance(event, LoginRefused):
                raise login_refused(event.error)
            if isinstance(event, Message):
                self.messages.append(event)
            elif isinstance(event, Lost):
                self.screen.notice(f"Lost the broker ({event.why}); trying again.")
            elif isinstance(event, Missing) or (isinstance(event, LoggedIn) and event.again):
                for line in render(event, self.session.name, _NOWHERE, ""):
                    self.screen.notice(line.text)
        return events, ready

    def ask(self, kind: type[Request], **fields: object) -> AnyReply:
        """Make a request and return its reply; raise ClientExit if it is refused or not answered."""
        try:
            request_id = self.session.ask(kind, **fields)
        except ValueError as error:
            raise ClientExit(Exit.USAGE, str(error)) from None
        replies: list[AnyReply] = []

        def replied(events: Iterable[ClientEvent]) -> bool:
            replies.extend(e.reply for e in events if isinstance(e, Replied) and e.request.id == request_id)
            return bool(replies)

        if not self.serve(replied, _REPLY_SECONDS):
            raise ClientExit(Exit.FAILED, "the broker did not answer")
        if isinstance(replies[0], Error):
            raise ClientExit(Exit.FAILED, replies[0].text)
        return replies[0]

    def enter(self, conversation: str) -> None:
        """Join a conversation that is a room."""
        if conversation.startswith("#"):
            self.ask(Join, room=conversation)

    def show(self, event: ClientEvent) -> None:
        """Write an event, as text or JSON."""
        if self.screen.as_json:
            self.screen.write_json(event)
            return
        at = local_time(event.at) if isinstance(event, Message) else None
        self.screen.write(render(event, self.session.name, _NOWHERE, ""), at)

    def end(self, seconds: float) -> None:
        """Log out, and close the connection."""
        self.session.logout()
        self.serve(lambda _events: self.session.state is not State.LOGGING_OUT, seconds)


def send(errand: Errand, to: str, text: str | None, input_fd: int, finish: float) -> Exit:
    """Send a text, or each line of the input; wait until all is accepted.

    Raise ClientExit with NOT_CONFIRMED if something was refused or not accepted `finish` seconds after
    the end of the input.
    """
    errand.enter(to)
    sending = _Sending(errand, to)
    if text is not None:
        sending.say(text)
    else:
        reader = LineReader(input_fd)
        while not reader.ended:
            wanted = [input_fd] if errand.session.unanswered < _MOST_UNANSWERED else []
            events, ready = errand.turn(60.0, wanted)
            sending.take(events)
            if input_fd in ready:
                for line in reader.read() or ():
                    sending.say(line)
    errand.serve(sending.finished, finish)
    return sending.result()


class _Sending:
    """What became of the lines of one `send`."""

    def __init__(self, errand: Errand, to: str) -> None:
        self._errand = errand
        self._to = to
        self._line = 0
        self._refused = 0

    def say(self, text: str) -> None:
        """Send a line; blank ones are passed over, others that cannot be sent are told."""
        self._line += 1
        if not text.strip():
            return
        try:
            self._errand.session.send(self._to, text)
        except ValueError as error:
            self._refuse(f"line {self._line} was not sent: {error}")

    def take(self, events: Iterable[ClientEvent]) -> None:
        """Take note of what was accepted and refused."""
        for event in events:
            if isinstance(event, SendFailed):
                self._refuse(state_text(event.sent, _NOWHERE))
            elif isinstance(event, SendAccepted) and self._errand.screen.as_json:
                self._errand.screen.write_json(event)

    def finished(self, events: Iterable[ClientEvent]) -> bool:
        """Whether everything has been accepted or refused."""
        self.take(events)
        return not self._errand.session.unanswered

    def result(self) -> Exit:
        """Return the exit code; raise ClientExit if something is not confirmed."""
        unsure = len(self._errand.session.unaccepted)
        if unsure:
            raise ClientExit(Exit.NOT_CONFIRMED, f"{unsure} of {self._line} lines were not confirmed")
        return Exit.NOT_CONFIRMED if self._refused else Exit.DONE

    def _refuse(self, text: str) -> None:
        self._refused += 1
        self._errand.screen.notice(text)


def tail(errand: Errand, conversation: str, count: int | None) -> Exit:
    """Write the messages of a conversation as they come, `count` of them or until interrupted.

    Only what is written is confirmed; what the user missed since last time comes first.
    """
    errand.enter(conversation)
    wanted = canonical_key(conversation)
    left = count if count is not None else -1
    while left:
        while errand.messages and left:
            message = errand.messages.popleft()
            if canonical_key(message.conversation) == wanted:
                errand.show(message)
                errand.session.handed_over(message)
                left -= 1
        if left:
            errand.turn(60.0)
    errand.serve(lambda _events: errand.session.all_confirmed, 1.0)
    return Exit.DONE


def history(errand: Errand, conversation: str, limit: int) -> Exit:
    """Write the last `limit` messages of a conversation."""
    errand.enter(conversation)
    pages: list[Page] = []
    before: int | None = None
    while limit > 0:
        page = errand.ask(History, conversation=conversation, before=before, limit=min(limit, MAX_PAGE))
        if not isinstance(page, Page) or not page.messages:
            break
        pages.append(page)
        limit -= len(page.messages)
        before = page.messages[0].seq
        if not page.more:
            break
    for page in reversed(pages):
        for message in page.messages:
            errand.show(message)
    return Exit.DONE


def who(errand: Errand, room: str | None) -> Exit:
    """Write who is online, in all or in a room."""
    reply = errand.ask(Who, room=room)
    errand.show(Replied(Who("shown", room), reply))
    return Exit.DONE
