"""What slash commands can do in line mode, except asking questions and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from client.core.composer import Composer
from client.core.events import Sent
from client.core.person.notices import Level
from client.core.person.queries import RECENT_ENTRIES, RecentQuery
from client.core.person.receipt_news import ReceiptNews
from client.core.session import Session, SessionState
from client.line.display import Display
from client.line.files import LineFiles
from client.line.screen import Screen
from client.line.typed import Entered
from client.text.receipts import receipts_text
from client.text.render import Line
from client.text.replies import dated
from messages.events import Message


class LineHost:
    """The part of a `CommandHost` that writes to a screen and sends. `present`: a person types.

    Files that the person gets go into the directory `downloads`.
    """

    def __init__(
        self,
        session: Session,
        screen: Screen,
        *,
        present: bool,
        bell: Level,
        downloads: Path = Path(),
    ) -> None:
        self.session = session
        self.composer: Composer[Entered] = Composer(session, present=present)
        self._screen = screen
        self._display = Display(session, screen, self.composer, present=present, bell=bell)
        self._files = LineFiles(session, screen, downloads)
        self._welcomed = False

    @property
    def here(self) -> str:
        """The conversation that plain text goes to."""
        if self.composer.place is None:
            raise ValueError(f"{self.composer.cause}; name a room, or choose one with /join")
        return self.composer.place

    @property
    def receipt_news(self) -> ReceiptNews:
        """Which receipts the person is told of."""
        return self._display.receipt_news

    def say(self, to: str, text: str, reply_to: int | None = None) -> None:
        """Send a message. If there is no connection, say that it is kept."""
        self._sent(self.session.send(to, text, reply_to))

    def upload(self, path: str, text: str) -> None:
        """Send a file here when it is uploaded, perhaps with a text."""
        self._sent(self.session.send(self.here, text, None, [self._files.source(path)]))

    def get_files(self, seq: int, number: int | None) -> None:
        """Get one file of a message here, or all of them."""
        self._files.get(self.here, seq, number)

    def _sent(self, sent: Sent) -> None:
        self._display.sending(sent)
        if self.session.state is SessionState.OFFLINE and self._welcomed:
            self._screen.notice("Kept; it will be sent when the broker is back.")

    def show(self, text: str) -> None:
        """Show a result."""
        self._screen.write([Line(text, data=True)], None)

    def show_receipts(self, sent: Sequence[Sent]) -> None:
        """Show all that is known of where these messages have arrived."""
        for one in sent:
            self.show(receipts_text(one))

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show messages with their numbers."""
        for message in messages:
            self._screen.write(dated(message), None)

    def show_numbers(self, *, on: bool) -> None:
        """Show the number of each message from now on, or do not."""
        self._display.numbers = on

    def clear(self) -> None:
        """Clear the screen."""
        self._screen.clear()

    def _show_recent(self) -> None:
        """Ask for the last messages of a place that was entered for the first time, for a terminal."""
        entered = self.composer.take_entered()
        if entered and self._screen.terminal and not self._screen.as_json:
            place, head = entered
            before = self._display.first_shown(place) or (None if head is None else head + 1)
            if before != 1:
                self.session.ask(RecentQuery, conversation=place, before=before, limit=RECENT_ENTRIES)
