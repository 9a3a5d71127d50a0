"""A host for slash commands that records what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from driven import Driven, ready

from client.commands import COMMANDS
from client.commands.help import help_lines
from client.commands.registry import Run, ScreenCommand
from client.core.composer import Composer
from client.core.events import Sent
from client.core.person.receipt_news import ReceiptNews
from client.core.session import Session
from client.text.receipts import receipts_text
from client.text.replies import dated
from messages.events import Message


class FakeHost:
    """Records what commands do."""

    def __init__(self) -> None:
        self.driven: Driven = ready()
        self.composer: Composer[str] = Composer(self.driven.session, present=True)
        self.composer.place = "#dev"
        self.receipt_news = ReceiptNews()
        self.done: list[tuple[object, ...]] = []
        self.shown: list[str] = []
        self.asked: list[str] = []
        self.prompts: Sequence[str] = ()
        self.then: Callable[..., None] = lambda: None
        self.on_screen: dict[str, ScreenCommand] = {}

    @property
    def session(self) -> Session:
        return self.driven.session

    @property
    def here(self) -> str:
        assert self.composer.place
        return self.composer.place

    def say(self, to: str, text: str, reply_to: int | None = None) -> None:
        self.done.append(("say", to, text, *([reply_to] if reply_to else [])))

    def upload(self, path: str, text: str) -> None:
        self.done.append(("upload", path, text))

    def get_files(self, seq: int, number: int | None) -> None:
        self.done.append(("get", seq, number))

    def show(self, text: str) -> None:
        self.shown.append(text)

    def show_receipts(self, sent: Sequence[Sent]) -> None:
        self.shown += map(receipts_text, sent)

    def show_messages(self, messages: Sequence[Message]) -> None:
        self.shown += [line.text for message in messages for line in dated(message)]

    def earlier_own(self) -> int | None:
        return None

    def confirm_delete(self, _seq: int, then: Callable[[], object]) -> None:
        then()

    def confirm(self, question: str, then: Callable[[], object]) -> None:
        self.asked.append(question)
        then()

    def show_help(self, topic: str) -> None:
        self.shown += help_lines(COMMANDS, topic)

    def show_numbers(self, *, on: bool) -> None:
        self.done.append(("numbers", on))

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        self.prompts, self.then = prompts, then

    def clear(self) -> None:
        self.done.append(("clear",))

    def quit(self) -> None:
        self.done.append(("quit",))

    def type(self, line: str) -> None:
        meaning = COMMANDS.interpret(line, shorthand=True)
        assert isinstance(meaning, Run), meaning
        self.composer.begun = self.composer.mark
        meaning.command.handler(self, meaning.argument)
