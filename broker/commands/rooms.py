"""Commands on rooms: join, leave, list and topics."""

from __future__ import annotations

from broker.commands.caps import NO_ENTRY, cap_join, cap_topic
from broker.core.access.new_names import check_new_name
from broker.core.context import Context
from broker.core.delivery.crowds import audience
from broker.core.delivery.devices import tell_position
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.facts.moderation import Invitation, OpenedRoom, Rank, membership_key
from broker.core.memory.model import Room
from broker.core.moderation.bans import refuse_banned
from broker.core.moderation.ranks import may_know, may_not_be_entered, room_settings, shown_role
from broker.core.names.lookalikes import skeleton
from broker.core.registry import Registry
from messages.errors import ErrorCode, RequestRefused
from messages.events import System, SystemKind
from messages.moderation import Role
from messages.names import Name, parse_room
from messages.replies import Done, RoomEntry, RoomList, RoomState
from messages.requests import Join, Leave, Rooms, Topic

registry = Registry()


@registry.command(Join, "join a room, and open it if it does not exist", cap=cap_join)
def join(context: Context, request: Join) -> RoomState:
    """Make the user a member and tell the others; joining again changes nothing."""
    state, user = context.state, context.user
    name = parse_room(request.room)
    room = state.room(name)
    if may_not_be_entered(context, name, room):
        raise RequestRefused(ErrorCode.NO_SUCH_ROOM, NO_ENTRY)
    if room is None:
        _check_room_name(context, name)
        room = state.open_room(name)
        state.facts.keep(Rank(user.id, Role.OPERATOR, room.id, founder=True))
        state.facts.keep(OpenedRoom(user.id, room.id))
    refuse_banned(context, user, user.key, room)
    if user not in room.members:
        invitation = state.facts.get(Invitation, membership_key(user.id, room.id))
        if invitation is not None:
            state.facts.drop(invitation)
        state.join(room, user)
        text = f"{user.name} joined {room.name}"
        told = audience(context, room)
        others = tuple(peer for peer in told if peer.session is None or peer.session.user is not user)
        tell_position(context, room)
        context.outbox.send(
            others, System(SystemKind.JOINED, user.name, text, room=room.name, user_id=user.id)
        )
    return _state_of(context, request.id, room)


def _check_room_name(context: Context, name: Name) -> None:
    """Raise RequestRefused if a room may not have this name, without revealing private rooms."""
    try:
        check_new_name(context, name)
    except RequestRefused as refusal:
        looks, rooms = skeleton(f"#{name.shown}"), context.state.rooms()
        alike = (room for room in rooms if skeleton(room.name) == looks)
        if refusal.code is ErrorCode.NAME_TOO_SIMILAR and not any(
            may_know(context, room, context.user) for room in alike
        ):
            raise RequestRefused(ErrorCode.NO_SUCH_ROOM, NO_ENTRY) from None
        raise


@registry.command(Leave, "leave a room", conversation="room", member=True)
def leave(context: Context, request: Leave) -> Done:
    """End the membership, and tell the others and the user's other sessions."""
    user, room = context.user, _room(context)
    if room is context.state.lobby:
        raise RequestRefused(ErrorCode.LOBBY_PROTECTED)
    context.state.leave(room, user)
    text = f"{user.name} left {room.name}"
    reason = "left the room"
    event = System(SystemKind.LEFT, user.name, text, room=room.name, reason=reason, user_id=user.id)
    context.outbox.send(audience(context, room), event)
    context.outbox.send(user.peers, event, context.peer)
    return Done(request.id)


@registry.command(Rooms, "list the rooms")
def rooms(context: Context, request: Rooms) -> RoomList:
    """Return all rooms of which the user may know, the lobby first."""
    user = context.user
    known = [room for room in context.state.rooms() if may_know(context, room, user)]
    entries = [RoomEntry(r.name, r.topic, len(r.members), user in r.members) for r in known]
    shown = first_page(entries, _room_bytes)
    return RoomList(request.id, shown, more=len(shown) < len(entries))


def _room_bytes(entry: RoomEntry) -> int:
    return bytes_of(entry.room, entry.topic)


@registry.command(
    Topic, "show or set a room's topic", conversation="room", member=True, moderated="topic", cap=cap_topic
)
def topic(context: Context, request: Topic) -> RoomState:
    """Set the topic if one is given, and tell the members. Return the room."""
    room, user = _room(context), context.user
    if request.topic is not None and request.topic != room.topic:
        context.state.set_topic(room, request.topic)
        text = f"{user.name} set the topic of {room.name}: {room.topic}"
        event = System(SystemKind.TOPIC, user.name, text, room=room.name, topic=room.topic, user_id=user.id)
        context.outbox.send(room.peers, event, context.peer)
    return _state_of(context, request.id, room)


def _room(context: Context) -> Room:
    room = context.conversation
    assert isinstance(room, Room)  # noqa: S101 - a # name is never a pair
    return room


def _state_of(context: Context, re: str, room: Room) -> RoomState:
    member = room.members[context.user]
    rules = room_settings(context, room.id)
    return RoomState(
        *(re, room.name, room.topic, len(room.members), room.head, member.delivered, member.read),
        role=shown_role(context, context.user, room),
        private=rules.private,
        topic_locked=rules.topic_locked,
    )
