"""Permissions: users' roles and access to rooms. `registry.check` calls this before every command."""

from __future__ import annotations

from enum import Enum, IntEnum, auto

from broker.core.access.accounts import keeps_account
from broker.core.access.granted_roles import has_role
from broker.core.context import Context
from broker.core.facts.moderation import Invitation, Muted, Rank, RoomSettings, membership_key
from broker.core.limits.addresses import INPROC
from broker.core.memory.model import Peer, Room, User, room_id
from broker.core.moderation.durations import duration_text
from messages.errors import ErrorCode, RequestRefused
from messages.moderation import Role
from messages.names import Name, parse_address, parse_room


class Level(IntEnum):
    """A user's level in a room, or in the whole chat."""

    STRANGER = 0
    MEMBER = 1
    MODERATOR = 2
    OPERATOR = 3
    FOUNDER = 4
    BROKER_OPERATOR = 5


SMALL_ROOM = 20
"""In rooms of up to this many members, every member may pin, and mention everyone."""

_LEVELS = {Role.MEMBER: Level.MEMBER, Role.MODERATOR: Level.MODERATOR, Role.OPERATOR: Level.OPERATOR}


def level(context: Context, user: User, room: Room | None) -> Level:
    """Return a user's level in a room, or in the whole chat if `room` is None."""
    if _is_broker_operator(context, user):
        return Level.BROKER_OPERATOR
    if room is None:
        return Level.MEMBER
    rank = context.state.facts.get(Rank, membership_key(user.id, room.id))
    if rank is not None and rank.founder:
        return Level.FOUNDER
    if rank is not None:
        return _LEVELS[Role(rank.role)]
    return Level.MEMBER if user in room.members else Level.STRANGER


def shown_role(context: Context, user: User, room: Room) -> Role:
    """Return the role by which a member of a room is shown: what they may do in it."""
    held = level(context, user, room)
    if held >= Level.OPERATOR:
        return Role.OPERATOR
    return Role.MODERATOR if held is Level.MODERATOR else Role.MEMBER


def _is_broker_operator(context: Context, user: User) -> bool:
    """Return whether a user was granted the role, or is connected over ipc as the broker's own user.

    A login through a gateway is not enough for the requesting user, as the gateway sees their password.
    """
    requesting = context.peer.session is not None and context.peer.session.user is user
    if has_role(context.state, user, Role.OPERATOR):
        return not (requesting and context.peer.vouched)
    peers = (session.peer for session in user.sessions.values() if session.peer)
    if requesting:
        return runs_the_broker(context, context.peer)
    return any(runs_the_broker(context, peer) for peer in peers)


def runs_the_broker(context: Context, peer: Peer) -> bool:
    """Return whether a peer is on ipc as the broker's own user or as root, and not a gateway's user."""
    own = context.settings.own_uid
    return own is not None and peer.uid in (own, 0) and not peer.vouched


def own_level(context: Context, room: Room | None) -> Level:
    """Return the level of the request's sender in a room, or in the whole chat if `room` is None.

    On the admin channel this is an operator of the broker, without being a user.
    """
    if context.peer.admin and runs_the_broker(context, context.peer):
        return Level.BROKER_OPERATOR
    return level(context, context.user, room)


def require(context: Context, role: Role, room: Room | None) -> None:
    """Raise RequestRefused unless the request's sender has this role or a higher one in the room."""
    own = own_level(context, room)
    if own is Level.BROKER_OPERATOR or (room is not None and own >= _LEVELS[role]):
        return
    if room is None and context.peer.vouched and has_role(context.state, context.user, Role.OPERATOR):
        text = "this needs an operator of the broker; connect with your own key, not through a gateway"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)
    if room is None:
        raise RequestRefused(ErrorCode.NOT_PERMITTED, "this needs an operator of the broker; ask one")
    article = "an" if role is Role.OPERATOR else "a"
    raise RequestRefused(ErrorCode.NOT_PERMITTED, f"this needs {article} {role} of {room.name}; ask one")


def require_above(context: Context, user: User, room: Room | None) -> None:
    """Raise RequestRefused unless the requesting user is above another, or is an operator of the broker."""
    own = own_level(context, room)
    if own is not Level.BROKER_OPERATOR and level(context, user, room) >= own:
        text = f"this needs a higher role than {user.name}'s; ask an operator of the broker"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)


def target(context: Context, name: str, room: Room | None) -> User:
    """Return the target of an action. Raise RequestRefused unless it is another user of lower rank."""
    user = find_user(context, name)
    if user is context.requester:
        raise RequestRefused(ErrorCode.TO_YOURSELF)
    require_power(context, user, room)
    return user


def require_power(context: Context, user: User, room: Room | None) -> None:
    """Raise RequestRefused unless the requesting user may remove or mute another.

    Nobody may do so to an operator of the broker.
    """
    if _is_broker_operator(context, user):
        text = f"{user.name} is an operator of the broker; take this role away first, with /deop"
        raise RequestRefused(ErrorCode.NOT_PERMITTED, text)
    require_above(context, user, room)


def find_user(context: Context, name: str) -> User:
    """Return the user with a name. Raise RequestRefused if there is none."""
    user = context.state.users.get(parse_address(name).key)
    if user is None:
        raise RequestRefused(ErrorCode.NO_SUCH_USER)
    return user


class Proof(Enum):
    """How a connection must have proved its user. What needs a proof cannot be done through a gateway.

    Commands need one if they change who the user is, or give somebody rights that outlast the session.
    """

    PRESENCE = auto()
    """The connection is the user's own."""

    KEY = auto()
    """A key of the user's."""
    KEY_OR_PASSWORD = auto()
    """A key of the user's; or through a gateway that was granted accounts, if the user has none. The command
    then asks for the password."""
    KEY_PASSWORD_OR_HERE = auto()
    """One of these; or no key, if the connection is ipc or in-process, which nobody else can read."""


def require_proof(context: Context, proof: Proof) -> None:
    """Raise RequestRefused unless the peer of the request has given the proof."""
    peer = context.peer
    if peer.vouched:  # the key is the gateway's, also if the user is the gateway itself
        if proof in (Proof.KEY_OR_PASSWORD, Proof.KEY_PASSWORD_OR_HERE) and keeps_account(context):
            return
        raise RequestRefused(ErrorCode.NO_KEY, "no gateway can do this for you; connect without one")
    inside = peer.identity is None and (peer.uid is not None or peer.address == INPROC)
    enough = proof is Proof.PRESENCE or (proof is Proof.KEY_PASSWORD_OR_HERE and inside)
    if not (enough or peer.identity in context.user.keys):
        raise RequestRefused(ErrorCode.NO_KEY)


# Rooms


def room_settings(context: Context, room_id: str) -> RoomSettings:
    """Return a room's rules."""
    return context.state.facts.get(RoomSettings, room_id) or RoomSettings(room_id)


def may_know(context: Context, room: Room, user: User) -> bool:
    """Return whether a user may learn that a room exists."""
    facts, key = context.state.facts, membership_key(user.id, room.id)
    return (
        not room_settings(context, room.id).private
        or user in room.members
        or facts.get(Invitation, key) is not None
        or facts.get(Rank, key) is not None
        or _is_broker_operator(context, user)
    )


def require_member(context: Context, room: Room) -> None:
    """Raise RequestRefused unless the request's user is a member of a room."""
    if context.user not in room.members:
        known = may_know(context, room, context.user)
        raise RequestRefused(ErrorCode.NOT_IN_ROOM if known else ErrorCode.NO_SUCH_ROOM)


def find_room(context: Context, name: str) -> Room:
    """Return a room of which the requesting user may know. Raise RequestRefused if there is none."""
    room = context.state.room(parse_room(name))
    if room is None or not may_know(context, room, context.user):
        raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
    return room


def may_not_be_entered(context: Context, name: Name, room: Room | None) -> bool:
    """Return whether a room is hidden from the requesting user, or its name is reserved."""
    if room is not None:
        return not may_know(context, room, context.user)
    return room_settings(context, room_id(name)).private and not _is_broker_operator(context, context.user)


def require_voice(context: Context, room: Room) -> None:
    """Raise RequestRefused if the requesting user is muted in a room."""
    mutes = context.state.facts.of(Muted)
    mute = mutes.get(membership_key(context.user.id, room.id)) if mutes else None
    if mute is not None and mute.holds(context.now.at):
        why = f": {mute.reason}" if mute.reason else ""
        length = duration_text(mute.until, context.now.at)
        raise RequestRefused(ErrorCode.MUTED, f"you are muted in {room.name} {length}{why}")


def end_membership(context: Context, room: Room, user: User) -> None:
    """Remove a user from a room, with their rank and invitation there."""
    state, key = context.state, membership_key(user.id, room.id)
    if user in room.members:
        state.leave(room, user)
    for fact in (state.facts.get(Rank, key), state.facts.get(Invitation, key)):
        if fact is not None:
            state.facts.drop(fact)
