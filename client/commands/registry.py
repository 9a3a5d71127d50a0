"""Slash commands: one table of names, usage, help and handlers, and how a typed line is understood."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from client.core.session import Session


class CommandHost(Protocol):
    """What a command may do beside asking the session: a view implements it."""

    @property
    def session(self) -> Session:
        """The session that requests go to."""
        ...

    @property
    def here(self) -> str:
        """The conversation that plain text goes to."""
        ...

    def say(self, to: str, text: str) -> None:
        """Send a message."""
        ...

    def show(self, text: str) -> None:
        """Show something that was asked for."""
        ...

    def question(self, prompts: Sequence[str], then: Callable[..., None], *, secret: bool = False) -> None:
        """Ask the person one thing after the other, and call `then` with the answers.

        Those that are secret are shown nowhere while they are typed, and not kept.
        """
        ...

    def log_in(self, name: str) -> None:
        """Be another user."""
        ...

    def go(self, conversation: str) -> None:
        """Have plain text go to another conversation from now on."""
        ...

    def clear(self) -> None:
        """Clear the screen."""
        ...

    def quit(self) -> None:
        """Wait until all is accepted, log out and end."""
        ...


class UsageError(Exception):
    """A command was typed in a wrong way; the text is its usage."""


Handler = Callable[[CommandHost, str], None]
"""Takes the host and what was typed behind the command; raises UsageError or ValueError with a sentence."""


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """One command: `names` are what can be typed for it, the first is what help shows."""

    names: tuple[str, ...]
    usage: str
    help: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Say:
    """A typed line is a text to send."""

    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """A typed line is a command."""

    command: SlashCommand
    argument: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A typed line looks like a command that does not exist; it is not sent."""

    typed: str
    nearest: str | None

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        hint = f"did you mean {self.nearest}?" if self.nearest else "/help lists the commands."
        how = f"type /{self.typed}" if self.typed.startswith("/") else "type a space before it"
        return f"Unknown command {self.typed}; {hint} To say it, {how}."


def split_first(text: str) -> tuple[str, str]:
    """Return the first word of a text and what follows it, without spaces around either."""
    first, *rest = text.split(maxsplit=1) or [""]
    return first, rest[0].strip() if rest else ""


class SlashCommands:
    """All commands by each of their names."""

    def __init__(self) -> None:
        self.table: dict[str, SlashCommand] = {}
        self.listed: list[SlashCommand] = []

    def command(self, names: str, usage: str, help: str) -> Callable[[Handler], Handler]:
        """Register the decorated handler under space-separated names."""

        def register(handler: Handler) -> Handler:
            command = SlashCommand(tuple(names.split()), usage, help, handler)
            for name in command.names:
                if name in self.table:
                    raise ValueError(f"{name} is registered already")
                self.table[name] = command
            self.listed.append(command)
            return handler

        return register

    def interpret(self, line: str, *, pasted: bool = False) -> Say | Run | Unknown | None:
        """Tell what a typed line means; None if it is blank. A pasted text of several lines is text."""
        if not line.strip():
            return None
        if pasted or not line.lower().startswith(("/", "cmd!")):
            return Say(line)
        if line.startswith("//"):
            return Say(line[1:])
        typed, argument = split_first(line)
        if typed.lower() == "/me" and argument:
            return Say(f"/me {argument}")
        if typed.lower().startswith("cmd!"):
            typed, _, first = typed.partition(":")
            argument = f"{first} {argument}".strip()
        command = self.table.get(typed.lower())
        if command is not None:
            return Run(command, argument)
        spelt_out = [name for name in self.table if not name[1:].isdigit()]
        near = difflib.get_close_matches(typed.lower(), spelt_out, 1)
        return Unknown(typed, near[0] if near else None)
