"""What moderators did to a user who was away: they are told at their next login."""

from __future__ import annotations

from broker.core.context import Context
from broker.core.facts.moderation import Invitation, MissedNotice, Rank, membership_key
from broker.core.memory.model import Room, User
from broker.core.moderation.durations import duration_text
from messages.events import System, SystemKind
from messages.moderation import Role

MOST_MISSED = 50
"""Notices that are kept for one user; the oldest is dropped."""


def note_missed(context: Context, user: User, event: System, room: Room | None, role: str = "") -> None:
    """Keep a notice for a user who is not online."""
    if user.online or context.state.read_only:
        return
    facts = context.state.facts
    new = MissedNotice(
        *(user.id, room.id if room else "", event.kind.value, context.now.at, event.by_id),
        until=event.until or 0,
        reason=event.reason or "",
        role=role,
    )
    kept = [one for one in missed_by(context, user) if one.key != new.key]
    if len(kept) >= MOST_MISSED:
        facts.drop(min(kept, key=lambda one: one.at))
    facts.keep(new)


def missed_by(context: Context, user: User) -> list[MissedNotice]:
    """Return the notices that are kept for a user."""
    return context.state.facts.of_user(MissedNotice, user.id)


def take_missed(context: Context, user: User) -> list[System]:
    """Return what a user who logs in has missed, if it still holds, and keep it no longer."""
    missed = sorted(missed_by(context, user), key=lambda one: one.at)
    for notice in missed if not context.state.read_only else ():
        context.state.facts.drop(notice)
    return [_event(context, user, one) for one in missed if _holds(context, user, one)]


def _holds(context: Context, user: User, notice: MissedNotice) -> bool:
    facts, key = context.state.facts, membership_key(user.id, notice.room)
    room = context.state.conversations.get(notice.room)
    match notice.kind:
        case SystemKind.INVITED:
            return isinstance(room, Room) and facts.get(Invitation, key) is not None
        case SystemKind.ROLE if isinstance(room, Room):
            rank = facts.get(Rank, key)
            return user in room.members and (rank.role if rank else Role.MEMBER) == notice.role
        case SystemKind.ROLE:
            return not notice.room
        case _:
            return isinstance(room, Room) and user not in room.members


def _event(context: Context, user: User, notice: MissedNotice) -> System:
    by = context.state.users_by_id.get(notice.by)
    room = context.state.conversations.get(notice.room)
    name = room.name if isinstance(room, Room) else None
    who, where = by.name if by else "an operator", name or "the chat"
    why = f": {notice.reason}" if notice.reason else ""
    match notice.kind:
        case SystemKind.INVITED:
            text = f"{who} invites you into {where}"
        case SystemKind.ROLE:
            text = f"while you were away, {who} has changed your role: you are now {notice.role} of {where}"
        case SystemKind.BANNED:
            length = duration_text(notice.until, context.now.at)
            text = f"while you were away, {who} banned you from {where} {length}{why}"
        case _:
            text = f"while you were away, {who} removed you from {where}{why}"
    return System(
        SystemKind(notice.kind),
        user.name,
        text,
        room=name,
        reason=notice.reason or None,
        by=who,
        until=notice.until or None,
        user_id=user.id,
        by_id=notice.by,
    )
