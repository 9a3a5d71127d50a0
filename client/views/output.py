"""What the lines that people type, and their files, need of a view: line mode's screen, or another one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from client.editor.inputs import Input, TypedLine
from client.text.lines import Line


class Typing(Protocol):
    """Where a person types."""

    def read(self, mark: int = 0) -> list[Input]:
        """Return the inputs since the last call. Lines that are begun now get `mark`."""
        ...

    def put_back(self, line: TypedLine) -> bool:
        """Put an entered line back as the one being typed; return False if that is not empty."""
        ...


class Output(Protocol):
    """Where a person reads."""

    @property
    def terminal(self) -> Typing | None:
        """Where they type, if that is a terminal with an editor."""
        ...

    @property
    def as_json(self) -> bool:
        """Whether events are written as JSON."""
        ...

    def write(self, lines: Iterable[Line], at: datetime | None) -> None:
        """Write lines with a time, or without."""
        ...

    def notice(self, text: str) -> None:
        """Write a notice."""
        ...

    def complain(self, text: str) -> None:
        """Write what was refused."""
        ...
