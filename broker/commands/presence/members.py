"""The command that lists a room's members, page by page."""

from __future__ import annotations

from heapq import nsmallest

from broker.core.context import Context
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.memory.model import Room, User
from broker.core.moderation.ranks import shown_role
from broker.core.registry import Registry
from messages.members import MemberEntry, MemberList, Members

registry = Registry()

MEMBERS_PER_TOKEN = 5_000
"""Members of a room that cost as much as a request: half a millisecond."""


@registry.command(
    Members, "list the members of a room", conversation="room", member=True, activity=False, logged=False
)
def members(context: Context, request: Members) -> MemberList:
    """Return a page of members in the order of their ids, which never change. A large room costs more."""
    room = context.room
    context.limiter.charge(context.peer, len(room.members) / MEMBERS_PER_TOKEN, context.now.elapsed)
    later = (user for user in room.members if user.id > request.after)
    found = nsmallest(request.limit + 1, later, key=lambda user: user.id)
    entries = [_entry(context, user, room) for user in found[: request.limit]]
    shown = first_page(entries, _bytes)
    return MemberList(request.id, room.name, shown, more=len(shown) < len(found))


def _entry(context: Context, user: User, room: Room) -> MemberEntry:
    role = shown_role(context, user, room)
    return MemberEntry(user.name, user.id, role, user.online, user.away, user.bot)


def _bytes(entry: MemberEntry) -> int:
    return bytes_of(entry.name, entry.away or "")
