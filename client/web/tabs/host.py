"""What slash commands can do in a browser: they show notices, ask questions, and enter conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache

from client.commands import COMMANDS
from client.commands.help import help_lines
from client.core.composer import Composer
from client.core.events import ClientEvent, LoggedIn, Replied, Sent
from client.core.person.queries import DirectQuery
from client.core.person.receipt_news import ReceiptNews
from client.editor.inputs import Input, TypedLine
from client.text.entries import excerpt
from client.text.lines import Line
from client.text.receipts import receipts_text
from client.text.render import render
from client.text.replies import dated
from client.views.complaints import sentence
from client.views.reader import Source
from client.views.sending import SendingHost
from client.views.typed import TypedLines
from client.views.waiting import Entered
from client.web.person import Person
from client.web.protocol.shown import CommandHelp
from client.web.protocol.tells import Notice, Question
from messages.events import Message
from messages.identity import Link, Profile, SetPassword
from messages.replies import Error, RoomState
from messages.requests import Join
from messages.text import neutralise

_NOT_HERE = {
    "/login": "sign out, and sign in under the other name",
    "/upload": "use the button for files beside the box",
    "/get": "the files of a message are links",
    "/numbers": "a message's number is in its details",
    "/debug": "this is not for browsers",
    "/quit": "",
    "/clear": "",
    "/set": "the page has no settings of this kind",
    "/goto": "search, or open the link of a message",
}
"""Commands that a page does in another way."""


_NO_GATEWAY = frozenset(
    {"/nick", "/revoke", "/op", "/deop", "/invite", "/private", "/lock", "/unban", "/unmute"}
    | {"/audit", "/resetkeys", "/uninvite"}
)
"""Commands that the broker refuses through a gateway. They are not offered; if typed, it says why."""


@cache
def command_helps() -> tuple[CommandHelp, ...]:
    """Return the commands that a page can run."""
    hidden = _NOT_HERE.keys() | _NO_GATEWAY
    shown = (one for one in COMMANDS.listed if one.names[0] not in hidden and one.names[0][0] == "/")
    return tuple(CommandHelp(one.names[0], one.usage, one.help) for one in shown)


class TabHost(SendingHost):
    """A `CommandHost` for one tab. `tell` sends to it; `quits` signs the person out."""

    as_json = False

    def __init__(
        self, person: Person, tell: Callable[[Notice | Question], None], quits: Callable[[], None]
    ) -> None:
        self._person = person
        self.session = person.session
        self.composer: Composer[Entered] = Composer(person.session, present=True)
        self.receipt_news = ReceiptNews()
        self.typed = TypedLines(self, self.composer, self, Source(-1), present=True)
        self.ref = ""
        """The command that runs now."""
        self._tell = tell
        self._quits = quits
        self._number = 0
        self._prompts = 0
        """The number of answers that the question wants."""
        self._confirming: Callable[[], object] | None = None
        if person.session.welcome is not None:
            self.composer.take(LoggedIn(person.session.welcome, again=False, new_log=False))

    # Running

    def run(self, conversation: str, line: str, ref: str) -> None:
        """Run a command in a conversation; raise ValueError if that cannot be now."""
        word = next(iter(line.split(maxsplit=1)), "").lower()
        command = COMMANDS.table.get(word)
        if command is not None and (instead := _NOT_HERE.get(command.names[0])):
            raise ValueError(instead)
        if self.composer.place != conversation:
            self.composer.go(conversation)
        self.ref = ref
        try:
            with self._person.answering(lambda event: self.answered(event, conversation, ref)):
                if self._asks_password(word, line):
                    return
                self.typed.enter(TypedLine(line, mark=self.composer.mark))
                self.typed.run()
        finally:
            self.ref = ""

    def _asks_password(self, word: str, line: str) -> bool:
        """Ask for what a gateway needs to change a password, or to link a device. Return whether it does."""
        welcome = self.session.welcome
        if welcome is None or "account" not in welcome.abilities:
            return False
        more = line.split()[1:]
        if word == "/link" and more in ([], ["web"]):
            self.question(["Password"], lambda now: self._link(now, browser=bool(more)), secret=True)
        elif more:
            return False
        elif word == "/password":
            self.question(["Present password", "New password", "Repeat it"], self._set_password, secret=True)
        else:
            return False
        return True

    def _link(self, now: str, *, browser: bool) -> None:
        self.session.ask(Link, current=now, browser=browser)

    def _set_password(self, now: str, first: str, again: str) -> None:
        if first != again:
            raise ValueError("the passwords differ; type /password to try again")
        self.session.ask(SetPassword, password=first, current=now)

    def go_on(self, event: ClientEvent) -> str | None:
        """Take an event. Return the conversation that was entered by it."""
        before = self.composer.place
        self.composer.take(event)
        with self._person.answering(lambda reply: self.answered(reply, self.composer.place or "", "")):
            self.typed.run()
        self.composer.take_entered()
        place = self.composer.place
        return place if place != before else None

    def answered(self, event: Replied, conversation: str, ref: str) -> None:
        """Show the reply to a command. A conversation that was entered shows itself."""
        entered = isinstance(event.request, DirectQuery) and isinstance(event.reply, Profile)
        if entered or (isinstance(event.request, Join) and isinstance(event.reply, RoomState)):
            return
        lines = [*render(event, self.session.name, conversation)]
        if lines:
            text = "\n".join(line.text for line in lines)
            if isinstance(event.reply, Error):
                self._tell(Notice(text, conversation, "refusal", ref=ref))
            else:
                self._tell(Notice(text, conversation, "result" if lines[0].data else "notice", ref=ref))

    def answer(self, question: int, answers: tuple[str, ...] | None) -> None:
        """Take the answers to a question; raise ValueError if it is not asked any more."""
        if question != self._number or not (self._confirming or self.typed.questions.prompt):
            raise ValueError("this question is not asked any more")
        if answers is not None and self._confirming is None and len(answers) != self._prompts:
            raise ValueError("the question has another number of answers")
        confirming, self._confirming = self._confirming, None
        conversation = self.composer.place or ""
        with self._person.answering(lambda event: self.answered(event, conversation, "")):
            if answers is None:
                self.typed.questions.cancel()
            elif confirming is not None:
                confirming()
            else:
                for text in answers:
                    self.typed.answer(text)
            self.typed.run()

    # No path of the gateway's machine

    def upload(self, path: str, text: str) -> None:
        """Refuse: a path would be one of the gateway's."""
        raise ValueError(_NOT_HERE["/upload"])

    def get_files(self, seq: int, number: int | None) -> None:
        """Refuse: a file would be written beside the gateway's."""
        raise ValueError(_NOT_HERE["/get"])

    # Where typed lines are shown

    @property
    def terminal(self) -> TabHost:
        """Where a person types."""
        return self

    def read(self, mark: int = 0) -> list[Input]:
        """Return nothing: commands come one by one."""
        return []

    def put_back(self, line: TypedLine) -> bool:
        """Return False: the page keeps what was typed if it is refused."""
        return False

    def write(self, lines: Iterable[Line], _at: datetime | None) -> None:
        """Show results."""
        self.show("\n".join(line.text for line in lines))

    def notice(self, text: str) -> None:
        """Show a notice."""
        self._tell(Notice(text, self.composer.place or "", ref=self.ref))

    def complain(self, text: str) -> None:
        """Show what was refused."""
        self._tell(Notice(text, self.composer.place or "", "refusal", ref=self.ref))

    # The host of commands

    def show(self, text: str) -> None:
        """Show a result."""
        self._tell(Notice(neutralise(text, keep="\n"), self.composer.place or "", "result", ref=self.ref))

    def show_sent(self, sent: Sent) -> None:
        """Show that a message was sent elsewhere. Here the log shows it."""
        if sent.request.to != self.composer.place:
            self.show(f"Sent to {sent.request.to}.")

    def show_receipts(self, sent: Sequence[Sent]) -> None:
        """Show all that is known of where these messages have arrived."""
        for one in sent:
            self.show(receipts_text(one))

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show messages with their numbers."""
        for message in messages:
            self.write(dated(message), None)

    def show_numbers(self, *, on: bool) -> None:
        """Do nothing: the page decides it."""

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Ask the person."""
        self.typed.ask(prompts, then, secret=secret)
        self._number += 1
        self._prompts = len(prompts)
        self._tell(Question(self._number, tuple(one.rstrip(": ") for one in prompts), secret=secret))

    def confirm(self, question: str, then: Callable[[], object]) -> None:
        """Ask whether the person is sure."""

        def sure() -> None:
            try:
                then()
            except ValueError as error:
                self.complain(sentence(error))

        self._number += 1
        self._confirming = sure
        self._tell(Question(self._number, confirm=neutralise(question)))

    def confirm_delete(self, seq: int, then: Callable[[], object]) -> None:
        """Ask whether a message here is to be deleted."""
        beginning = neutralise(excerpt(self.session.timeline(self.here).messages.get(seq)))
        self.confirm(f"Delete message {seq:,}{f', “{beginning}”' if beginning else ''}?", then)

    def show_help(self, topic: str = "") -> None:
        """Show all commands, or one, or a group."""
        self.show("\n".join(help_lines(COMMANDS, topic)))

    def clear(self) -> None:
        """Do nothing: the page has notices of its own."""

    def quit(self) -> None:
        """Sign out."""
        self._quits()

    def interrupt(self, *, again: bool) -> None:
        """Do nothing: a page has no such key."""

    def wrong_answer(self) -> None:
        """Do nothing: the complaint was shown."""

    def prompt(self) -> None:
        """Do nothing: the page has a box for each question."""
