"""What every verb of `chat-client` needs: a connected session, its replies, and a screen."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from client.core.events import ClientEvent, Ended, LoggedIn, Lost, Missing, Outage, Replied
from client.core.session import Session, SessionState
from client.exits import ClientExit, not_welcomed, refuse_impostor, session_ended
from client.line.arrival import TOLD_SECONDS, still_trying
from client.line.screen import Screen
from client.text.render import local_time, render
from client.text.replies import dated, refusal_text
from client.transport.connection import Connection
from client.transport.diagnosis import why_not_connected
from messages.base import Request
from messages.errors import ErrorCode
from messages.events import Amendment, AnyEntry, Message
from messages.exits import Exit
from messages.fields import for_people
from messages.names import canonical_key
from messages.replies import AnyReply, Error
from messages.requests import Join

_REPLY_SECONDS = 30.0

NOWHERE = ""
"""The current conversation of a verb: none, so each line names its conversation."""


class VerbSession:
    """A connected session that does one thing, and the screen it writes to.

    The verb ends when nobody reads the descriptor `output` any more, if that is given.
    """

    def __init__(self, session: Session, connection: Connection, screen: Screen, output: int = -1) -> None:
        self.session = session
        self.screen = screen
        self.numbers = False
        """Whether the number of each message is written."""
        self._connection = connection
        self._output = output
        self.messages: deque[AnyEntry] = deque()
        """Messages of others, and amendments, that are not written yet."""

    def begin(self, timeout: float) -> None:
        """Wait for the welcome; raise ClientExit if there is none within `timeout` seconds."""

        def welcomed(_events: list[ClientEvent]) -> bool:
            return self.session.state is SessionState.READY

        if self.screen.is_told and timeout > TOLD_SECONDS:
            begun = time.monotonic()
            if not self.serve(welcomed, TOLD_SECONDS) and self.session.state is SessionState.OFFLINE:
                self.screen.notice(still_trying(why_not_connected(self._connection.link), timeout))
            timeout += begun - time.monotonic()
        if not self.serve(welcomed, timeout):
            raise not_welcomed(self._connection.link, self.session.login_error)

    def serve(self, done: Callable[[list[ClientEvent]], bool], seconds: float | None = None) -> bool:
        """Serve the connection until `done`, given the events; return False after `seconds`."""
        deadline = time.monotonic() + (seconds if seconds is not None else float("inf"))
        events: list[ClientEvent] = []
        while not done(events):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            events = self.turn(left)[0]
        return True

    def turn(self, seconds: float, read: Iterable[int] = ()) -> tuple[list[ClientEvent], set[int]]:
        """Serve the connection once; return the events, and the descriptors that can be read."""
        ready = self._connection.turn(seconds, read, self._output)
        events: list[ClientEvent] = []
        while (event := self.session.next_event()) is not None:
            events.append(event)
            if isinstance(event, Ended):
                raise session_ended(event)
            if isinstance(event, Message | Amendment):
                self.messages.append(event)
            elif isinstance(event, Lost):
                self.screen.notice(f"Lost the broker ({event.why}). The client tries to reconnect.")
            elif isinstance(event, Missing | Outage) or (isinstance(event, LoggedIn) and event.again):
                for line in render(event, self.session.name, NOWHERE):
                    self.screen.notice(line.text)
        refuse_impostor(self._connection.link)
        return events, ready

    def ask(self, kind: type[Request], **fields: object) -> AnyReply:
        """Make a request and return its reply; raise ClientExit if it is refused or not answered."""
        reply = self.try_to_ask(kind, **fields)
        if isinstance(reply, Error):
            raise ClientExit(Exit.FAILED, refusal_text(reply))
        return reply

    def try_to_ask(self, kind: type[Request], late: Exit = Exit.FAILED, /, **fields: object) -> AnyReply:
        """Do the same, but return a refusal too. `late` is the exit code if there is no answer."""
        try:
            request_id = self.session.ask(kind, **fields)
        except ValueError as error:
            raise ClientExit(Exit.USAGE, for_people(error)) from None
        replies: list[AnyReply] = []

        def replied(events: Iterable[ClientEvent]) -> bool:
            replies.extend(e.reply for e in events if isinstance(e, Replied) and e.request.id == request_id)
            return bool(replies)

        if not self.serve(replied, _REPLY_SECONDS):
            raise ClientExit(late, "the broker did not answer")
        return replies[0]

    def ask_inside(
        self, kind: type[Request], conversation: str, late: Exit = Exit.FAILED, /, **fields: object
    ) -> AnyReply:
        """Make a request about a conversation as `ask` does. Join the room first if that is required."""
        reply = self.try_to_ask(kind, late, conversation=conversation, **fields)
        if isinstance(reply, Error) and reply.code is ErrorCode.NOT_IN_ROOM:
            self.enter(conversation)
            reply = self.try_to_ask(kind, late, conversation=conversation, **fields)
        if isinstance(reply, Error):
            raise ClientExit(Exit.FAILED, refusal_text(reply))
        return reply

    def enter(self, conversation: str) -> None:
        """Join a conversation if it is a room of which the user is not a member. The user stays a member."""
        known = map(canonical_key, self.session.conversations)
        if conversation.startswith("#") and canonical_key(conversation) not in known:
            self.ask(Join, room=conversation)

    def show(self, event: ClientEvent) -> None:
        """Write an event, as text or JSON."""
        if self.screen.as_json:
            self.screen.write_json(event)
            return
        at = local_time(event.at) if isinstance(event, Message | Amendment) else None
        about = self.session.amended(event)
        lines = render(event, self.session.name, NOWHERE, about, numbers=self.numbers)
        self.screen.write(lines, at)

    def show_dated(self, message: AnyEntry) -> None:
        """Write a message of any day, as text with its date or as JSON."""
        if self.screen.as_json:
            self.screen.write_json(message)
        else:
            self.screen.write(dated(message), None)
