"""The table of commands: which handler answers which request, and what must hold before it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from broker.core.context import Context
from broker.core.memory.model import Conversation, Room, User
from broker.core.memory.resolving import resolve
from broker.core.moderation.ranks import (
    Level,
    Proof,
    level,
    may_know,
    require,
    require_proof,
    require_voice,
    room_settings,
)
from broker.core.store import StoredMessage
from messages.base import Reply, Request
from messages.errors import ErrorCode, RequestRefused
from messages.moderation import Role
from messages.names import canonical_key, parse_room

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
    proof: Proof | None = None
    """By what the connection must have shown that its user is on it."""
    role: Role | None = None
    """The user must have this role in the room that `room` names; without a room, in the whole chat."""
    room: str | None = None
    """The field that names the room in which `role` is needed; the handler finds it in the context."""
    broker_only: tuple[str, ...] = ()
    """Fields that only operators of the broker may give."""
    moderated: str | None = None
    """The field that only moderators may give where the topic is locked, and nobody who is muted."""
    voice: bool = False
    """The user must not be muted in the room."""
    once: bool = False
    """What was accepted under an id stays accepted: asked again, even by one who has left, it is answered."""
    committed: bool = False
    """It reads the store, so what was accepted before it must be committed first."""
    together: Callable[[Context, Sequence[Any]], Sequence[Reply] | None] | None = None
    """Carries out several of them at once that a peer asks in a row of the same conversation.

    What is checked before holds for all of them; nothing was accepted under their ids. It returns their
    replies in order; or None, with nothing changed, if they must come one by one. So they do if it raises.
    It writes to the log itself what there is to say, and its requests have their full price.
    """
    cap: Callable[[Context, Any], None] | None = None
    """Raises RequestRefused if there is too much of what it would add to."""
    light: bool = False
    """It counts little against the rate."""
    activity: bool = True
    """It shows that a person is there, and ends their idle time."""
    logged: bool = True
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
            command = Command(request, handler, help, **needs)
            if command.together and _is_about_each(command):
                raise ValueError(f"{request.__name__} cannot be carried out together")
            self.commands[request] = command
            return handler

        return register


def _is_about_each(command: Command) -> bool:
    """Whether something is to be done or checked for each request, or more than its conversation matters."""
    by_field = command.role or command.room or command.broker_only or command.moderated
    return bool(
        command.logged
        or command.light
        or command.committed
        or command.cap
        or by_field
        or not command.conversation
    )


def check(context: Context, command: Command, request: Request, *, new: bool = False) -> None:
    """Find out whether the peer may ask for this, and resolve what it names. Raise RequestRefused if not.

    `new` if it is certain that nothing was accepted under the request's id before.
    """
    if command.login:
        _check_user(context, command, request, new=new)
    if command.cap is not None:
        command.cap(context, request)


def _check_user(context: Context, command: Command, request: Request, *, new: bool) -> None:
    user = context.user
    if command.activity:
        user.active = context.now.elapsed
    if command.proof is not None:
        require_proof(context, command.proof)
    if command.role is not None:
        _check_role(context, command, command.role, request)
    if command.conversation is None:
        return
    name: str | None = getattr(request, command.conversation)
    context.named = None
    context.already_accepted = context.sent(user, request.id) if command.once and not new else None
    if context.already_accepted is not None and name is not None:
        context.named = _named_earlier(context, user, name, context.already_accepted)
    elif name is not None:
        context.named = resolve(context.state, user, name)
        _check_place(context, command, request, context.named, user)


def _check_role(context: Context, command: Command, role: Role, request: Request) -> None:
    """Find the room that is named, which the user may know of, and whether their role in it is enough.

    Operators of the broker may name a room that does not exist; the context has none then.
    """
    name: str | None = getattr(request, command.room) if command.room else None
    room = context.state.room(parse_room(name)) if name is not None else None
    context.named = room
    if name is not None and (room is None or not may_know(context, room, context.user)):
        if level(context, context.user, None) is not Level.BROKER_OPERATOR:
            raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
    else:
        require(context, role, room)
    if any(getattr(request, field) is not None for field in command.broker_only):
        require(context, Role.OPERATOR, None)


def _check_place(
    context: Context, command: Command, request: Request, place: Conversation, user: User
) -> None:
    """Find out whether the user is in a room, may speak there, and may do what is kept to moderators."""
    if not isinstance(place, Room):
        return
    if command.member and user not in place.members:
        known = may_know(context, place, user)
        raise RequestRefused(ErrorCode.NOT_IN_ROOM if known else ErrorCode.NO_SUCH_ROOM)
    moderated = command.moderated is not None and getattr(request, command.moderated) is not None
    if command.voice or moderated:
        require_voice(context, place)
    if moderated and room_settings(context, place.id).topic_locked:
        require(context, Role.MODERATOR, place)


def _named_earlier(context: Context, user: User, name: str, earlier: StoredMessage) -> Conversation:
    """Return the conversation of what was accepted before; the name it was sent to may be another's now."""
    conversation = context.state.conversations.get(earlier.conversation)
    key = canonical_key(name)
    same = key == earlier.conversation if key.startswith("#") else key == f"@{earlier.to}"
    if conversation is None or not (same or resolve(context.state, user, name) is conversation):
        raise RequestRefused(ErrorCode.ID_REUSED)
    return conversation
