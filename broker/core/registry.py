"""The table of commands: which handler answers which request, and what must hold before it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from broker.core.context import Context
from messages.replies import Reply
from messages.requests import Request

_Asked = TypeVar("_Asked", bound=Request)
Handler = Callable[[Context, _Asked], Reply]
"""Takes a typed request, writes events to the context's outbox and returns the one reply.

It raises RequestRefused, with nothing changed, to refuse.
"""


@dataclass(frozen=True, slots=True)
class Command:
    """One request type with its handler, a line of help, and what it needs."""

    request: type[Request]
    handler: Handler[Any]
    help: str
    login: bool = True
    """The peer must be logged in."""
    conversation: str | None = None
    """The field that names a conversation; the handler finds it resolved in the context."""
    member: bool = False
    """The user must be a member of that conversation, if it is a room."""
    once: bool = False
    """What was accepted under an id stays accepted: asked again, even by one who has left, it is answered."""
    committed: bool = False
    """It reads the store, so what was accepted before it must be committed first."""
    activity: bool = True
    """It shows that a person is there, and ends their idle time."""
    noted: bool = True
    """The operator's log tells of it."""

    @property
    def name(self) -> str:
        """The request's type on the wire."""
        return str(self.request.__struct_config__.tag)


class Registry:
    """Commands by request type. Each has a help line; none can be registered twice."""

    def __init__(self) -> None:
        self.commands: dict[type[Request], Command] = {}

    def command(
        self,
        request: type[_Asked],
        help: str,
        **needs: Any,
    ) -> Callable[[Handler[_Asked]], Handler[_Asked]]:
        """Register the decorated handler for a request type. `needs` are Command's fields."""

        def register(handler: Handler[_Asked]) -> Handler[_Asked]:
            if request in self.commands:
                raise ValueError(f"{request.__name__} has a handler already")
            if not help.strip():
                raise ValueError(f"{request.__name__} has no help line")
            self.commands[request] = Command(request, handler, help, **needs)
            return handler

        return register
