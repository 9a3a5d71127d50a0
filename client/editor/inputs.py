"""The inputs that the line editor returns to its owner."""

from __future__ import annotations

from dataclasses import dataclass

LINE_LIMIT = 20_000
"""Characters kept of a line: far more than a message may have, so a longer line is still refused."""


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A finished line, perhaps empty. `pasted`: it holds a pasted text of several lines."""

    text: str
    pasted: bool = False


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
