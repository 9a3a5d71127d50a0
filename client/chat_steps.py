"""The methods of `Chat` and `AsyncChat` as steps. A step says what it waits for; a runner waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from client.core.events import ClientEvent, Ended, Replied, Sent
from client.core.options import LISTENING, NOT_LISTENING, Credentials
from client.core.session import Session, SessionState
from client.keys import KeyFileError
from client.transport.diagnosis import why_not_connected
from client.transport.link import Link, new_session
from client.trust import Trust, find_trust
from messages.amendments import Pins
from messages.base import Request
from messages.endpoints import address_to_connect
from messages.errors import ChatError, ErrorCode
from messages.events import Message
from messages.members import MemberEntry, MemberList, Members
from messages.notices import (
    ConversationLevel,
    KeywordList,
    Keywords,
    NoticeLevel,
    Notify,
    QuietHours,
    QuietList,
    QuietSpan,
)
from messages.replies import Accepted, AnyReply, Error, PinList
from messages.sessions import SessionEntry, SessionList, Sessions

_Result = TypeVar("_Result")


class ChatClosed(Exception):
    """There is no connection, or the broker ended the session; the text says why."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Serve the connection until `done`; the answer is False if that takes longer than `timeout` seconds."""

    done: Callable[[], bool]
    timeout: float | None


@dataclass(frozen=True, slots=True)
class Explain:
    """Call `sentence`, which may block for a second or two; the answer is what it returns."""

    sentence: Callable[[], str]


Steps = Generator[Wait | Explain, bool | str, _Result]
"""A method of a chat. A runner does each step, and returns the method's result."""


class ChatSteps:
    """One program's session: its methods, and the events that wait for them.

    Raise ChatClosed if the broker's key or the program's own cannot be used. Raise ValueError if the endpoint
    or the name is not valid.
    """

    def __init__(
        self, endpoint: str, name: str, *, listen: bool, identity: Path | None, bot: bool = False
    ) -> None:
        parsed = address_to_connect(endpoint)
        self.url = parsed.url
        self.events: deque[ClientEvent] = deque()
        self.ended: ChatClosed | ChatError | None = None
        """Why the session has ended for good."""
        self._listen = listen
        self._replies: dict[str, AnyReply | None] = {}
        self.session: Session = new_session(
            name,
            credentials=Credentials(invite=parsed.invite or None, bot=bot),
            listening=LISTENING if listen else NOT_LISTENING,
        )
        self.session.login(name)
        try:
            self.trust: Trust | None = find_trust(parsed, identity)
        except KeyFileError as error:
            raise ChatClosed(str(error)) from None

    def take(self, link: Link) -> None:
        """Take the session's events, after its connection was served."""
        while (event := self.session.next_event()) is not None:
            match event:
                case Ended(Error() as error):
                    self.ended = ChatError(error.code, error.text)
                case Ended(goodbye):
                    self.ended = ChatClosed(goodbye.text)
                case Replied(request, reply):
                    if request.id in self._replies:
                        self._replies[request.id] = reply
                case _ if self._listen:
                    self.events.append(event)
        if link.is_impostor:
            self.ended = ChatClosed(why_not_connected(link))

    def log_in(self, link: Link, timeout: float) -> Steps[None]:
        """Wait for the welcome."""
        try:
            if (yield Wait(lambda: self.session.state is SessionState.READY, timeout)):
                return
        except KeyFileError as error:
            raise ChatClosed(str(error)) from None
        if refusal := self.session.login_error:
            raise ChatError(refusal.code, refusal.text)
        raise ChatClosed((yield Explain(partial(why_not_connected, link))))

    def send(self, to: str, text: str, reply_to: int | None, timeout: float | None) -> Steps[Sent]:
        """Send a text and wait until it is accepted."""
        return (yield from self.accepted(self.session.send(to, text, reply_to), timeout))

    def accepted(self, sent: Sent, timeout: float | None) -> Steps[Sent]:
        """Wait until a message is accepted."""
        if not (yield Wait(lambda: sent.accepted or sent.error is not None, timeout)):
            raise TimeoutError(f"{sent.request.to}: not accepted within {timeout} s")
        if sent.error is not None:
            raise ChatError(sent.error.code, sent.error.text)
        return sent

    def wait_delivered(self, sent: Sent, users: int | None, timeout: float | None) -> Steps[bool]:
        """Wait until others have confirmed a message."""
        wait = Wait(lambda: sent.delivered >= (sent.recipients if users is None else users), timeout)
        return bool((yield wait))

    def ask(self, kind: type[Request], fields: dict[str, object], timeout: float | None) -> Steps[AnyReply]:
        """Make any other request and return its reply."""
        request_id = self.session.ask(kind, **fields)
        self._replies[request_id] = None
        try:
            yield Wait(lambda: self._replies[request_id] is not None, timeout)
        finally:
            reply = self._replies.pop(request_id)
        if reply is None:
            raise TimeoutError(f"no reply within {timeout} s")
        if isinstance(reply, Error):
            raise ChatError(reply.code, reply.text)
        return reply

    def amend(self, kind: type[Request], fields: dict[str, object], timeout: float | None) -> Steps[int]:
        """Make a request that amends a message, and return the seq of the amendment."""
        reply = yield from self.ask(kind, fields, timeout)
        if not isinstance(reply, Accepted):
            raise ChatError(ErrorCode.INTERNAL, "the broker gave another answer than it should")
        return reply.seq

    def pins(self, conversation: str, timeout: float | None) -> Steps[list[Message]]:
        """Return the pinned messages of a conversation."""
        reply = yield from self.ask(Pins, {"conversation": conversation}, timeout)
        return reply.messages if isinstance(reply, PinList) else []

    def notify(
        self, conversation: str, level: NoticeLevel | None, timeout: float | None
    ) -> Steps[NoticeLevel]:
        """Choose a conversation's level, and return it."""
        reply = yield from self.ask(Notify, {"conversation": conversation, "level": level}, timeout)
        return reply.level if isinstance(reply, ConversationLevel) else NoticeLevel.DEFAULT

    def keywords(self, words: list[str] | None, timeout: float | None) -> Steps[list[str]]:
        """Choose the keywords, and return them."""
        reply = yield from self.ask(Keywords, {"words": words}, timeout)
        return reply.words if isinstance(reply, KeywordList) else []

    def quiet_hours(
        self, spans: list[QuietSpan] | None, zone: str | None, timeout: float | None
    ) -> Steps[tuple[list[QuietSpan], str | None]]:
        """Choose the quiet hours, and return them with their time zone."""
        reply = yield from self.ask(QuietHours, {"spans": spans, "zone": zone}, timeout)
        return (reply.spans, reply.zone) if isinstance(reply, QuietList) else ([], None)

    def sessions(self, timeout: float | None) -> Steps[list[SessionEntry]]:
        """Return the user's sessions."""
        reply = yield from self.ask(Sessions, {}, timeout)
        return reply.sessions if isinstance(reply, SessionList) else []

    def members(self, room: str, timeout: float | None) -> Steps[list[MemberEntry]]:
        """Return all members of a room, page by page."""
        found: list[MemberEntry] = []
        more = True
        while more:
            after = found[-1].user_id if found else 0
            reply = yield from self.ask(Members, {"room": room, "after": after}, timeout)
            page = reply.members if isinstance(reply, MemberList) else []
            found += page
            more = bool(page) and isinstance(reply, MemberList) and reply.more
        return found

    def next_event(self, timeout: float | None) -> Steps[ClientEvent | None]:
        """Return the next event, which then counts as handed over; None if none comes in time."""
        if not (yield Wait(lambda: bool(self.events), timeout)):
            return None
        event = self.events.popleft()
        self.session.handed_over(event)
        return event

    def read(self, message: Message) -> None:
        """Record that a person has read a message."""
        self.session.read(message.conversation, message.seq)

    def log_out(self, timeout: float) -> Steps[None]:
        """Wait until everything is accepted, and log out for good."""
        try:
            with suppress(ChatClosed, ChatError):
                yield Wait(lambda: not self.session.unanswered, timeout)
                self.session.logout()
                left = SessionState.STRANGER, SessionState.OFFLINE
                yield Wait(lambda: self.session.state in left, timeout)
        finally:
            self.ended = self.ended or ChatClosed("this chat is closed")
