"""The table of commands: the handler of each request type, and the conditions checked before it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypedDict, TypeVar, Unpack

from broker.core.context import Context
from broker.core.memory.model import Conversation, Room, User
from broker.core.memory.resolving import resolve
from broker.core.moderation.ranks import (
    Level,
    Proof,
    may_know,
    own_level,
    require,
    require_member,
    require_proof,
    require_voice,
    room_settings,
)
from broker.core.store import StoredMessage
from messages.base import Reply, Request
from messages.errors import ErrorCode, RequestRefused
from messages.moderation import Role
from messages.names import canonical_key, parse_room

_Reply = TypeVar("_Reply", bound=Reply)


class Work(NamedTuple, Generic[_Reply]):
    """What is left of a request that takes long. It is done in steps of a few milliseconds between batches.

    Each of the `steps` yields whether the work may end there. `reply` makes the reply, also if the work had
    to end early. It gets the context of the request, as it is then; to refuse, it raises RequestRefused.
    """

    steps: Iterator[bool]
    reply: Callable[[Context], _Reply]


class Later(NamedTuple):
    """The request waits among the transfers, which will make its reply. It has journaled nothing."""

    ticket: int


_Asked = TypeVar("_Asked", bound=Request)
Handler = Callable[[Context, _Asked], Reply | Work[Any] | Later]
"""Takes a typed request, writes events to the context's outbox and returns the one reply, or the work for it.

To refuse, it raises RequestRefused, with nothing changed.
"""


@dataclass(frozen=True, slots=True)
class Command:
    """One request type with its handler, a line of help, and its conditions."""

    request: type[Request]
    handler: Handler[Any]
    help: str
    login: bool = True
    """The peer must be logged in, or be on the admin channel if the command has a `role`."""
    admin: bool = False
    """Only the admin channel takes it."""
    conversation: str | None = None
    """The field that names a conversation. If it is given, the context has the conversation."""
    member: bool = False
    """The user must be a member of that conversation, if it is a room."""
    proof: Proof | None = None
    """How the connection must have proved who its user is. No gateway can do it for its users."""
    role: Role | None = None
    """The user must have this role in the room that `room` names, or in the whole chat if there is none."""
    room: str | None = None
    """The field that names the room in which `role` is needed. The context has the room."""
    broker_only: tuple[str, ...] = ()
    """Fields that only operators of the broker may set."""
    moderated: str | None = None
    """The field that a muted user may not set. If the topic is locked, only moderators may set it."""
    voice: bool = False
    """The user must not be muted in the room."""
    once: bool = False
    """A request with an accepted id gets the same answer again, even if its user has left the room."""
    committed: bool = False
    """It reads the store, so earlier requests must be committed first."""
    together: Callable[[Context, Sequence[Any]], Sequence[Reply] | None] | None = None
    """Carries out consecutive requests of one peer to the same conversation together.

    The checks hold for all of them, and none of their ids was accepted before. It returns their replies in
    order; or None, with nothing changed, if each must be handled alone. If it raises, each is handled alone
    too. It writes its own log entries, and its requests cost the full price.
    """
    cap: Callable[[Context, Any], None] | None = None
    """Raises RequestRefused if a limit is reached."""
    light: bool = False
    """It costs only a fraction of a token."""
    activity: bool = True
    """It ends the user's idle time."""
    logged: bool = True
    """It is written to the operator's log."""

    @property
    def name(self) -> str:
        """The request's wire type."""
        return str(self.request.__struct_config__.tag)


class Needs(TypedDict, total=False):
    """The fields of a Command that its registration may set."""

    login: bool
    admin: bool
    conversation: str | None
    member: bool
    proof: Proof | None
    role: Role | None
    room: str | None
    broker_only: tuple[str, ...]
    moderated: str | None
    voice: bool
    once: bool
    committed: bool
    together: Callable[[Context, Sequence[Any]], Sequence[Reply] | None] | None
    cap: Callable[[Context, Any], None] | None
    light: bool
    activity: bool
    logged: bool


class Registry:
    """Commands by request type. Each has a help line, and none can be registered twice."""

    def __init__(self) -> None:
        self.commands: dict[type[Request], Command] = {}

    def command(
        self,
        request: type[_Asked],
        help: str,
        **needs: Unpack[Needs],
    ) -> Callable[[Handler[_Asked]], Handler[_Asked]]:
        """Register the decorated handler for a request type. `needs` are fields of its Command."""

        def register(handler: Handler[_Asked]) -> Handler[_Asked]:
            if request in self.commands:
                raise ValueError(f"{request.__name__} has a handler already")
            if not help.strip():
                raise ValueError(f"{request.__name__} has no help line")
            command = Command(request, handler, help, **needs)
            if command.together and _differs_by_request(command):
                raise ValueError(f"{request.__name__} cannot be carried out together")
            self.commands[request] = command
            return handler

        return register


def _differs_by_request(command: Command) -> bool:
    """Return whether the checks, the price or the log entry depend on each single request."""
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
    """Check a command's conditions, and resolve the names in a request. Raise RequestRefused if one fails.

    `new` says that no message was accepted under the request's id before.
    """
    if command.role is not None and context.peer.admin:
        _check_role(context, command, command.role, request)
    elif command.admin:
        raise RequestRefused(ErrorCode.NOT_PERMITTED)
    elif command.login:
        _check_user(context, command, request, new=new)
    if command.cap is not None:
        command.cap(context, request)


def _check_user(context: Context, command: Command, request: Request, *, new: bool) -> None:
    user = context.user
    if command.activity:
        user.active = context.now.elapsed
    if command.role is not None:
        _check_role(context, command, command.role, request)
    if command.proof is not None:
        require_proof(context, command.proof)
    if command.conversation is None:
        return
    name: str | None = getattr(request, command.conversation)
    context.already_accepted = context.sent(user, request.id) if command.once and not new else None
    if context.already_accepted is not None and name is not None:
        context.named = _named_earlier(context, user, name, context.already_accepted)
    elif name is not None:
        context.named = place = resolve(context.state, user, name)
        if isinstance(place, Room):
            _check_place(context, command, request, place)


def _check_role(context: Context, command: Command, role: Role, request: Request) -> None:
    """Find the room that a request names, and check that the user may know of it and has the role in it.

    Operators of the broker may name a room that does not exist; then the context has no room.
    """
    name: str | None = getattr(request, command.room) if command.room else None
    room = context.state.room(parse_room(name)) if name is not None else None
    context.named = room
    if own_level(context, None) is not Level.BROKER_OPERATOR:
        if name is not None and (room is None or not may_know(context, room, context.user)):
            raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
        require(context, role, room)
    if any(getattr(request, field) is not None for field in command.broker_only):
        require(context, Role.OPERATOR, None)


def _check_place(context: Context, command: Command, request: Request, place: Room) -> None:
    """Check that the user is a member of a room, is not muted, and is a moderator if that is needed."""
    if command.member:
        require_member(context, place)
    moderated = command.moderated is not None and getattr(request, command.moderated) is not None
    if command.voice or moderated:
        require_voice(context, place)
    if moderated and room_settings(context, place.id).topic_locked:
        require(context, Role.MODERATOR, place)


def _named_earlier(context: Context, user: User, name: str, earlier: StoredMessage) -> Conversation:
    """Return the conversation of a message accepted before. Its name may belong to another user now.

    Any other name is refused in the same way, so that nobody learns here whether there is a private room.
    """
    conversation = context.state.conversations.get(earlier.conversation)
    key = canonical_key(name)
    same = key == earlier.conversation if key.startswith("#") else key == f"@{earlier.to}"
    if conversation is None or not (same or _leads_to(context, user, name, conversation)):
        raise RequestRefused(ErrorCode.ID_REUSED)
    return conversation


def _leads_to(context: Context, user: User, name: str, conversation: Conversation) -> bool:
    try:
        return resolve(context.state, user, name) is conversation
    except RequestRefused:
        return False
