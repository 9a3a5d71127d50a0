"""What completion asks the broker quietly: the rooms, and who is online."""

from __future__ import annotations

from client.core.events import ClientEvent, LoggedIn, Replied
from client.core.people import People
from messages.replies import RoomList, UserList
from messages.requests import Rooms, Who

FRESH_SECONDS = 60.0
"""The broker is asked again for the same after this time at the earliest."""

MISSED_SECONDS = 5.0
"""The same, if what is known had no candidate."""


class RoomsLookup(Rooms, frozen=True, gc=False, tag="rooms"):
    """A `rooms` whose reply is not shown."""


class PeopleLookup(Who, frozen=True, gc=False, tag="who"):
    """A `who` whose reply is not shown."""


Lookup = type[RoomsLookup] | type[PeopleLookup]


class Lookups:
    """The names that replies have told, also replies that the person has asked for. Times are monotonic."""

    def __init__(self, people: People) -> None:
        self.rooms: list[str] = []
        """The rooms that the user may know, as far as they fit into a reply."""
        self._people = people
        self._asked: dict[Lookup, float] = {}

    def is_due(self, kind: Lookup, now: float, *, missed: bool) -> bool:
        """Return whether to ask the broker now, and record that it is asked."""
        if now - self._asked.get(kind, float("-inf")) < (MISSED_SECONDS if missed else FRESH_SECONDS):
            return False
        self._asked[kind] = now
        return True

    def take(self, event: ClientEvent) -> bool:
        """Learn from an event. Return whether it answers a question that the person has not asked."""
        match event:
            case LoggedIn(again=False):
                self.rooms = []
                self._asked.clear()
            case Replied(Rooms(), RoomList(rooms=rooms)):
                self.rooms = [entry.room for entry in rooms]
            case Replied(Who(), UserList(users=users)):
                for user in users:
                    self._people.saw(user.name)
        return isinstance(event, Replied) and isinstance(event.request, RoomsLookup | PeopleLookup)
