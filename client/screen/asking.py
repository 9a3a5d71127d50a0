"""What keys can begin on the full screen: a choice, a command, an answer, an edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from client.core.session import Session
from client.editor.inputs import TypedLine
from client.screen.composer.meaning import Aim, Target
from client.screen.drafting import DraftingHost, MakeField
from client.screen.model.draft_keeper import DraftKeeper
from client.screen.model.state import ScreenState
from client.screen.sheets.chooser import Choice, Chooser
from messages.events import Message


class AskingHost(DraftingHost):
    """The part of a `CommandHost` that asks the person, and begins what they go on with."""

    def __init__(
        self,
        session: Session,
        state: ScreenState,
        make_field: MakeField,
        downloads: Path,
        keeper: DraftKeeper | None,
    ) -> None:
        super().__init__(session, state, make_field, downloads, keeper)
        self.copy: Callable[[str], str] = lambda _text: "Nothing can be copied here."
        """Copies a text for other programs, and returns a sentence about it."""
        self.search: Callable[[], None] = lambda: None
        """Begins a search in the conversation in the middle."""
        self.next_hit: Callable[[int], None] = lambda _by: None
        """Goes on by some hits of the last search."""
        self.text_at_run = ""
        """What was being typed when a key last ran a command."""

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
        self.field.aim(Target(Aim.REPLY, self.state.here, seq))
        self.state.on_change()

    def begin_edit(self, message: Message) -> None:
        """Let the person change the text of a message of theirs; what they have begun stands back."""
        self.field.mark = self.composer.mark
        self.field.aim(Target(Aim.EDIT, self.state.here, message.seq), message.text)
        self.state.on_change()
