"""What a typed text is meant as, if it is not simply said: a change of a message, an answer, a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from client.editor.inputs import TypedLine

STALE = -1
"""The mark of a draft that is not sent without another look at it."""


class Aim(Enum):
    """What a text can do to a message, by the command that does it."""

    EDIT = "edit"
    REPLY = "reply"


class Target(NamedTuple):
    """The message that the text being typed is for."""

    aim: Aim
    conversation: str
    seq: int

    @property
    def prompt(self) -> str:
        """What stands before the text."""
        return f"{self.aim.value} {self.seq}> "

    def command(self, text: str) -> str:
        """Return the command that does it."""
        return f"/{self.aim.value} {self.seq} {text}"


class Means(Enum):
    """How a long text is sent."""

    MESSAGE = "message"
    PARTS = "parts"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Meant(TypedLine):
    """A finished text for a target, or a long one with the person's answer how to send it."""

    target: Target | None = None
    means: Means = Means.MESSAGE


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is not sent, and its cursor. `before` is what stands back while a message is edited."""

    line: TypedLine
    cursor: int
    target: Target | None = None
    before: Draft | None = None

    def without_target(self) -> Draft:
        """Return the text alone, if nobody can say any more which message it was for."""
        return Draft(self.line, self.cursor)

    def renamed(self, conversation: str) -> Draft:
        """Return the draft in its conversation's new name."""
        target = self.target and self.target._replace(conversation=conversation)
        return Draft(self.line, self.cursor, target, self.before and self.before.renamed(conversation))
