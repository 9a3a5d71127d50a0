"""Slash commands: a table of names, usage, help and handlers, and the parser of typed lines."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from client.commands.short import BARE_WORDS, ELSEWHERE, SHORT
from client.core.composer import Change, Composer
from client.core.events import Sent
from client.core.person.receipt_news import ReceiptNews
from client.core.session import Session
from client.shorthand.lines import command_of
from messages.base import Request
from messages.events import Message


@dataclass(frozen=True, slots=True)
class ScreenCommand:
    """What the full screen does for a command that only it has.

    `run` takes the text after the command, as a `Handler` does. `words` returns what can stand next behind a
    text after the command, which ends with a blank unless it is empty.
    """

    run: Callable[[str], None]
    words: Callable[[str], Iterable[str]] = lambda _before: ()


class CommandHost(Protocol):
    """What a command can do besides making requests. A view implements it."""

    @property
    def session(self) -> Session:
        """The session that requests go to."""
        ...

    @property
    def composer(self) -> Composer[Any]:
        """The order of what is typed. Commands that change the name or the place ask it."""
        ...

    @property
    def receipt_news(self) -> ReceiptNews:
        """Which receipts the person is told of."""
        ...

    @property
    def here(self) -> str:
        """The conversation that plain text goes to; raise ValueError if there is none."""
        ...

    @property
    def on_screen(self) -> Mapping[str, ScreenCommand]:
        """The commands that only the full screen has, by name; empty elsewhere."""
        ...

    def say(self, to: str, text: str, reply_to: int | None = None) -> None:
        """Send a message, perhaps as an answer to another."""
        ...

    def upload(self, path: str, text: str) -> None:
        """Send a file here, perhaps with a text; raise ValueError if it cannot be read."""
        ...

    def get_files(self, seq: int, number: int | None) -> None:
        """Get one file of a message here, or all of them."""
        ...

    def show(self, text: str) -> None:
        """Show a result."""
        ...

    def show_receipts(self, sent: Sequence[Sent]) -> None:
        """Show all that is known of where these messages have arrived."""
        ...

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show messages with their numbers."""
        ...

    def show_numbers(self, *, on: bool) -> None:
        """Show the number of each message from now on, or do not."""
        ...

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Show the person one prompt after the other, and call `then` with the answers.

        If `secret`, the answers are not shown while they are typed, and not kept. Raise ValueError if others
        could read them on the connection.
        """
        ...

    def earlier_own(self) -> int | None:
        """Return the user's last message here from before this start, if the view shows it by itself."""
        ...

    def confirm_delete(self, seq: int, then: Callable[[], object]) -> None:
        """Call `then` if the person says that a message here is to be deleted, or at once without asking."""
        ...

    def confirm(self, question: str, then: Callable[[], object]) -> None:
        """Call `then` if the person says yes to a question about what cannot be undone, or without asking."""
        ...

    def show_help(self, topic: str) -> None:
        """Show all commands, or one, or a group; raise ValueError if there is no such topic."""
        ...

    def clear(self) -> None:
        """Clear the screen."""
        ...

    def quit(self) -> None:
        """Wait until the broker has accepted everything, log out and end."""
        ...


class UsageError(Exception):
    """A command has the wrong arguments; the text is its usage."""


Handler = Callable[[CommandHost, str], None]
"""Takes the host and the text after the command; raises UsageError, or ValueError with a sentence."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """One command. People can type each of `names`; help shows the first.

    `change` is what it changes for the lines typed behind it. If it does not wait, it is run at once, also
    if lines before it have to. A line with a `secret` one is not stored in the history of what was typed.
    """

    names: tuple[str, ...]
    usage: str
    help: str
    handler: Handler
    change: Change | None = None
    waits: bool = True
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """The typed line is a text to send."""

    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """The typed line is a command."""

    command: SlashCommand
    argument: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The typed line looks like a command that does not exist, so it is not sent."""

    typed: str
    nearest: str | None

    @property
    def sentence(self) -> str:
        """The sentence for the person."""
        hint = f"did you mean {self.nearest}?" if self.nearest else "/help lists the commands."
        how = f"type /{self.typed}" if self.typed.startswith("/") else "type a space before it"
        return f"Unknown command {self.typed}; {hint} To say it, {how}."


@dataclass(frozen=True, slots=True)
class BareWord:
    """The typed line is a word that is most likely meant as a command, so it is not sent."""

    typed: str

    @property
    def sentence(self) -> str:
        """The sentence for the person."""
        does = "lists the commands" if BARE_WORDS[self.typed.lower()] == "/help" else "leaves the chat"
        return f"{BARE_WORDS[self.typed.lower()]} {does}. To say {self.typed}, type a space before it."


def ask_surely(host: CommandHost, question: str, kind: type[Request], **fields: object) -> None:
    """Make a request if the person is sure. Raise ValueError before the question if a field is wrong."""
    kind("check", **fields)
    host.confirm(question, lambda: host.session.ask(kind, **fields))


def split_first(text: str) -> tuple[str, str]:
    """Return the first word of a text and the rest, without spaces around either."""
    first, *rest = text.split(maxsplit=1) or [""]
    return first, rest[0].strip() if rest else ""


class SlashCommands:
    """All commands, by each of their names."""

    def __init__(self) -> None:
        self.table: dict[str, SlashCommand] = {}
        self.listed: list[SlashCommand] = []

    def command(
        self,
        names: str,
        usage: str,
        help: str,
        *,
        change: Change | None = None,
        waits: bool = True,
        secret: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler under space-separated names."""

        def register(handler: Handler) -> Handler:
            command = SlashCommand(tuple(names.split()), usage, help, handler, change, waits, secret)
            for name in command.names:
                if name in self.table:
                    raise ValueError(f"{name} is registered already")
                self.table[name] = command
            self.listed.append(command)
            return handler

        return register

    def alias(self, others: Mapping[str, str]) -> None:
        """Give commands further names: `others` maps each to a name that is registered."""
        for name, known in others.items():
            if name in self.table:
                raise ValueError(f"{name} is registered already")
            before = self.table[known]
            command = replace(before, names=(*before.names, name))
            self.listed[self.listed.index(before)] = command
            self.table.update(dict.fromkeys(command.names, command))

    def interpret(
        self, line: str, *, pasted: bool = False, hints: Container[str] = (), shorthand: bool = False
    ) -> Say | Run | Unknown | BareWord | None:
        """Parse a typed line; return None if it is blank. A pasted text of several lines is text.

        `hints` are the bare words that are not text. With `shorthand`, lines such as s/old/new/ are commands.
        """
        if not line.strip():
            return None
        if shorthand and not pasted and (short := command_of(line)):
            return Run(self.table[short], line)
        if pasted or not line.lower().startswith(("/", "cmd!")):
            bare = not pasted and line.rstrip().lower() in hints
            return BareWord(line.rstrip()) if bare else Say(line)
        if line.startswith("//"):
            return Say(line[1:])
        typed, argument = split_first(line)
        if typed.lower() in ("/me", "/say") and argument:
            return Say(f"/me {argument}" if typed.lower() == "/me" else argument)
        if typed.lower().startswith("cmd!"):
            typed, _, first = typed.partition(":")
            argument = f"{first} {argument}".strip()
        command = self.table.get(typed.lower())
        return Run(command, argument) if command else Unknown(typed, self._nearest(typed.lower()))

    def _nearest(self, typed: str) -> str | None:
        if typed in ELSEWHERE:
            return ELSEWHERE[typed]
        commands = [name for name in self.table if name.startswith(("/", "cmd!"))]
        spelt_out = [name for name in commands if not name[1:].isdigit() and name not in SHORT]
        return next(iter(difflib.get_close_matches(typed, spelt_out, 1)), None)
