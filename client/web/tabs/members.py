"""The list of members that a tab follows."""

from __future__ import annotations

from collections.abc import Callable

from client.core.person.queries import MembersQuery
from client.web.person import Person
from client.web.protocol.tells import Done, MembersList
from messages.members import MemberEntry
from messages.moderation import Role
from messages.names import LOBBY

MOST_MEMBERS = 500
"""Members of a list that a page gets."""

MEMBERS_SECONDS = 1.0
"""The least time between two lists."""


class Following:
    """One room at a time. `put` sends a list to the page."""

    def __init__(self, person: Person, put: Callable[[MembersList | Done], None]) -> None:
        self._person, self._put = person, put
        self._room = self._ref = ""
        self._told: tuple[tuple[MemberEntry, ...], int] | None = None
        self._told_at = 0.0

    def follow(self, room: str, ref: str) -> None:
        """Follow the members of another room, or of none. Raise ValueError if it has none for this person."""
        if room and not (room.startswith("#") and room in self._person.session.conversations):
            raise ValueError("join the room to see who is in it")
        if self._ref:
            self._put(Done(self._ref))  # nobody waits for that list any more
        self._room, self._ref = room, ref
        self._told, self._told_at = None, 0.0

    def tell(self, now: float) -> None:
        """Ask for the members if that is due, and send them if they have changed."""
        person, room = self._person, self._room
        if not room or not person.ready:
            return
        if (wanted := person.members.wanted(room, now)) is not None:
            person.session.ask(MembersQuery, room=wanted[0], after=wanted[1], watch=True)
            person.wake()
        listed = person.members.of(room)
        shown, online = tuple(listed[:MOST_MEMBERS]), person.session.online if room == LOBBY else 0
        if not listed or (shown, online) == self._told or now - self._told_at < MEMBERS_SECONDS:
            return
        self._told, self._told_at = (shown, online), now
        own = person.members.find(room, person.name)
        more = len(listed) > len(shown) or person.members.has_more(room)
        self._put(MembersList(room, shown, self._ref, own.role if own else Role.MEMBER, more, online))
        self._ref = ""
