"""Everything about finding messages, as the application uses it."""

from __future__ import annotations

from client.core.events import ClientEvent
from client.screen.finding.goto import Goto
from client.screen.finding.lists import Lists
from client.screen.finding.searching import Searching
from client.screen.finding.showing import Showing
from client.screen.host import ScreenHost


class Finding:
    """Searches, lists and goes to messages for a host, and shows the replies to its requests."""

    def __init__(self, host: ScreenHost) -> None:
        self._host = host
        self._showing = Showing(host)
        self._searching = Searching(host, self._showing)
        self._takers = (Goto(host), Lists(host, self._showing), self._searching)
        host.state.shows = self._take
        host.search = lambda: self._searching.ask(everywhere=False)
        host.next_hit = self._searching.step

    def _take(self, event: ClientEvent) -> bool:
        taken = [one.take(event) for one in self._takers]
        return any(taken)

    def find_here(self) -> None:
        """Go to the next hit of the search, or show what waits; without either, search the conversation."""
        if self._showing.take_waiting() is not None:
            self._searching.opened()
        elif self._searching.is_on:
            self._searching.step(1)
        else:
            self.search()

    def find_before(self) -> None:
        """Go to the hit before."""
        self._searching.step(-1)

    def search(self, *, everywhere: bool = False) -> None:
        """Ask for words to search for, unless another question is asked."""
        if self._host.typed.questions.prompt is None:
            self._searching.ask(everywhere=everywhere)

    def end(self) -> None:
        """End the search, if there is one."""
        self._searching.end()
