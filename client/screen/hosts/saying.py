"""What slash commands can do on the full screen, except asking questions and leaving."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from client.commands.registry import ScreenCommand
from client.core.composer import Composer
from client.core.events import Sent
from client.core.person.receipt_news import ReceiptNews
from client.core.session import Session
from client.editor.inputs import Input, TypedLine
from client.screen.composer.field import Field
from client.screen.keys import Key
from client.screen.model.state import ScreenState
from client.screen.settings.key_table import KeyTable
from client.screen.sheets.confirm import Confirm
from client.screen.sheets.sheet import Sheets
from client.text.entries import excerpt
from client.text.lines import Line
from client.text.receipts import receipts_text
from client.text.replies import dated
from client.views.complaints import sentence
from client.views.files import LineFiles
from client.views.sending import FilingHost
from client.views.waiting import Entered
from messages.events import Message
from messages.text import neutralise


class SayingHost(FilingHost):
    """The part of a `CommandHost` that shows and sends. Files that the person gets go into `downloads`."""

    as_json = False

    def __init__(self, session: Session, state: ScreenState, field: Field, downloads: Path) -> None:
        self.session = session
        self.state = state
        self.field = field
        self.composer: Composer[Entered] = Composer(session, present=True)
        self.files = LineFiles(session, self, downloads)
        self.key_table = KeyTable()
        self.on_screen: dict[str, ScreenCommand] = {}
        self.sheets = Sheets()
        self.selection_keys: Sequence[tuple[str, str]] = ()
        """What the keys do while messages are selected, for the help."""

    @property
    def terminal(self) -> SayingHost:
        """Where a person types."""
        return self

    def read(self, mark: int = 0) -> list[Input]:
        """Return nothing: inputs are handed to `take_inputs`."""
        return []

    def put_back(self, line: TypedLine) -> bool:
        """Put an entered line back as the one being typed; return False if that is not empty."""
        return self.field.put_back(line)

    @property
    def receipt_news(self) -> ReceiptNews:
        """Which receipts the person is told of."""
        return self.state.receipt_news

    def show_sent(self, sent: Sent) -> None:
        """Show that a message is on its way."""
        if sent.request.to == self.state.here:
            self.state.said(sent.request.to)
        else:
            self.state.notice(f"Sent to {sent.request.to}.", data=True)

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

    @property
    def keys(self) -> Sequence[Key]:
        """The keys of the screen as they are set."""
        return self.key_table.keys

    def show_help(self, topic: str = "") -> None:
        """Show keys, signs and commands, or those of a topic."""
        from client.screen.sheets.help import Help, Section, help_sections  # noqa: PLC0415 - when needed

        selection = Section("Keys: Selected messages", self.selection_keys)
        self.sheets.open(Help(help_sections(topic, self.keys, [selection] if selection.rows else [])))

    def confirm(self, question: str, then: Callable[[], object]) -> None:
        """Ask a question that one key answers, and call `then` if the answer is yes.

        A command that has waited for its turn can ask while the person types something else. Their next
        letter is no answer, so it is not asked.
        """
        sheet = self.sheets.top
        if self.field.text and (sheet is None or sheet.belongs_to_question):
            self.notice(f"{question} Not done, as you type something else. Give the command again.")
            return

        def sure() -> None:
            try:
                then()
            except ValueError as error:
                self.notice(sentence(error))

        self.sheets.open(Confirm(neutralise(question), sure))

    def earlier_own(self) -> int | None:
        """Return the user's last message in this log, as the log begins with what was said before."""
        timeline, me = self.session.timeline(self.here), self.session.name
        own = (timeline.messages[seq] for seq in reversed(timeline.seqs))
        return next((one.seq for one in own if one.sender == me and not one.deleted), None)

    def confirm_delete(self, seq: int, then: Callable[[], object]) -> None:
        """Ask whether a message here is to be deleted, and call `then` if so."""
        place = self.composer.place or self.state.here
        beginning = excerpt(self.session.timeline(place).messages.get(seq))
        self.confirm(f"Delete message {seq:,}{f', “{neutralise(beginning)}”' if beginning else ''}?", then)

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
