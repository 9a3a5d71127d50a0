"""What keys can begin on the full screen: a choice, a command, an answer, an edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from client.core.session import Session
from client.editor.inputs import TypedLine
from client.line.typed import TypedLines
from client.screen.composer.field import Draft, Field
from client.screen.model.state import ScreenState
from client.screen.saying import SayingHost
from client.screen.sheets.chooser import Choice, Chooser
from messages.events import Message


class AskingHost(SayingHost):
    """The part of a `CommandHost` that asks the person, and begins what they go on with."""

    typed: TypedLines

    def __init__(self, session: Session, state: ScreenState, field: Field, downloads: Path) -> None:
        super().__init__(session, state, field, downloads)
        self.copy: Callable[[str], str] = lambda _text: "Nothing can be copied here."
        """Copies a text for other programs, and returns a sentence about it."""
        self.search: Callable[[], None] = lambda: None
        """Begins a search in the conversation in the middle."""
        self.next_hit: Callable[[int], None] = lambda _by: None
        """Goes on by some hits of the last search."""
        self.text_at_run = ""
        """What was being typed when a key last ran a command."""

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Ask the person."""
        raise NotImplementedError

    def go(self, conversation: str) -> None:
        """Show a conversation that is known, and talk there from now on."""
        raise NotImplementedError

    def ask_where(self) -> None:
        """Let the person choose a conversation."""
        names = self.state.conversations.ordered(self.session.conversations)
        choices = [Choice(name, self.state.topics.get(name, "")) for name in names]
        self.choose("Go to: ", "Conversations", choices, lambda choice: self.go(choice.name))

    def choose(
        self,
        prompt: str,
        title: str,
        choices: Sequence[Choice] | Callable[[], Sequence[Choice]],
        then: Callable[[Choice], None],
    ) -> None:
        """Let the person choose one of some choices, by letters or by moving, and call `then` with it."""
        chooser = Chooser(title, choices if callable(choices) else lambda: choices)

        def answered(text: str) -> None:
            chooser.typed(text)
            if (chosen := chooser.chosen) is None:
                raise ValueError(f"nothing here has the letters {text}")
            then(chosen)

        self.question([prompt], answered)
        self.sheets.open(chooser)

    def run(self, line: str) -> None:
        """Run a command as if the person had typed it, but do not keep it among what they typed."""
        self.text_at_run = self.field.text
        self.typed.command(TypedLine(line, mark=self.composer.mark))

    def begin_reply(self, seq: int) -> None:
        """Let the person type an answer to a message; what they have begun becomes its text."""
        self._begin(f"/reply {seq} {self.field.text}")

    def begin_edit(self, message: Message) -> None:
        """Let the person change the text of a message of theirs."""
        self._begin(f"/edit {message.seq} {message.text}")

    def _begin(self, line: str) -> None:
        self.field.load_draft(Draft(TypedLine(line, mark=self.composer.mark), len(line)))
        self.state.on_change()
