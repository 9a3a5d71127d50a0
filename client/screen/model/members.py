"""The members of rooms, with their roles and whether they are here."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied
from client.core.person.queries import MembersQuery
from client.screen.log.wrap import wrapped
from client.screen.tones import BOLD, DIM, PLAIN, Meaning, Row, name_tone
from client.text.entries import name_mark
from messages.events import Message, System, SystemKind
from messages.limits import MAX_SEQ
from messages.members import MemberEntry, MemberList
from messages.moderation import Ban, Kick, Role, SetRole, Unban
from messages.names import LOBBY
from messages.rows import prefix, width
from messages.text import neutralise, reveal

REFRESH_SECONDS = 30.0
"""After so long, the list of the room in the middle is asked for again, as some people come silently."""

PAGE_SECONDS = 0.5
"""The least time between two pages of it."""

MOST_MEMBERS = 5_000
"""Further ones are not asked for: their pages cost the broker more."""

_NOW = float("-inf")
_SIGNS = {Role.OPERATOR: "*", Role.MODERATOR: "+", Role.MEMBER: " "}
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
        if len(self._rooms) > _MOST_ROOMS:
            del self._rooms[next(iter(self._rooms))]
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

    def rows(self, conversation: str, columns: int, height: int) -> list[Row]:
        """Return the rows of the list of a room, or what is known of the user of a direct conversation."""
        if conversation.startswith("@"):
            shown = self._about(conversation[1:], columns - 2)[:height]
        else:
            shown = self._listed(self._rooms.get(conversation, _List()), columns, height)
        return [[("│", DIM), *row] for row in [*shown, *[[] for _ in range(height - len(shown))]]]

    def _about(self, user: str, columns: int) -> list[Row]:
        entry = self._rooms.get(LOBBY, _List()).known.get(user)
        if entry is None:
            return []
        name = _row(replace(entry, role=Role.MEMBER), columns)
        text = neutralise(entry.away or "") if entry.online else "not here"
        return [name, *[[(" ", PLAIN), *row] for row in wrapped([(text, DIM)], columns)]]

    def _listed(self, one: _List, columns: int, height: int) -> list[Row]:
        ordered = one.in_order
        here = sum(entry.online for entry in ordered)
        count = f"{len(ordered):,}{'+' * one.more}"
        shown: list[Row] = [[(f"{here:,} of {count} here", BOLD)]] if ordered else []
        room_left = max(height - len(shown), 0)
        cut = len(ordered) > room_left
        fitting = ordered[: max(room_left - 1, 0) if cut else room_left]
        shown += [_row(entry, columns - 2) for entry in fitting]
        if cut and room_left:
            shown.append([(f" … {len(ordered) - len(fitting):,} more", DIM)])
        return shown[:height]


def _rank(member: MemberEntry) -> tuple[bool, bool, int, str]:
    away = member.online and member.away is not None
    return not member.online, away, _RANKS[member.role], member.name.casefold()


_RANKS = {role: rank for rank, role in enumerate(_SIGNS)}


def _row(member: MemberEntry, columns: int) -> Row:
    name = reveal(member.name)
    away = " (away)" if member.away is not None and member.online else ""
    marks = name_mark(member) + away
    room = max(columns - len(marks), 1)
    name = name if width(name) <= room else f"{prefix(name, room - 1)}…"
    tone = name_tone(member.name, Meaning.MEMBER) if member.online and not away else DIM
    return [(_SIGNS[member.role], PLAIN), (name, tone), (marks, DIM)]
