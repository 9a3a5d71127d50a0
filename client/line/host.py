"""What slash commands can do in line mode, except asking questions and leaving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from client.commands.help import help_lines
from client.commands.table import COMMANDS
from client.core.composer import Composer
from client.core.events import Sent
from client.core.person.notices import Level
from client.core.person.queries import RECENT_ENTRIES, RecentQuery
from client.core.person.receipt_news import ReceiptNews
from client.core.session import Session
from client.line.display import Display
from client.line.screen import Screen
from client.text.receipts import receipts_text
from client.text.render import Line
from client.text.replies import dated
from client.views.files import LineFiles
from client.views.sending import FilingHost
from client.views.waiting import Entered
from messages.events import Message


class LineHost(FilingHost):
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
        self.files = LineFiles(session, screen, downloads)

    @property
    def receipt_news(self) -> ReceiptNews:
        """Which receipts the person is told of."""
        return self._display.receipt_news

    def show_sent(self, sent: Sent) -> None:
        """Show that a message is on its way."""
        self._display.sending(sent)

    def notice(self, text: str) -> None:
        """Show a notice."""
        self._screen.notice(text)

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

    def confirm_delete(self, _seq: int, then: Callable[[], object]) -> None:
        """Call `then`: a typed line is not asked about."""
        then()

    def confirm(self, _question: str, then: Callable[[], object]) -> None:
        """Call `then`, for the same reason."""
        then()

    def show_help(self, topic: str) -> None:
        """List the commands."""
        for line in help_lines(COMMANDS, topic):
            self.show(line)

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
