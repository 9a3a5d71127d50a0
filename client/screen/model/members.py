"""The members of rooms, with their roles and whether they are here."""

from __future__ import annotations

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied
from client.core.person.queries import MembersQuery
from client.screen.tones import BOLD, DIM, PLAIN, Meaning, Row, name_tone
from messages.events import Message, System, SystemKind
from messages.members import MemberEntry, MemberList
from messages.moderation import Role
from messages.rows import prefix, width
from messages.text import reveal

_SIGNS = {Role.OPERATOR: "*", Role.MODERATOR: "+", Role.MEMBER: " "}
_GONE = (SystemKind.LEFT, SystemKind.KICKED, SystemKind.BANNED)
_MOST_ROOMS = 50
"""Rooms of which the members are kept."""


class Members:
    """The lists of the rooms that were looked at. `wanted` has the requests to make for them."""

    def __init__(self) -> None:
        self._rooms: dict[str, dict[str, MemberEntry]] = {}
        self.wanted: list[tuple[str, int]] = []
        """Rooms, and the number of the member behind whom to go on."""

    def look_at(self, room: str) -> None:
        """Want the members of a room, unless they are known."""
        if room.startswith("#") and room not in self._rooms:
            self._rooms[room] = {}
            if len(self._rooms) > _MOST_ROOMS:
                del self._rooms[next(iter(self._rooms))]
            self.wanted.append((room, 0))

    def take(self, event: ClientEvent) -> None:
        """Take an event."""
        match event:
            case LoggedIn():
                self._rooms.clear()
                self.wanted.clear()
            case Replied(MembersQuery(room=room), MemberList() as page):
                known = self._rooms.setdefault(room, {})
                known.update((one.name, one) for one in page.members)
                if page.more:
                    self.wanted.append((room, page.members[-1].user_id))
            case Message(conversation=room, sender=sender) if room in self._rooms:
                old = self._rooms[room].get(sender)
                if old is None or not old.online:  # nobody is told that a script has come
                    role = old.role if old else Role.MEMBER
                    self._rooms[room][sender] = MemberEntry(sender, event.sender_id, role, online=True)
            case System():
                self._noticed(event)
            case Renamed(old, new):
                self._renamed(old, new)

    def _noticed(self, event: System) -> None:
        match event.kind:
            case SystemKind.RENAMED if event.name:
                self._renamed(event.user, event.name)
            case SystemKind.JOINED if event.room in self._rooms:
                entry = MemberEntry(event.user, event.user_id, Role.MEMBER, online=True)
                self._rooms[event.room].setdefault(event.user, entry)
            case SystemKind.JOINED | SystemKind.LEFT if event.room is None:
                self._came(event.user, event.kind is SystemKind.JOINED)
            case kind if kind in _GONE and event.room is not None:
                self._rooms.get(event.room, {}).pop(event.user, None)
            case SystemKind.ROLE if event.room in self._rooms:
                self.wanted.append((event.room, 0))

    def _came(self, user: str, online: bool) -> None:
        for room, known in self._rooms.items():
            if (old := known.get(user)) is not None:
                known[user] = MemberEntry(
                    old.name, old.user_id, old.role, online, old.away if online else None
                )
            elif online and room == "#lobby":
                known[user] = MemberEntry(user, 0, Role.MEMBER, online=True)

    def _renamed(self, old: str, new: str) -> None:
        for known in self._rooms.values():
            if (entry := known.pop(old, None)) is not None:
                known[new] = MemberEntry(new, entry.user_id, entry.role, entry.online, entry.away)

    def of(self, room: str) -> list[MemberEntry]:
        """Return the members of a room that are known, in the order of the list."""
        known = self._rooms.get(room, {}).values()
        return sorted(known, key=lambda one: (not one.online, _rank(one)))

    def rows(self, room: str, columns: int, height: int) -> list[Row]:
        """Return the rows of the list of a room."""
        ordered = self.of(room)
        here = sum(one.online for one in ordered)
        shown: list[Row] = [[(f"{here:,} of {len(ordered):,} here", BOLD)]] if ordered else []
        shown += [_row(one, columns - 2) for one in ordered[: max(height - 1, 0)]]
        return [[("│", DIM), *row] for row in [*shown, *[[] for _ in range(height - len(shown))]]]


def _rank(member: MemberEntry) -> tuple[bool, int, str]:
    return member.away is not None, list(_SIGNS).index(member.role), member.name.casefold()


def _row(member: MemberEntry, columns: int) -> Row:
    name = reveal(member.name)
    away = " (away)" if member.away is not None and member.online else ""
    room = max(columns - len(away), 1)
    name = name if width(name) <= room else f"{prefix(name, room - 1)}…"
    tone = name_tone(member.name, Meaning.MEMBER) if member.online and not away else DIM
    return [(_SIGNS[member.role], PLAIN), (name, tone), (away, DIM)]
