"""The blocking API for programs: connect, send and wait for the receipt, iterate over events."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import zmq

from client.core.events import ClientEvent, LoginRefused, Replied, Sent
from client.core.session import Session, SessionState
from client.exits import why_not_connected
from client.keys import KeyFileError
from client.transport.connection import Connection, new_id
from client.trust import find_trust
from messages.base import Request
from messages.endpoints import DEFAULT_ENDPOINT, parse_endpoint
from messages.errors import ChatError
from messages.events import Goodbye, Message
from messages.replies import AnyReply, Error


class ChatClosed(Exception):
    """There is no connection, or the broker ended the session; the text says why."""


class Chat:
    """A session with a broker, for bots and scripts. One thread uses it; it is a context manager.

        with Chat(name="echo") as chat:
            for message in chat.messages():
                chat.send(message.conversation, message.text)

    A lost connection is made again by itself; what was sent meanwhile is sent then, and what was missed
    is fetched. All of this happens while a method waits: a program that does not call one for three
    heartbeats (45 s by default) is taken as gone, and resumes at its next call.
    """

    def __init__(
        self,
        endpoint: str = DEFAULT_ENDPOINT,
        *,
        name: str,
        timeout: float = 5.0,
        listen: bool = True,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        identity: Path | None = None,
    ) -> None:
        """Connect and log in within `timeout` seconds.

        Raise ChatClosed if nothing answers, ChatError if the login is refused, ValueError if the endpoint
        or the name is none. Every method raises ChatClosed, or the ChatError of a refused login, once the
        session has ended for good. A broker that encrypts is given as `chat://HOST:PORT?key=KEY` the first
        time; its key is kept, and another one refused with ChatClosed. `identity` is the file of this
        program's own key, the person's if none is given. A program that only sends gives `listen=False`:
        nothing is kept for it, and nothing is taken as delivered to it.
        """
        self._listen = listen
        self._events: deque[ClientEvent] = deque()
        self._replies: dict[str, AnyReply | None] = {}
        self._ended: ChatClosed | ChatError | None = None
        place = parse_endpoint(endpoint)
        invite = place.invite or None
        self._session = Session(name, new_id, listen=listen, chance=random.random, invite=invite)
        self._session.login(name)
        try:
            trust = find_trust(place, identity)
        except KeyFileError as error:
            raise ChatClosed(str(error)) from None
        self._connection = Connection(self._session, place.url, context, trust=trust)
        try:
            if not self._wait(lambda: self._session.state is SessionState.READY, timeout):
                if refusal := self._session.login_error:
                    raise ChatError(refusal.code, refusal.text)
                raise ChatClosed(why_not_connected(self._connection))
        except BaseException:
            self._connection.close()
            raise

    @property
    def name(self) -> str:
        """The name as others see it, perhaps with ~2."""
        return self._session.name

    def send(self, to: str, text: str, *, timeout: float | None = None) -> Sent:
        """Say something to `#room` or `@user`, and wait until the broker has accepted it.

        Return it with its conversation and seq. Raise ChatError if it is refused, TimeoutError if it is
        not accepted in `timeout` seconds; it is still sent then. Raise ValueError if it cannot be sent.
        """
        sent = self._session.send(to, text)
        if not self._wait(lambda: sent.accepted or sent.error is not None, timeout):
            raise TimeoutError(f"{to}: not accepted within {timeout} s")
        if sent.error is not None:
            raise ChatError(sent.error.code, sent.error.text)
        return sent

    def wait_delivered(self, sent: Sent, *, users: int | None = None, timeout: float | None = None) -> bool:
        """Wait until `users` others (all, if None) have confirmed a message; return whether they have."""
        return self._wait(lambda: sent.delivered >= (sent.recipients if users is None else users), timeout)

    def read(self, message: Message) -> None:
        """Say that a person has read a message and all before it in its conversation.

        The broker is told while a later method waits. No program is taken as having read anything by itself.
        """
        self._session.read(message.conversation, message.seq)

    def ask(self, kind: type[Request], *, timeout: float | None = 10.0, **fields: object) -> AnyReply:
        """Make any other request (see `messages.requests`) and return its reply.

        Raise ChatError if it is refused, TimeoutError if there is no reply in `timeout` seconds.
        """
        request_id = self._session.ask(kind, **fields)
        self._replies[request_id] = None
        try:
            self._wait(lambda: self._replies[request_id] is not None, timeout)
        finally:
            reply = self._replies.pop(request_id)
        if reply is None:
            raise TimeoutError(f"no reply within {timeout} s")
        if isinstance(reply, Error):
            raise ChatError(reply.code, reply.text)
        return reply

    def events(self, *, timeout: float | None = None) -> Iterator[ClientEvent]:
        """Yield all that happens, until nothing has happened for `timeout` seconds.

        What is yielded are the broker's events and the local ones of `client.core.events`.
        """
        while self._wait(lambda: bool(self._events), timeout):
            event = self._events.popleft()
            self._session.handed_over(event)
            yield event

    def messages(self, *, timeout: float | None = None) -> Iterator[Message]:
        """Yield the messages of others, of all conversations, until none has come for `timeout` seconds."""
        for event in self.events(timeout=timeout):
            if isinstance(event, Message):
                yield event

    def close(self, *, timeout: float = 5.0) -> None:
        """Wait until all that was sent is accepted, log out and close. A second call does nothing."""
        try:
            with suppress(ChatClosed, ChatError):
                self._wait(lambda: not self._session.unanswered, timeout)
                self._session.logout()
                self._wait(
                    lambda: self._session.state in (SessionState.STRANGER, SessionState.OFFLINE), timeout
                )
        finally:
            self._ended = self._ended or ChatClosed("this Chat is closed")
            self._connection.close()

    def __enter__(self) -> Chat:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(timeout=5.0 if kind is None else 0.5)

    def _wait(self, done: Callable[[], bool], timeout: float | None) -> bool:
        """Serve the connection until `done`; return False if `timeout` seconds go by before."""
        deadline = time.monotonic() + timeout if timeout is not None else float("inf")
        while not done():
            if self._ended:
                raise self._ended
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._connection.turn(left)
            self._take_events()
            if self._connection.is_impostor:
                self._ended = ChatClosed(why_not_connected(self._connection))
        return True

    def _take_events(self) -> None:
        while (event := self._session.next_event()) is not None:
            match event:
                case LoginRefused(error):
                    self._ended = ChatError(error.code, error.text)
                case Goodbye() if event.reason.final:
                    self._ended = ChatClosed(event.text)
                case Replied(request, reply):
                    if request.id in self._replies:
                        self._replies[request.id] = reply
                case _ if self._listen:
                    self._events.append(event)
