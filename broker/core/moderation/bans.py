"""Bans: finding the ban of a user or connection, and removing users from a room or the chat."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import msgspec

from broker.core.access.keys import key_owner
from broker.core.context import Context
from broker.core.delivery.presence import end_sessions, forget_if_gone
from broker.core.facts.moderation import Banned, Muted, ban_key
from broker.core.limits.addresses import networks
from broker.core.memory.model import Room, User
from broker.core.moderation.durations import duration_text
from broker.core.moderation.missed import note_missed
from broker.core.moderation.ranks import end_membership
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason, System, SystemKind
from messages.keys import fingerprint

LEAST_PREFIX = {4: 8, 6: 16}
"""The shortest prefixes of a network that can be banned, by the version of IP. A shorter one is a mistake."""


def refuse_banned(context: Context, user: User | None, name: str, room: Room | None = None) -> None:
    """Raise RequestRefused if a user, a name's key or the peer of the request is banned."""
    ban = find_ban(context, user, name, room)
    if ban is not None:
        where = f" from {room.name}" if room else ""
        text = f"you are banned{where} {duration_text(ban.until, context.now.at)}{reason_text(ban.reason)}"
        raise RequestRefused(ErrorCode.BANNED, text)


def leave_where_banned(context: Context, user: User) -> list[System]:
    """Remove a user who logs in from the rooms from which their key or address is banned.

    Return what they are told about it.
    """
    events = []
    banning = {ban.room for ban in context.state.facts.of(Banned).values()}
    rooms = [user.conversations[room] for room in sorted(banning & user.conversations.keys())]
    for room in rooms:
        ban = find_ban(context, user, user.key, room) if isinstance(room, Room) else None
        if ban is None or not isinstance(room, Room):
            continue
        end_membership(context, room, user)
        length = duration_text(ban.until, context.now.at)
        text = f"you are banned from {room.name} {length}{reason_text(ban.reason)}"
        reason, until = ban.reason or None, ban.until or None
        told = System(SystemKind.BANNED, user.name, text, room=room.name, reason=reason, until=until)
        events.append(msgspec.structs.replace(told, user_id=user.id))
    return events


def reason_text(reason: str) -> str:
    """Return a reason as the end of a sentence; empty if there is none."""
    return f": {reason}" if reason else ""


def find_ban(context: Context, user: User | None, name: str, room: Room | None) -> Banned | None:
    """Return a ban of a user, a name's key or the peer of the request from a room, or from the chat."""
    bans = context.state.facts.of(Banned)
    if not bans:
        return None
    for what, value in _traits(context, user, name):
        ban = bans.get(ban_key(what, value, room.id if room else ""))
        if ban is not None and ban.holds(context.now.at):
            return ban
    return None


def _traits(context: Context, user: User | None, name: str) -> Iterator[tuple[str, str]]:
    """Yield all targets that match a user, a name or the peer of the request.

    If a gateway holds the connection, its key is the gateway's, so it is not one of them.
    """
    peer = context.peer
    holder = None if peer.vouched else key_owner(context.state, peer.identity)
    identities = {} if peer.vouched or peer.identity is None else {peer.identity: None}
    yield from (("name", one) for one in (name, name.partition("~")[0]))
    for one in {user: None, holder: None}:
        if one is not None:
            identities |= one.keys
            yield "user", str(one.id)
            yield "name", one.key
    yield from (("key", _fingerprint(identity)) for identity in identities)
    yield from (("address", network) for network in networks(peer.location))


def _fingerprint(identity: str) -> str:
    try:
        return fingerprint(identity)
    except ValueError:  # not a key, so no ban can match
        return ""


# Removing users


def targets(context: Context, ban: Banned) -> list[User]:
    """Return all known users whom a ban matches."""
    return [user for user in context.state.users.values() if _matches(ban, user)]


def is_banned(context: Context, user: User) -> bool:
    """Return whether a ban from the chat matches a user or one of their connections."""
    bans = context.state.facts.of(Banned).values()
    return any(not ban.room and ban.holds(context.now.at) and _matches(ban, user) for ban in bans)


def is_present(user: User, room: Room | None) -> bool:
    """Return whether a user is a member of a room, or has a session if `room` is None."""
    return bool(user.sessions) if room is None else user in room.members


def _matches(ban: Banned, user: User) -> bool:
    match ban.what:
        case "user":
            return str(user.id) == ban.value
        case "name":
            return ban.value in (user.key, user.key.partition("~")[0])
        case "key":
            shown = {one.identity for one in user.sessions.values() if not (one.vouched and ban.room)}
            return any(_fingerprint(key) == ban.value for key in shown | user.keys.keys() if key is not None)
    peers = (session.peer for session in user.sessions.values() if session.peer)
    return any(ban.value in networks(peer.location) for peer in peers)


def notice(
    context: Context,
    kind: SystemKind,
    user: User,
    text: str,
    room: Room | None,
    reason: str = "",
    until: int = 0,
) -> System:
    """Return the event about an action on a user."""
    return System(
        kind,
        user.name,
        text,
        room=room.name if room else None,
        reason=reason or None,
        by=context.by,
        until=until or None,
        user_id=user.id,
        by_id=context.requester.id if context.requester else 0,
    )


def announce(context: Context, event: System, room: Room | None, user: User, told: str) -> None:
    """Send an event about a user to a room, or to all, but not to the peer of the request.

    The user gets it with the text `told`, which says "you" to them.
    """
    peers, theirs = (room or context.state.lobby).peers, user.peers
    others = tuple(peer for peer in peers if peer not in theirs) if theirs else peers
    context.outbox.send(others, event, context.peer)
    if any(peer in peers for peer in theirs):
        context.outbox.send(theirs, msgspec.structs.replace(event, text=told), context.peer)


def remove(
    context: Context, user: User, reason: GoodbyeReason, event: System, room: Room | None, told: str
) -> None:
    """Remove a user from a room or the chat, and tell them, with the text `told`, and the others."""
    if room is not None:
        announce(context, event, room, user, told)
        end_membership(context, room, user)
        note_missed(context, user, event, room)
        return
    online = user.online
    end_sessions(context, list(user.sessions.values()), reason, reason.value, told)
    if not online:
        forget_if_gone(context, user)
    announce(context, event, None, user, told)


def refuse_large_network(network: str) -> None:
    """Raise RequestRefused if a network has a large part of all addresses, as ::/0 has."""
    given = ip_network(network)
    least = LEAST_PREFIX[given.version]
    if given.prefixlen < least:
        text = (
            f"{network} has a large part of all addresses; ban networks from /{least} on,"
            " or have the operator set --access to let in nobody new"
        )
        raise RequestRefused(ErrorCode.INVALID, text)


def drop_expired(context: Context) -> None:
    """Drop expired bans and mutes."""
    state, now = context.state, context.now.at
    if state.read_only or not context.may_expire:
        return
    for kind in (Banned, Muted):
        for sanction in [one for one in state.facts.of(kind).values() if not one.holds(now)]:
            state.facts.drop(sanction)
