"""Commands on roles, rooms' rules and invitations."""

from __future__ import annotations

from collections.abc import Iterator

from broker.commands.caps import cap_change, cap_number
from broker.core.access.guests import is_guest
from broker.core.context import Context
from broker.core.delivery.presence import end_sessions
from broker.core.facts.kinds import ROLES, GrantedRole, role_key
from broker.core.facts.moderation import Banned, Invitation, Rank, RoomSettings, ban_key
from broker.core.memory.model import Room, User, room_id
from broker.core.moderation import ranks
from broker.core.moderation.audit import record
from broker.core.moderation.bans import announce, notice
from broker.core.moderation.missed import note_missed
from broker.core.moderation.ranks import Proof
from broker.core.registry import Registry
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason, SystemKind
from messages.limits import MAX_SANCTIONS
from messages.moderation import InviteUser, Role, RoomRules, Rules, SetRole
from messages.names import parse_room
from messages.replies import Done

registry = Registry()


@registry.command(
    RoomRules,
    "set a room's rules",
    role=Role.OPERATOR,
    room="room",
    proof=Proof.PRESENCE,
    cap=cap_change,
)
def room_rules(context: Context, request: RoomRules) -> Rules:
    """Change the given rules and tell the members. A private name without a room is reserved."""
    room = context.named
    name = parse_room(request.room)
    old = ranks.room_settings(context, room_id(name))
    if room is None and not (old.private or request.private):
        raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
    if room is context.state.lobby and request.private:
        raise RequestRefused(
            ErrorCode.LOBBY_PROTECTED, "the lobby is for everyone; make another room private"
        )
    private = old.private if request.private is None else request.private
    locked = old.topic_locked if request.topic_locked is None else request.topic_locked
    new = RoomSettings(old.room, private, locked)
    shown = room.name if isinstance(room, Room) else f"#{name.shown}"
    if new != old:
        context.state.facts.keep(new)
        words, told = zip(*_changes(new, old), strict=True)
        record(context, "room-rules", target=", ".join(words), room=shown)
        if isinstance(room, Room):
            text = f"{context.user.name} has changed {shown}: {', '.join(told)}"
            announce(
                context, notice(context, SystemKind.RULES, context.user, text, room), room, context.user, text
            )
    return Rules(request.id, shown, private, locked)


def _changes(new: RoomSettings, old: RoomSettings) -> Iterator[tuple[str, str]]:
    """Yield what has changed: in a word for the audit log, and in a clause for the members."""
    if new.private is not old.private:
        yield ("private", "it is private now") if new.private else ("public", "it is open to all now")
    if new.topic_locked is not old.topic_locked:
        locked = "topic locked", "only moderators may set its topic"
        yield locked if new.topic_locked else ("topic open", "all members may set its topic")


@registry.command(
    InviteUser,
    "invite a user into a room",
    role=Role.MODERATOR,
    room="room",
    proof=Proof.PRESENCE,
    cap=cap_change,
)
def invite_user(context: Context, request: InviteUser) -> Done:
    """Let a user join a room, and tell them."""
    room, state = context.room, context.state
    user = ranks.find_user(context, request.name)
    if user in room.members:
        return Done(request.id)
    ban = context.state.facts.get(Banned, ban_key("user", str(user.id), room.id))
    if ban is not None and ban.holds(context.now.at):
        raise RequestRefused(ErrorCode.BANNED, f"{user.name} is banned from {room.name}; end that first")
    there = sum(one.room == room.id for one in state.facts.of(Invitation).values())
    cap_number(there, MAX_SANCTIONS, f"invitations into {room.name}", "; ask invited users to join first")
    state.facts.keep(Invitation(user.id, room.id))
    record(context, "invite-user", user.name, room.name)
    text = f"{context.user.name} invites you into {room.name}"
    event = notice(context, SystemKind.INVITED, user, text, room)
    context.outbox.send(user.peers, event)
    note_missed(context, user, event, room)
    return Done(request.id)


@registry.command(
    SetRole,
    "give or take away a role",
    role=Role.OPERATOR,
    room="room",
    proof=Proof.PRESENCE,
    cap=cap_change,
)
def set_role(context: Context, request: SetRole) -> Done:
    """Change a user's role in a room, or make them an operator of the broker, or no longer."""
    room = context.room if request.room is not None else None
    user, role = ranks.find_user(context, request.name), request.role
    if user is not context.requester:
        ranks.require_above(context, user, room)
    if room is not None and user not in room.members:
        advice = "invite them first"
        if role is Role.MEMBER:
            advice = "name the room whose role you take away, or * for the whole chat"
        raise RequestRefused(ErrorCode.NOT_IN_ROOM, f"{user.name} is not in {room.name}; {advice}")
    changed = _rank(context, user, role, room) if room else _rank_broker(context, user, role)
    if not changed:
        return Done(request.id)
    where = room.name if room else "the chat"
    record(context, f"set-role {request.role}", user.name, room.name if room else "")
    what = f"now {request.role} of {where}"
    event = notice(context, SystemKind.ROLE, user, f"{user.name} is {what}", room)
    announce(context, event, room, user, f"{context.by} has changed your role: you are {what}")
    note_missed(context, user, event, room, request.role)
    return Done(request.id)


def _rank(context: Context, user: User, role: Role, room: Room) -> bool:
    """Give a user a role in a room, and return whether that changes anything."""
    state, new = context.state, Rank(user.id, role, room.id)
    old = state.facts.get(Rank, new.key)
    if (old.role if old else Role.MEMBER) == role:
        return False
    if role is not Role.MEMBER:
        if is_guest(state, user):
            text = f"{user.name} is a guest; roles go to users who stay, so ask them to sign up first"
            raise RequestRefused(ErrorCode.NOT_PERMITTED, text)
        there = sum(one.room == room.id for one in state.facts.of(Rank).values()) - (old is not None)
        cap_number(there, MAX_SANCTIONS, f"roles in {room.name}", "; take some of them away first")
        state.facts.keep(new)
    elif old is not None:
        state.facts.drop(old)
    return True


def _rank_broker(context: Context, user: User, role: Role) -> bool:
    """Make a user an operator of the broker, or no longer, and return whether that changes anything."""
    state, new = context.state, GrantedRole(user.id, Role.OPERATOR, context.now.at)
    if role is Role.MEMBER:
        return _take_roles(context, user)
    if state.facts.get(GrantedRole, new.key) is not None:
        return False
    if not user.keys:
        text = f"{user.name} has no key, so anybody could take this name; ask them to connect encrypted first"
        raise RequestRefused(ErrorCode.NO_KEY, text)
    state.facts.keep(new)
    return True


def _take_roles(context: Context, user: User) -> bool:
    """Take away a user's roles in the whole chat. If they were a gateway, end its users' sessions."""
    state = context.state
    held = [state.facts.get(GrantedRole, role_key(user.id, role)) for role in ROLES]
    for fact in held:
        if fact is not None:
            state.facts.drop(fact)
    vouched = [one for one in state.sessions.values() if one.vouched and one.identity in user.keys]
    text = "this gateway is no longer allowed; connect in another way"
    end_sessions(context, vouched, GoodbyeReason.REVOKED, "gateway revoked", text)
    return any(held)
