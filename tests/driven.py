"""A client's session without a broker. The test controls its clock and all its documents."""

from __future__ import annotations

from itertools import count
from typing import Any, TypeVar

from client.core.events import ClientEvent
from client.core.options import Listening
from client.core.session import Session
from messages.codec import decode_request, encode
from messages.errors import ErrorCode
from messages.events import AnyEvent, Message, Position
from messages.replies import Accepted, AnyReply, Done, Durability, Error, Page, Welcome
from messages.requests import Login, Request

_Kind = TypeVar("_Kind")

AT = 1_790_000_000_000
ENDPOINT = "tcp://127.0.0.1:9009"


def message(seq: int, conversation: str = "#lobby", sender: str = "bob", id: str = "") -> Message:
    return Message(conversation, seq, id or f"{sender}-{seq}", sender, f"text {seq}", AT)


def accepted(re: str, seq: int, conversation: str = "#lobby", recipients: int = 1) -> Accepted:
    return Accepted(re, conversation, seq, AT, Durability.MEMORY, recipients)


def page(re: str, *seqs: int | Message, more: bool = False, conversation: str = "#lobby") -> Page:
    messages = [message(seq, conversation) if isinstance(seq, int) else seq for seq in seqs]
    return Page(re, conversation, messages, more)


def refusal(re: str | None, code: ErrorCode) -> Error:
    return Error(re, code, code.sentence, code.retryable)


class Driven:
    """A session, its clock, and its requests and events since the test last read them."""

    def __init__(
        self,
        name: str = "alice",
        *,
        listen: bool = True,
        only: str | None = None,
        brief: bool = False,
        chance: float = 0.5,
    ) -> None:
        ids = count(1)
        self.now = 1_000.0
        listening = Listening(on=listen, only=only, brief=brief)
        self.session = Session(
            name, lambda: f"r{next(ids)}", encode, listening=listening, chance=lambda: chance
        )

    def tick(self, seconds: float = 0.0) -> list[Request]:
        """Let time pass, and return the session's requests."""
        self.now += seconds
        self.session.tick(self.now)
        return list(map(decode_request, self.session.take_lines(self.now)))

    def asked(self, kind: type[_Kind], seconds: float = 0.0) -> list[_Kind]:
        """Let time pass and return the requests of one kind; there must be no others."""
        requests = self.tick(seconds)
        found = [request for request in requests if isinstance(request, kind)]
        assert len(found) == len(requests), requests
        return found

    def hear(self, *documents: AnyReply | AnyEvent) -> None:
        for document in documents:
            self.session.receive(document, self.now)

    def told(self) -> list[ClientEvent]:
        """Return the session's events without confirming that they were shown."""
        events = []
        while (event := self.session.next_event()) is not None:
            events.append(event)
        return events

    def shown(self) -> list[ClientEvent]:
        """Return the session's events, and confirm that they were shown."""
        events = self.told()
        for event in events:
            self.session.handed_over(event)
        return events

    def connect(self) -> Login:
        """Connect, and return the login that follows."""
        self.session.connected(self.now, ENDPOINT)
        (login,) = self.asked(Login)
        return login

    def welcome(self, re: str, *positions: tuple[str, int, int], **fields: Any) -> Welcome:
        """Answer a login as the broker. Positions are conversation, head and delivered."""
        values: dict[str, Any] = {
            "name": self.session.name,
            "session": "token",
            "epoch": "epoch",
            "resumed": False,
            "heartbeat": 15_000,
        }
        conversations = [Position(*position) for position in positions or [("#lobby", 0, 0)]]
        welcome = Welcome(re, **{**values, **fields}, conversations=conversations)
        self.hear(welcome)
        return welcome

    def log_in(self, *positions: tuple[str, int, int], **fields: Any) -> Welcome:
        """Connect, log in, and drop the event of it."""
        welcome = self.welcome(self.connect().id, *positions, **fields)
        self.told()
        return welcome

    def done(self, *requests: Request) -> None:
        """Answer requests as done, as the broker."""
        self.hear(*(Done(request.id) for request in requests))


def ready(
    *positions: tuple[str, int, int],
    listen: bool = True,
    only: str | None = None,
    brief: bool = False,
    chance: float = 0.5,
) -> Driven:
    """Return a client that is logged in."""
    driven = Driven(listen=listen, only=only, brief=brief, chance=chance)
    driven.log_in(*positions)
    return driven
