"""What slash commands can do on the full screen, except asking questions and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from client.commands.help import help_lines
from client.commands.table import COMMANDS
from client.core.composer import Composer
from client.core.events import Sent
from client.core.person.receipt_news import ReceiptNews
from client.core.session import Session, SessionState
from client.editor.inputs import Input, TypedLine
from client.line.files import LineFiles
from client.line.typed import Entered
from client.screen.composer.field import Draft, Field
from client.screen.keys import key_lines
from client.screen.model.state import ScreenState
from client.text.lines import Line
from client.text.receipts import receipts_text
from client.text.replies import dated
from messages.events import Message


class SayingHost:
    """The part of a `CommandHost` that shows and sends. Files that the person gets go into `downloads`."""

    as_json = False

    def __init__(self, session: Session, state: ScreenState, field: Field, downloads: Path) -> None:
        self.session = session
        self.state = state
        self.field = field
        self.composer: Composer[Entered] = Composer(session, present=True)
        self.files = LineFiles(session, self, downloads)
        self._welcomed = False
        self._aside: tuple[str, Draft] | None = None
        """The draft that stands back while a question is answered, and its place."""

    @property
    def terminal(self) -> SayingHost:
        """Where a person types."""
        return self

    def read(self, mark: int = 0) -> list[Input]:
        """Return nothing: inputs are handed to `take_inputs`."""
        return []

    def put_back(self, line: TypedLine) -> bool:
        """Put an entered line back as the one being typed; return False if that is not empty."""
        return self._aside is None and self.field.put_back(line)

    @property
    def here(self) -> str:
        """The conversation that plain text goes to."""
        if self.composer.place is None:
            raise ValueError(f"{self.composer.cause}; name a room, or choose one with /join")
        return self.composer.place

    @property
    def receipt_news(self) -> ReceiptNews:
        """Which receipts the person is told of."""
        return self.state.receipt_news

    def say(self, to: str, text: str, reply_to: int | None = None) -> None:
        """Send a message. If there is no connection, say that it is kept."""
        self._sent(self.session.send(to, text, reply_to))

    def upload(self, path: str, text: str) -> None:
        """Send a file here when it is uploaded, perhaps with a text."""
        self._sent(self.session.send(self.here, text, None, [self.files.source(path)]))

    def get_files(self, seq: int, number: int | None) -> None:
        """Get one file of a message here, or all of them."""
        self.files.get(self.here, seq, number)

    def _sent(self, sent: Sent) -> None:
        if sent.request.to == self.state.here:
            self.state.said(sent.request.to)
        else:
            self.state.notice(f"Sent to {sent.request.to}.", data=True)
        if self.session.state is SessionState.OFFLINE and self._welcomed:
            self.notice("Kept; it will be sent when the broker is back.")

    def show(self, text: str) -> None:
        """Show a result."""
        self.state.notice(text, data=True)

    def show_receipts(self, sent: Sequence[Sent]) -> None:
        """Show all that is known of where these messages have arrived."""
        for one in sent:
            self.show(receipts_text(one))

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show messages with their numbers."""
        for message in messages:
            self.state.lines(list(dated(message)))

    def show_numbers(self, *, on: bool) -> None:
        """Show the number of each message from now on, or do not."""
        self.state.numbers = on

    def show_help(self) -> None:
        """Show the commands and the keys."""
        for line in [*help_lines(COMMANDS, ""), "Keys:", *key_lines()]:
            self.show(line)

    def clear(self) -> None:
        """Remove the notices from the log."""
        self.state.layout.transcript.clear_notices()

    def write(self, lines: Iterable[Line], _at: datetime | None) -> None:
        """Show results."""
        self.state.lines(list(lines))

    def notice(self, text: str) -> None:
        """Show a notice."""
        self.state.notice(text)

    complain = notice
