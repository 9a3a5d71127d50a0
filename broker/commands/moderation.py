"""Commands of moderation: kicks, bans, mutes and the audit log."""

from __future__ import annotations

from broker.commands.caps import cap_change, cap_number
from broker.core.access.ended_tickets import end_all_tickets
from broker.core.access.guests import proof_of
from broker.core.context import Context
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.facts.moderation import AuditRecord, Banned, Muted, ban_key, membership_key
from broker.core.memory.model import Room
from broker.core.moderation import bans, ranks
from broker.core.moderation.audit import audit_entry, record
from broker.core.moderation.bans import announce, notice, reason_text
from broker.core.moderation.durations import duration_text
from broker.core.moderation.ranks import Proof
from broker.core.registry import Registry
from broker.core.settings import NamePolicy
from messages.errors import ErrorCode, RequestRefused
from messages.events import GoodbyeReason, SystemKind
from messages.limits import MAX_SANCTIONS, MAX_SEQ
from messages.moderation import (
    Audit,
    AuditLog,
    Ban,
    BanEntry,
    BanList,
    Bans,
    Kick,
    Mute,
    Role,
    Unban,
    Unmute,
    check_network,
)
from messages.names import parse_address
from messages.replies import Done

registry = Registry()


def _place(context: Context, room: str | None, instead: str = "") -> Room | None:
    """Return the named room, or None for the whole chat. Refuse the lobby if there is an `instead`."""
    if room is None:
        return None
    if instead and context.room is context.state.lobby:
        raise RequestRefused(ErrorCode.LOBBY_PROTECTED, f"nobody can be removed from the lobby; {instead}")
    return context.room


def _until(context: Context, seconds: int | None) -> int:
    return 0 if seconds is None else context.now.at + seconds * 1000


def _name(room: Room | None) -> str:
    return room.name if room else "the chat"


@registry.command(
    Kick, "remove a user from a room or the chat", role=Role.MODERATOR, room="room", cap=cap_change
)
def kick(context: Context, request: Kick) -> Done:
    """End the membership, or all sessions."""
    room = _place(context, request.room, "an operator of the broker can remove them from the chat")
    user, by = ranks.target(context, request.name, room), context.by
    if room is not None and user not in room.members:
        raise RequestRefused(ErrorCode.NOT_IN_ROOM, f"{user.name} is not in {room.name}; nothing was done")
    if room is None and not user.online:
        raise RequestRefused(ErrorCode.NOT_ONLINE)
    record(context, "kick", user.name, room.name if room else "", request.reason)
    where = f"from {_name(room)}{reason_text(request.reason)}"
    text = f"{by} removed {user.name} {where}"
    event = notice(context, SystemKind.KICKED, user, text, room, request.reason)
    bans.remove(context, user, GoodbyeReason.KICKED, event, room, f"{by} removed you {where}")
    return Done(request.id)


@registry.command(
    Ban,
    "ban a user from a room or the chat",
    role=Role.MODERATOR,
    room="room",
    broker_only=("address",),
    cap=cap_change,
)
def ban(context: Context, request: Ban) -> Done:
    """Store the ban, and remove its targets."""
    room = _place(context, request.room, "an operator of the broker can ban them from the chat")
    new = _ban(context, request, room)
    targets = bans.targets(context, new)
    if context.requester in targets:
        raise RequestRefused(ErrorCode.TO_YOURSELF)
    for user in targets:
        ranks.require_power(context, user, room)
    there = sum(one.room == new.room for one in context.state.facts.of(Banned).values())
    cap_number(there, MAX_SANCTIONS, f"bans from {_name(room)}", "; end some of them first")
    context.state.facts.keep(new)
    record(context, "ban", new.shown, room.name if room else "", new.reason, new.until)
    for user in targets:
        if room is None and proof_of(context.state, user):
            end_all_tickets(context.state, user)
        if not bans.is_present(user, room):
            if room is not None:
                ranks.end_membership(context, room, user)  # they may have an invitation
            continue
        length = duration_text(new.until, context.now.at)
        where = f"from {_name(room)} {length}{reason_text(new.reason)}"
        text = f"{context.by} banned {user.name} {where}"
        event = notice(context, SystemKind.BANNED, user, text, room, new.reason, new.until)
        bans.remove(context, user, GoodbyeReason.BANNED, event, room, f"{context.by} banned you {where}")
    return Done(request.id)


def _ban(context: Context, request: Ban, room: Room | None) -> Banned:
    what, value, shown = _target(context, request)
    if what == "user":
        ranks.target(context, shown, room)
    if what == "address":
        bans.refuse_large_network(value)
    until = _until(context, request.seconds)
    return Banned(
        context.signature, context.now.at, until, request.reason, what, value, shown, room.id if room else ""
    )


def _target(context: Context, request: Ban | Unban) -> tuple[str, str, str]:
    """Return the target of a ban: its kind, its value and its display text."""
    if request.key is not None:
        return "key", request.key, request.key
    if request.address is not None:
        network = check_network(request.address)
        return "address", network, network
    name = parse_address(request.name or "")
    user = context.state.users.get(name.key)
    if user is None or context.settings.names is NamePolicy.SHARED:
        return "name", name.key, name.shown
    return "user", str(user.id), user.name


@registry.command(
    Unban,
    "end a ban",
    role=Role.MODERATOR,
    room="room",
    broker_only=("address",),
    proof=Proof.PRESENCE,
    cap=cap_change,
)
def unban(context: Context, request: Unban) -> Done:
    """End a ban. Raise RequestRefused if there is none."""
    room = _place(context, request.room)
    place, facts = room.id if room else "", context.state.facts
    what, value, shown = _target(context, request)
    found = facts.get(Banned, ban_key(what, value, place))
    if found is None and request.name is not None:
        found = facts.get(Banned, ban_key("name", parse_address(request.name).key, place))
    if found is None and request.name is not None:
        found = next((b for b in facts.of(Banned).values() if b.room == place and b.shown == shown), None)
    if found is None:
        raise RequestRefused(ErrorCode.NO_SUCH_BAN)
    context.state.facts.drop(found)
    record(context, "unban", found.shown, room.name if room else "")
    user = context.state.users_by_id.get(int(found.value)) if found.what == "user" else None
    if user is not None:
        text, told = (f"{context.by} unbanned {whom} from {_name(room)}" for whom in (user.name, "you"))
        announce(context, notice(context, SystemKind.UNBANNED, user, text, room), room, user, told)
    return Done(request.id)


@registry.command(Bans, "list the bans", role=Role.MODERATOR, room="room")
def list_bans(context: Context, request: Bans) -> BanList:
    """Return the bans from a room, or from the chat. Only operators of the broker see addresses."""
    room = _place(context, request.room)
    place = room.id if room else ""
    found = [b for b in context.state.facts.of(Banned).values() if b.room == place]
    found = [b for b in found if b.holds(context.now.at)]
    if ranks.level(context, context.user, None) is not ranks.Level.BROKER_OPERATOR:
        found = [b for b in found if b.what != "address"]
    entries = [_entry(context, one) for one in sorted(found, key=lambda one: one.at)]
    shown = first_page(entries, lambda e: bytes_of(e.by, e.name or e.key or e.address or "", e.reason))
    return BanList(request.id, shown, room.name if room else None, more=len(shown) < len(entries))


def _entry(context: Context, found: Banned) -> BanEntry:
    user = context.state.users_by_id.get(int(found.value)) if found.what == "user" else None
    name = user.name if user else found.shown
    return BanEntry(
        found.by,
        found.at,
        name=name if found.what in ("user", "name") else None,
        key=found.value if found.what == "key" else None,
        address=found.value if found.what == "address" else None,
        until=found.until,
        reason=found.reason,
    )


@registry.command(Mute, "mute a user in a room", role=Role.MODERATOR, room="room", cap=cap_change)
def mute(context: Context, request: Mute) -> Done:
    """Store the mute, and tell the room."""
    room = context.room
    user = ranks.target(context, request.name, room)
    given = Muted(
        context.user.name, context.now.at, _until(context, request.seconds), request.reason, user.id, room.id
    )
    there = sum(one.room == room.id for one in context.state.facts.of(Muted).values())
    cap_number(there, MAX_SANCTIONS, f"mutes in {room.name}", "; end some of them first")
    context.state.facts.keep(given)
    record(context, "mute", user.name, room.name, given.reason, given.until)
    length = duration_text(given.until, context.now.at)
    where = f"in {room.name} {length}{reason_text(given.reason)}"
    text = f"{given.by} muted {user.name} {where}"
    event = notice(context, SystemKind.MUTED, user, text, room, given.reason, given.until)
    announce(context, event, room, user, f"{given.by} muted you {where}")
    return Done(request.id)


@registry.command(
    Unmute,
    "unmute a user in a room",
    role=Role.MODERATOR,
    room="room",
    proof=Proof.PRESENCE,
    cap=cap_change,
)
def unmute(context: Context, request: Unmute) -> Done:
    """End the mute, if there is one, and tell the room."""
    room = context.room
    user = ranks.find_user(context, request.name)
    found = context.state.facts.get(Muted, membership_key(user.id, room.id))
    if found is None:
        return Done(request.id)
    if user is context.user:
        raise RequestRefused(ErrorCode.TO_YOURSELF)
    context.state.facts.drop(found)
    record(context, "unmute", user.name, room.name)
    text, told = (f"{context.user.name} unmuted {whom} in {room.name}" for whom in (user.name, "you"))
    announce(context, notice(context, SystemKind.UNMUTED, user, text, room), room, user, told)
    return Done(request.id)


@registry.command(Audit, "list the audit log", role=Role.OPERATOR)
def list_audit(context: Context, request: Audit) -> AuditLog:
    """Return a page of the latest entries of the audit log, or of those before a number."""
    before = MAX_SEQ if request.before is None else request.before
    log = context.state.facts.of(AuditRecord)
    found = [log[key] for key in sorted(log, reverse=True) if log[key].number < before]
    entries = [audit_entry(one) for one in found[: request.limit]]
    shown = first_page(entries, lambda e: bytes_of(e.by, e.target, e.room or "", e.reason))
    return AuditLog(request.id, shown, more=len(shown) < len(found))
