"""The table of commands: which handler answers which request, and what must hold before it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from broker.core.context import Context
from broker.core.model import Conversation, User
from broker.core.store import StoredMessage
from messages.errors import ErrorCode, RequestRefused
from messages.names import canonical_key
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
    """The field that names a conversation; the handler finds it resolved in the context, if it is given."""
    member: bool = False
    """The user must be a member of that conversation, if it is a room."""
    once: bool = False
    """What was accepted under an id stays accepted: asked again, even by one who has left, it is answered."""
    committed: bool = False
    """It reads the store, so what was accepted before it must be committed first."""
    cap: Callable[[Context, Any], None] | None = None
    """Raises RequestRefused if there is too much of what it would add to."""
    light: bool = False
    """It counts little against the rate."""
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


def check(context: Context, command: Command, request: Request) -> None:
    """Find out whether the peer may ask for this, and resolve what it names. Raise RequestRefused if not."""
    if command.login:
        _check_user(context, command, request)
    if command.cap is not None:
        command.cap(context, request)


def _check_user(context: Context, command: Command, request: Request) -> None:
    user = context.user
    if command.activity:
        user.active = context.now.elapsed
    if command.conversation is None:
        return
    name: str | None = getattr(request, command.conversation)
    context.addressed = None
    context.earlier = context.sent(user, request.id) if command.once else None
    if context.earlier is not None and name is not None:
        context.addressed = _addressed_earlier(context, user, name, context.earlier)
    elif name is not None:
        context.addressed = context.state.resolve(user, name)
        if command.member and not _belongs(user, context.addressed):
            raise RequestRefused(ErrorCode.NOT_IN_ROOM)


def _addressed_earlier(context: Context, user: User, name: str, earlier: StoredMessage) -> Conversation:
    """Return the conversation of what was accepted before; the name it was sent to may be another's now."""
    conversation = context.state.conversations.get(earlier.conversation)
    key = canonical_key(name)
    same = key == earlier.conversation if key.startswith("#") else key == f"@{earlier.to}"
    if conversation is None or not (same or context.state.resolve(user, name) is conversation):
        raise RequestRefused(ErrorCode.ID_REUSED)
    return conversation


def _belongs(user: User, conversation: Conversation) -> bool:
    return conversation.id[0] != "#" or user in conversation.members
