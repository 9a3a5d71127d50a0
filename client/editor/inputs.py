"""The inputs that the line editor returns to its owner."""

from __future__ import annotations

from dataclasses import dataclass, field

from client.core.sending.long_texts import LINE_LIMIT

__all__ = ["LINE_LIMIT", "Clear", "EndOfInput", "Input", "Interrupt", "Suspend", "TypedLine"]


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A finished line, perhaps empty. `pasted`: it holds a pasted text of several lines.

    `mark` is what the editor's owner had set when the line was begun.
    """

    text: str
    pasted: bool = False
    mark: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class EndOfInput:
    """Ctrl-D on an empty line, or the terminal was closed."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Ctrl-C with nothing to clear that can be seen. `again`: the key before it was Ctrl-C as well."""

    again: bool


@dataclass(frozen=True, slots=True)
class Clear:
    """Ctrl-L: clear the screen."""


@dataclass(frozen=True, slots=True)
class Suspend:
    """Ctrl-Z: stop the program. A Terminal does that itself and does not return it."""


Input = TypedLine | EndOfInput | Interrupt | Clear | Suspend
