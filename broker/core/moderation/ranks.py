"""Who may do what, and who may know of which room. `registry.check` asks here before every command."""

from __future__ import annotations

from enum import Enum, IntEnum, auto

from broker.core.access.granted_roles import has_role
from broker.core.context import Context
from broker.core.facts.moderation import Invitation, Muted, Rank, RoomSettings
from broker.core.limits.addresses import INPROC
from broker.core.memory.model import Peer, Room, User, room_id
from broker.core.moderation.durations import duration_text
from messages.errors import ErrorCode, RequestRefused
from messages.moderation import Role
from messages.names import Name, parse_address, parse_room


class Level(IntEnum):
    """How far somebody's word goes, in a room or, where none is meant, in the whole chat."""

    STRANGER = 0
    MEMBER = 1
    MODERATOR = 2
    OPERATOR = 3
    BROKER_OPERATOR = 4


_LEVELS = {Role.MEMBER: Level.MEMBER, Role.MODERATOR: Level.MODERATOR, Role.OPERATOR: Level.OPERATOR}


def level(context: Context, user: User, room: Room | None) -> Level:
    """Return how far a user's word goes."""
    if _is_broker_operator(context, user):
        return Level.BROKER_OPERATOR
    if room is None:
        return Level.MEMBER
    rank = context.state.facts.get(Rank, f"{user.id}{room.id}")
    if rank is not None:
        return _LEVELS[Role(rank.role)]
    return Level.MEMBER if user in room.members else Level.STRANGER


def _is_broker_operator(context: Context, user: User) -> bool:
    """Who was granted the role, or is connected from this machine by whoever runs the broker.

    A password, which a gateway gets to see, is not enough: who asks must have shown their key.
    """
    asks = context.peer.session is not None and context.peer.session.user is user
    if has_role(context.state, user, Role.OPERATOR):
        return not (asks and context.peer.vouched)
    peers = (session.peer for session in user.sessions.values() if session.peer)
    if asks:
        return runs_the_broker(context, context.peer)
    return any(runs_the_broker(context, peer) for peer in peers)


def runs_the_broker(context: Context, peer: Peer) -> bool:
    """Whether a peer is connected over ipc, for itself, as the broker's own user or as root."""
    own = context.settings.own_uid
    return own is not None and peer.uid in (own, 0) and not peer.vouched


def require(context: Context, role: Role, room: Room | None) -> None:
    """Raise RequestRefused unless the asking user has that role in the room, or is above it."""
    own = level(context, context.user, room)
    if own is Level.BROKER_OPERATOR or (room is not None and own >= _LEVELS[role]):
        return
    if room is None and context.peer.vouched and has_role(context.state, context.user, Role.OPERATOR):
        text = "an operator of the broker does this with their own key, not through a gateway"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)
    if room is None:
        raise RequestRefused(ErrorCode.NOT_PERMITTED, "this needs an operator of the broker; ask one")
    article = "an" if role is Role.OPERATOR else "a"
    raise RequestRefused(ErrorCode.NOT_PERMITTED, f"this needs {article} {role} of {room.name}; ask one")


def require_above(context: Context, user: User, room: Room | None) -> None:
    """Raise RequestRefused unless the asking user is above another; broker operators yield to each other."""
    own = level(context, context.user, room)
    if own is not Level.BROKER_OPERATOR and level(context, user, room) >= own:
        raise RequestRefused(
            ErrorCode.NOT_PERMITTED, f"this needs somebody above {user.name}; ask an operator of the broker"
        )


def target(context: Context, name: str, room: Room | None) -> User:
    """Return the user whom something is done to: another one, of lower rank. Raise RequestRefused if not."""
    user = find_user(context, name)
    if user is context.user:
        raise RequestRefused(ErrorCode.TO_YOURSELF)
    require_power(context, user, room)
    return user


def require_power(context: Context, user: User, room: Room | None) -> None:
    """Raise RequestRefused unless the asking user may put out or silence another; operators nobody may."""
    if _is_broker_operator(context, user):
        text = f"{user.name} is an operator of the broker; that role must be taken away first"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)
    require_above(context, user, room)


def find_user(context: Context, name: str) -> User:
    """Return the user who bears a name. Raise RequestRefused if nobody does."""
    user = context.state.users.get(parse_address(name).key)
    if user is None:
        raise RequestRefused(ErrorCode.NO_SUCH_USER)
    return user


class Proof(Enum):
    """By what a connection must have shown that its user is on it, and not only a gateway."""

    KEY = auto()
    """A key of the user's."""
    KEY_OR_HERE = auto()
    """Such a key; or it is a connection within this machine that has none, and that nobody else reads."""


def require_proof(context: Context, proof: Proof) -> None:
    """Raise RequestRefused unless the asking connection has shown what is needed."""
    peer = context.peer
    inside = peer.identity is None and (peer.uid is not None or peer.address == INPROC)
    if not (peer.identity in context.user.keys or (proof is Proof.KEY_OR_HERE and inside)):
        raise RequestRefused(ErrorCode.NO_KEY)


# Rooms


def room_settings(context: Context, room_id: str) -> RoomSettings:
    """Return a room's rules."""
    return context.state.facts.get(RoomSettings, room_id) or RoomSettings(room_id)


def may_know(context: Context, room: Room, user: User) -> bool:
    """Whether a user may learn that a room exists."""
    facts, key = context.state.facts, f"{user.id}{room.id}"
    return (
        not room_settings(context, room.id).private
        or user in room.members
        or facts.get(Invitation, key) is not None
        or facts.get(Rank, key) is not None
        or _is_broker_operator(context, user)
    )


def find_room(context: Context, name: str) -> Room:
    """Return a room that the asking user may know of. Raise RequestRefused if there is none."""
    room = context.state.room(parse_room(name))
    if room is None or not may_know(context, room, context.user):
        raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
    return room


def may_not_be_entered(context: Context, name: Name, room: Room | None) -> bool:
    """Whether a name is that of a private room that the asking user may not know of, or is reserved."""
    if room is not None:
        return not may_know(context, room, context.user)
    return room_settings(context, room_id(name)).private and not _is_broker_operator(context, context.user)


def require_voice(context: Context, room: Room) -> None:
    """Raise RequestRefused if the asking user is muted in a room."""
    mutes = context.state.facts.of(Muted)
    mute = mutes.get(f"{context.user.id}{room.id}") if mutes else None
    if mute is not None and mute.holds(context.now.at):
        why = f": {mute.reason}" if mute.reason else ""
        length = duration_text(mute.until, context.now.at)
        raise RequestRefused(ErrorCode.MUTED, f"you are muted in {room.name} {length}{why}")


def end_membership(context: Context, room: Room, user: User) -> None:
    """Put a user out of a room, with what they were there."""
    state, key = context.state, f"{user.id}{room.id}"
    if user in room.members:
        state.leave(room, user)
    for fact in (state.facts.get(Rank, key), state.facts.get(Invitation, key)):
        if fact is not None:
            state.facts.drop(fact)
