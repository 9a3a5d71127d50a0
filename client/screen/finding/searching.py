"""Searching: the question for the words, the sheet with the hits, and the way through them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from client.core.events import ClientEvent, LoggedIn, Renamed, Replied
from client.query import parse_query
from client.screen.finding.showing import Showing
from client.screen.host import ScreenHost
from client.screen.log.layout import Top
from client.screen.model.hits import Hits
from client.screen.sheets.found import FoundSheet, Ways
from client.screen.sheets.hint import Hint
from client.screen.sheets.sheet import Sheet
from client.views.complaints import sentence
from messages.events import System, SystemKind
from messages.replies import Error, Found
from messages.requests import Search

_NO_SEARCH = "There was no search yet; Ctrl-F begins one."
_FILTERS = (
    "All words must occur; wo* is any word that begins so. Also from:NAME, in:#room, after:TIME, before:TIME."
)


class Origin(NamedTuple):
    """Where the person was before a search."""

    place: str
    top: Top | None


class Searching:
    """The search of a person. Only the last one is kept."""

    def __init__(self, host: ScreenHost, showing: Showing) -> None:
        self._host = host
        self._showing = showing
        self._hits: Hits | None = None
        self._origin: Origin | None = None
        self._sheet: Sheet | None = None

    @property
    def is_on(self) -> bool:
        """Whether there are hits to go on with."""
        return self._hits is not None

    # Keys

    def ask(self, *, everywhere: bool) -> None:
        """Ask the person for words, and search for them."""
        host = self._host
        here = host.state.here

        def search(text: str) -> None:
            if not text:
                return
            try:
                fields = parse_query(text, datetime.now())
                if not everywhere:
                    fields = {"conversation": here, **fields}
                hits = Hits(host.session, Search("query", **fields))  # type: ignore[arg-type]
                hits.ask()
            except ValueError as error:
                host.state.tell(sentence(error))
                return
            host.sheets.clear()
            self._begin(hits)
            host.sheets.open(self._make())

        where = "everywhere" if everywhere else here
        host.question([f"Search {where}: "], search)
        host.sheets.open(Hint("Search", _FILTERS))

    def step(self, by: int) -> None:
        """Go to the next older hit, or to a later one, wherever it is."""
        hits = self._hits
        if hits is None:
            self._host.state.tell(_NO_SEARCH)
        elif not hits.move(by):
            self._host.state.tell(hits.note if by > 0 else "This is the latest hit.")

    def end(self) -> None:
        """End the search: the keys begin a new one."""
        if self._hits is not None:
            self._hits.give_up()
        self._hits = self._origin = self._sheet = None

    # Hits

    def _begin(self, hits: Hits) -> None:
        self.end()
        self._hits = hits
        hits.moved = self._moved
        self._origin = Origin(self._host.state.here, self._host.state.update().top)

    def _make(self) -> FoundSheet:
        assert self._hits is not None  # noqa: S101 - a search has begun
        self._sheet = FoundSheet(self._hits, Ways(self._go, self._back, self._anew, self._is_lost))
        return self._sheet

    @property
    def _is_shown(self) -> bool:
        return self._sheet is not None and self._sheet is self._host.sheets.top

    def opened(self) -> None:
        """Show the hit in the log behind the sheet, if that is its conversation."""
        current = self._hits.current if self._hits else None
        if self._is_shown and current and current[0] == self._host.state.here:
            self._host.state.go_to(current[1])

    def _moved(self) -> None:
        """Show the hit in its place: in the log behind the sheet, or wherever it is without a sheet."""
        if self._is_shown:
            self.opened()
        elif self._hits is not None and (current := self._hits.current):
            self._showing.go(*current, select=False)

    def _go(self) -> None:
        current = self._hits.current if self._hits else None
        if current is not None and self._sheet is not None:
            self._sheet.close()
            self._showing.go(*current, select=True)

    def _back(self) -> None:
        origin = self._origin
        self.end()
        self._showing.go_back(origin.place, origin.top) if origin else None

    def _anew(self) -> None:
        if self._sheet is not None:
            self._sheet.close()
        self.ask(everywhere=self._hits is not None and self._hits.query.conversation is None)

    def _is_lost(self) -> bool:
        return self._origin is None or self._host.state.here != self._origin.place

    # Events

    def take(self, event: ClientEvent) -> bool:
        """Take an event. Return whether it is a reply that this shows."""
        if self._hits is not None:
            self._hits.follow(event)
        match event:
            case LoggedIn() if event.new_log or not event.again:
                if self._sheet is not None:
                    self._sheet.close()
                self.end()
            case System(kind=SystemKind.RENAMED, user=old, name=str() as new) | Renamed(old, new):
                if self._origin is not None and self._origin.place == f"@{old}":
                    self._origin = self._origin._replace(place=f"@{new}")
            case Replied(Search() as request, Found() | Error() as reply):
                return self._replied(request, reply)
        return False

    def _replied(self, request: Search, reply: Found | Error) -> bool:
        hits = self._hits
        if hits is not None and hits.belongs(request):
            typed = not hits.awaits(request)
            hits.take(request, reply)
            if typed and not self._is_shown:
                self._present()
            elif self._is_shown:
                self.opened()
            return True
        if isinstance(reply, Error):
            return False
        hits = Hits(self._host.session, request)
        self._begin(hits)
        hits.take(request, reply)
        self._present()
        return True

    def _present(self) -> None:
        if self._showing.present(self._make()):
            self.opened()
