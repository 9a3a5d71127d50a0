"""What a search has found, as it is now, and where the person is in it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from client.core.events import ClientEvent, Renamed, Replied
from client.core.last_search import request_for_older
from client.core.session import Session, SessionState
from client.text.replies import UNINDEXED, refusal_text
from client.text.times import local_time
from messages.events import Amendment, Deleted, Edited, Message, System, SystemKind
from messages.replies import Error, Found
from messages.requests import Search

MOST_HITS = 1_000
"""Hits of one search that are kept."""

_FIELDS = ("words", "conversation", "sender", "since", "until", "limit")

Place = tuple[str, int]
"""A conversation, and the seq of a message in it."""


class Hits:
    """The hits of one search, the latest first. Older ones are asked for when the person goes on behind them.

    `moved` is called when the person gets to another hit.
    """

    def __init__(self, session: Session, query: Search) -> None:
        self.query = query
        self.at = 0
        """The hit at which the person is."""
        self.moved: Callable[[], None] = lambda: None
        self._session = session
        self._found: dict[Place, Message] = {}
        self._older: str | None = None
        self._asked: str | None = None
        self._goes_on = False
        self._trouble = ""
        self._incomplete = self._unindexed = False

    @property
    def messages(self) -> list[tuple[str, Message]]:
        """The hits with their conversations, without those of users who are ignored now."""
        known = {name: self._session.timeline(name).messages for name in {name for name, _ in self._found}}
        found = (
            (name, known[name].get(seq) or self._session.shown(message))
            for (name, seq), message in self._found.items()
        )
        return [(name, message) for name, message in found if message is not None]

    @property
    def current(self) -> Place | None:
        """The hit at which the person is; None if there are none."""
        messages = self.messages
        if not messages:
            return None
        conversation, message = messages[min(self.at, len(messages) - 1)]
        return conversation, message.seq

    # Words about it

    @property
    def title(self) -> str:
        """What was searched for, and at which hit the person is."""
        count = len(self.messages)
        more = "+" if self._older else ""
        where = f": {self.at + 1:,} of {count:,}{more}" if count else ""
        return f"Search {query_text(self.query)}{where}"

    @property
    def note(self) -> str:
        """What is to be known of the search, behind its last hit."""
        if self._asked:
            away = self._session.state is not SessionState.READY
            return "Waiting for the connection …" if away else "Searching …"
        notes = [self._trouble] if self._trouble else []
        if len(self._found) >= MOST_HITS:
            notes.append(f"These are the latest {MOST_HITS:,}; before:TIME finds earlier ones.")
        elif self._older and self._incomplete:
            notes.append("The search took too long and ended early; go on down to look further back.")
        elif self._older:
            notes.append("There may be older hits; go on down to get them.")
        elif not self._trouble:
            notes.append("There are no older hits." if self._found else "Nothing was found.")
        return " ".join([*notes, *([UNINDEXED] if self._unindexed else [])])

    @property
    def is_vain(self) -> bool:
        """Whether nothing was found, and nothing is waited for."""
        return not (self._asked or self._older or self._found)

    # Walking

    def move(self, by: int) -> bool:
        """Go on by some hits: to older ones if positive. Return False if there is none in that direction.

        Behind the last one, older ones are asked for, and the first of them is gone to when it comes.
        """
        last = len(self.messages) - 1
        wanted = min(max(self.at + by, 0), max(last, 0))
        if wanted != self.at:
            self.at = wanted
            self.moved()
            return True
        return by > 0 and self.ask_older()

    def ask(self) -> None:
        """Ask for the first hits. Raise ValueError if the query is wrong."""
        self._ask(None)

    def ask_older(self) -> bool:
        """Ask for older hits, and go on to them. Return False if there are none."""
        if self._asked is None and (self._older is None or len(self._found) >= MOST_HITS):
            return False
        self._goes_on = True
        if self._asked is None:
            self._ask(self._older)
        return True

    def _ask(self, page: str | None) -> None:
        fields = {name: getattr(self.query, name) for name in _FIELDS}
        self._trouble = ""
        self._asked = self._session.ask(Search, page=page, **fields)

    def give_up(self) -> None:
        """Wait for no reply any more."""
        if self._asked:
            self._session.give_up({self._asked})
            self._asked = None

    # Events

    def awaits(self, request: Search) -> bool:
        """Whether this has made the request, and waits for its reply."""
        return request.id == self._asked

    def belongs(self, request: Search) -> bool:
        """Whether a request is this search, or goes on with it."""
        if self.awaits(request):
            return True
        return request.page is not None and request.page == self._older

    def take(self, request: Search, reply: Found | Error) -> None:
        """Take the reply to a request that belongs to this search."""
        if self.awaits(request):
            self._asked = None
        if isinstance(reply, Error):
            old = request.page is not None
            self._trouble = (
                "The broker has started anew since; search again." if old else f"{refusal_text(reply)}."
            )
            self._older, self._goes_on = None, False
            return
        before = len(self.messages)
        for message in reply.messages[: MOST_HITS - len(self._found)]:
            self._found.setdefault((message.conversation, message.seq), message)
        older = request_for_older(self.query, reply.next)
        self._older = older.page if older else None
        self._incomplete, self._unindexed = reply.incomplete, bool(reply.unindexed)
        goes_on, self._goes_on = self._goes_on, False
        if goes_on and len(self.messages) > before:
            self.at = before
            self.moved()

    def follow(self, event: ClientEvent) -> None:
        """Follow what happens to the hits, and new names."""
        match event:
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                if self.query.conversation == f"@{old}":
                    with suppress(ValueError):  # a broker can give a name that is none
                        self.query = replace(self.query, conversation=f"@{new}")
                self._found = {
                    (f"@{new}" if place == f"@{old}" else place, seq): message
                    for (place, seq), message in self._found.items()
                }
            case Amendment(conversation=place) if message := self._found.get((place, event.of)):
                if isinstance(event, Edited) and event.text:
                    message = replace(message, text=event.text, edited=event.at)
                elif isinstance(event, Deleted):
                    message = replace(message, text="", edited=0, deleted=True, files=())
                self._found[place, event.of] = message
            case Replied():
                self.at = min(self.at, max(len(self.messages) - 1, 0))


def query_text(query: Search) -> str:
    """Return a search as a person types it."""
    words = [query.words] if query.words.strip() else []
    if query.sender:
        words.append(f"from:{query.sender}")
    if query.conversation:
        words.append(f"in:{query.conversation}")
    for name, at in (("after", query.since), ("before", query.until)):
        if at is not None:
            words.append(f"{name}:{_when(local_time(at))}")
    return " ".join(words)


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d}" if (at.hour, at.minute) == (0, 0) else f"“{at:%Y-%m-%d %H:%M}”"
