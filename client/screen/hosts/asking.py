"""What keys can begin on the full screen: a question, a choice, a command, an answer, an edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from client.editor.inputs import TypedLine
from client.screen.composer.meaning import Aim, Draft, Target
from client.screen.hosts.drafting import DraftingHost, Given
from client.screen.sheets.chooser import Choice, Chooser
from client.screen.sheets.explaining import Explanation
from client.views.complaints import sentence
from messages.events import Message

_KEPT = "What you had typed is kept: Ctrl-P brings it back."


class AskingHost(DraftingHost):
    """The part of a `CommandHost` that asks the person, and begins what they go on with."""

    def __init__(self, given: Given) -> None:
        super().__init__(given)
        self.copy: Callable[[str], str] = lambda _text: "Nothing can be copied here."
        """Copies a text for other programs, and returns a sentence about it."""
        self.search: Callable[[], None] = lambda: None
        """Begins a search in the conversation in the middle."""
        self.next_hit: Callable[[int], None] = lambda _by: None
        """Goes on by some hits of the last search."""
        self.text_at_run = ""
        """What was being typed when a key last ran a command."""

    @property
    def must_answer(self) -> bool:
        """Whether nothing else can be done before a question is answered."""
        return False

    def go(self, conversation: str) -> None:
        """Show a conversation that is known, and talk there from now on."""
        raise NotImplementedError

    # Questions

    def ask_where(self) -> None:
        """Let the person choose a conversation."""
        self.choose("Go to: ", "Conversations", self.places(), lambda choice: self.go(choice.name))

    def places(self) -> list[Choice]:
        """Return the conversations, in the order of the list, with what waits there."""
        names = self.state.conversations.ordered(self.session.conversations)
        return [Choice(name, self._beside(name)) for name in names]

    def _beside(self, name: str) -> str:
        parts = self.state.conversations.of(name).words, self.state.topics.get(name, "")
        return "  ".join(filter(None, parts))

    def choose(
        self,
        prompt: str,
        title: str,
        choices: Sequence[Choice] | Callable[[], Sequence[Choice]],
        then: Callable[[Choice], None],
        *,
        other: Callable[[str], Choice | None] = lambda _text: None,
    ) -> None:
        """Let the person choose one of some choices, by letters or by moving, and call `then` with it.

        `other` makes a choice of a text that is none of them; it returns None if the text means nothing, or
        raises ValueError. If nothing is chosen, the question stays, so that what is typed next goes nowhere.
        """
        if self.must_answer:
            return

        def ask(typed: str, trouble: str) -> None:
            chooser = Chooser(title, choices if callable(choices) else lambda: choices, trouble)

            def answered(text: str) -> None:
                chooser.typed(text)
                why = ""
                try:
                    chosen = other(text) or chooser.chosen
                except ValueError as error:
                    chosen, why = None, sentence(error)
                if chosen is None:
                    ask(text, why)
                else:
                    then(chosen)

            self.question([prompt], answered)
            self.sheets.open(chooser)
            self._load(typed)  # in place of the answer to an earlier question, if one is given up
            chooser.typed(typed)

        ask("", "")

    def ask(
        self,
        prompt: str,
        title: str,
        sentences: Sequence[str],
        then: Callable[[str], None],
        *,
        typed: str = "",
        trouble: str = "",
    ) -> None:
        """Ask a question below an explanation, and call `then` with the answer.

        If that raises ValueError, the sheet says why, and the answer can be corrected. `typed` stands in the
        composer, `trouble` says what was wrong before.
        """

        def answered(text: str) -> None:
            try:
                then(text)
            except ValueError as error:
                self.ask(prompt, title, sentences, then, typed=text, trouble=sentence(error))

        self.question([prompt], answered)
        self.sheets.open(Explanation(title, sentences, trouble))
        self._load(typed)

    # What the person goes on with

    def run(self, line: str) -> None:
        """Run a command as if the person had typed it, but do not keep it among what they typed."""
        self.text_at_run = self.field.text
        self.typed.command(TypedLine(line, mark=self.composer.mark))

    def begin_reply(self, seq: int) -> None:
        """Let the person type an answer to a message; what they have begun becomes its text."""
        self.prompt()  # takes back what stood there before a question
        self.field.aim(Target(Aim.REPLY, self.state.here, seq))
        self.state.on_change()

    def begin_edit(self, message: Message) -> None:
        """Let the person change the text of a message of theirs; what they have begun stands back."""
        self.prompt()
        self.field.mark = self.composer.mark
        self.field.aim(Target(Aim.EDIT, self.state.here, message.seq), message.text)
        self.state.on_change()

    def begin_line(self, line: str) -> None:
        """Let the person go on with a line. What they have begun before is kept."""
        self.prompt()
        if self.field.set_aside():
            self.notice(_KEPT)
        self._load(line)

    def mention(self, name: str) -> None:
        """Put a name behind what the person has begun."""
        self.prompt()
        self.field.mark = self.composer.mark
        text = self.field.text
        at = "@" if self.session.finds_mentions else ""
        blank = " " if text and not text.endswith((" ", "\n")) else ""
        self.field.insert(f"{blank}{at}{name}{' ' if text or at else ': '}")
        self.state.on_change()

    def _load(self, line: str) -> None:
        self.field.load_draft(Draft(TypedLine(line, mark=self.composer.mark), len(line)))
        self.state.on_change()
