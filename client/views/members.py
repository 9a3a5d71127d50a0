"""The members of rooms, with their roles and whether they are here."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied
from client.core.person.queries import MembersQuery
from messages.events import Message, Online, System, SystemKind
from messages.limits import MAX_SEQ
from messages.members import MemberEntry, MemberList
from messages.moderation import Ban, Kick, Role, SetRole, Unban
from messages.names import LOBBY

REFRESH_SECONDS = 30.0
"""After so long, the list of the room that is shown is asked for again.

Some people come silently, and in a crowd others are told of as long as a client asks again.
"""

PAGE_SECONDS = 0.5
"""The least time between two pages of it."""

MOST_MEMBERS = 5_000
"""Further ones are not asked for: their pages cost the broker more."""

MOST_IN_ALL = 2 * MOST_MEMBERS
"""Members of all rooms that are kept, as a process can have a thousand sessions."""

_NOW = float("-inf")
_GONE = (SystemKind.LEFT, SystemKind.KICKED, SystemKind.BANNED)
_MOST_ROOMS = 50
"""Rooms of which the members are kept."""


@dataclass(slots=True)
class _List:
    """The members of one room, and what is asked for."""

    known: dict[str, MemberEntry] = field(default_factory=dict)
    after: int = 0
    """The number of the last member of the last page; 0 if the next page is the first one."""
    asked: bool = False
    """Whether a page is on its way."""
    whole: bool = False
    """Whether all pages have come once."""
    more: bool = False
    """Whether there are more members than are asked for."""
    due: float = _NOW
    """When the next page may be asked for."""
    ordered: list[MemberEntry] | None = None
    """The members as they are shown; None if that has changed."""

    @property
    def in_order(self) -> list[MemberEntry]:
        """The members as they are shown."""
        if self.ordered is None:
            self.ordered = sorted(self.known.values(), key=_rank)
        return self.ordered

    def put(self, entry: MemberEntry) -> None:
        if self.known.get(entry.name) != entry:
            self.known[entry.name] = entry
            self.ordered = None

    def remove(self, name: str) -> None:
        if self.known.pop(name, None) is not None:
            self.ordered = None

    def take_page(self, page: MemberList) -> None:
        """Take a page: whoever is in its range of numbers and not on it is no member any more."""
        last = page.members[-1].user_id if page.members and page.more else MAX_SEQ
        named = {entry.name for entry in page.members}
        for name, old in [*self.known.items()]:
            if self.after < (old.user_id or MAX_SEQ) <= last and name not in named:
                self.remove(name)
        for entry in page.members:
            self.put(entry)
        self.more = last != MAX_SEQ and len(self.known) >= MOST_MEMBERS
        self.after = 0 if last == MAX_SEQ or self.more else last
        self.whole = self.whole or not self.after


class Members:
    """The lists of the rooms that were looked at."""

    def __init__(self) -> None:
        self._rooms: dict[str, _List] = {}

    def wanted(self, conversation: str, now: float) -> tuple[str, int] | None:
        """Return a room, and behind which member's number its next page is to be asked for now, if it is.

        It counts as asked for then. A list that was not whole yet is wanted without a break. The lobby tells
        whether the user of a direct conversation is here.
        """
        room = LOBBY if conversation.startswith("@") else conversation
        one = self._rooms[room] = self._rooms.pop(room, _List())
        kept = sum(len(other.known) for other in self._rooms.values())
        while len(self._rooms) > 1 and (len(self._rooms) > _MOST_ROOMS or kept > MOST_IN_ALL):
            kept -= len(self._rooms.pop(next(iter(self._rooms))).known)
        if one.asked or (one.whole and now < one.due):
            return None
        one.asked, one.due = True, now + PAGE_SECONDS
        return room, one.after

    def take(self, event: ClientEvent) -> None:
        """Take an event."""
        match event:
            case LoggedIn():
                if not event.again or event.new_log:
                    self._rooms.clear()
                for one in self._rooms.values():
                    one.asked, one.after, one.due = False, 0, _NOW
            case Replied(MembersQuery(room=room), reply) if room in self._rooms:
                self._answered(self._rooms[room], reply)
            case Replied(Kick() | Ban() | Unban() | SetRole()):
                self._doubt()
            case Message(conversation=room) if room in self._rooms:
                self._spoke(self._rooms[room], event)
            case System():
                self._noticed(event)
            case Renamed(old, new):
                self._renamed(old, new)
            case Online(crowd=False):  # until now not everyone was told of
                self._doubt()

    def _answered(self, one: _List, reply: object) -> None:
        one.asked = False
        if isinstance(reply, MemberList):
            one.take_page(reply)
        else:
            one.after, one.whole = 0, True
        if not one.after:
            one.due += REFRESH_SECONDS

    def _spoke(self, one: _List, message: Message) -> None:
        """Show who speaks as being here: nobody is told that a script has come."""
        old = one.known.get(message.sender)
        if old is None:
            old = MemberEntry(
                *(message.sender, message.sender_id, Role.MEMBER), bot=message.bot, guest=message.guest
            )
        one.put(replace(old, online=True))

    def _noticed(self, event: System) -> None:
        one = self._rooms.get(event.room or "")
        match event.kind:
            case SystemKind.RENAMED if event.name:
                self._renamed(event.user, event.name)
            case SystemKind.JOINED if one is not None and event.user not in one.known:
                one.put(MemberEntry(event.user, event.user_id, Role.MEMBER, online=True))
            case SystemKind.JOINED | SystemKind.LEFT if event.room is None:
                self._came(event, event.kind is SystemKind.JOINED)
            case kind if kind in _GONE and one is not None:
                one.remove(event.user)
            case SystemKind.ROLE if one is not None:
                one.due = _NOW

    def _came(self, event: System, online: bool) -> None:
        for room, one in self._rooms.items():
            if (old := one.known.get(event.user)) is not None:
                one.put(replace(old, online=online, away=old.away if online else None))
            elif online and room == LOBBY:
                one.put(MemberEntry(event.user, event.user_id, Role.MEMBER, online=True))

    def _renamed(self, old: str, new: str) -> None:
        for one in self._rooms.values():
            if (entry := one.known.get(old)) is not None:
                one.remove(old)
                one.put(replace(entry, name=new))

    def _doubt(self) -> None:
        """Ask for all lists again when they are shown."""
        for one in self._rooms.values():
            one.due = _NOW

    def of(self, room: str) -> list[MemberEntry]:
        """Return the members of a room that are known, in the order of the list."""
        return self._rooms.get(room, _List()).in_order

    def has_more(self, room: str) -> bool:
        """Whether a room has more members than are asked for."""
        return room in self._rooms and self._rooms[room].more

    def find(self, room: str, name: str) -> MemberEntry | None:
        """Return a member of a room, if they are known."""
        return self._rooms[room].known.get(name) if room in self._rooms else None


def _rank(member: MemberEntry) -> tuple[bool, bool, int, str]:
    away = member.online and member.away is not None
    return not member.online, away, _RANKS[member.role], member.name.casefold()


_RANKS = {role: rank for rank, role in enumerate((Role.OPERATOR, Role.MODERATOR, Role.MEMBER))}
