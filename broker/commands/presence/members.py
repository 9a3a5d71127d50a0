"""The command that lists a room's members, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest

from broker.core.access.guests import is_guest
from broker.core.context import Context
from broker.core.delivery.pages import bytes_of, first_page
from broker.core.memory.model import Room, User
from broker.core.moderation.ranks import require_member, shown_role
from broker.core.registry import Registry, Work
from messages.members import MemberEntry, MemberList, Members

registry = Registry()

MEMBERS_PER_TOKEN = 5_000
"""Members of a room that cost as much as a request: half a millisecond."""

MOST_AT_ONCE = 5_000
"""In a room with more members the page is made in steps between batches, so that nobody waits for it."""

_STEP = 2_500


@registry.command(
    Members, "list the members of a room", conversation="room", member=True, activity=False, logged=False
)
def members(context: Context, request: Members) -> MemberList | Work[MemberList]:
    """Return a page of members in the order of their ids, which never change. A large room costs more."""
    room = context.room
    if request.watch:  # also if it is no crowd yet
        context.state.watchers.add(room, context.peer, context.now.elapsed)
    if len(room.members) > MOST_AT_ONCE:
        return _work(request, room)
    context.limiter.charge(context.peer, len(room.members) / MEMBERS_PER_TOKEN, context.now.elapsed)
    return _page(context, request, room, _first(request, room.members))


def _work(request: Members, room: Room) -> Work[MemberList]:
    found: list[User] = []

    def steps() -> Iterator[bool]:
        there = list(room.members)
        for start in range(0, len(there), _STEP):
            found[:] = _first(request, [*found, *there[start : start + _STEP]])
            yield False

    def reply(later: Context) -> MemberList:
        require_member(later, room)  # the user may have left it meanwhile
        return _page(later, request, room, [user for user in found if user in room.members])

    return Work(steps(), reply)


def _first(request: Members, users: Iterable[User]) -> list[User]:
    """Return the users who come first on the page, and one more."""
    later = (user for user in users if user.id > request.after)
    return nsmallest(request.limit + 1, later, key=lambda user: user.id)


def _page(context: Context, request: Members, room: Room, found: Sequence[User]) -> MemberList:
    entries = [_entry(context, user, room) for user in found[: request.limit]]
    shown = first_page(entries, _bytes)
    return MemberList(request.id, room.name, shown, more=len(shown) < len(found))


def _entry(context: Context, user: User, room: Room) -> MemberEntry:
    role = shown_role(context, user, room)
    guest = is_guest(context.state, user)
    return MemberEntry(user.name, user.id, role, user.online, user.away, user.bot, guest)


def _bytes(entry: MemberEntry) -> int:
    return bytes_of(entry.name, entry.away or "")
