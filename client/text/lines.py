"""A line for the person, and where in it the text of a message stands."""

from __future__ import annotations

from typing import NamedTuple

from client.text.styles import Run, Style

INDENT = "\n      "
"""What stands for a line break within a message, so that nothing in it looks like a line of its own."""


class Line(NamedTuple):
    """One line: `data` if it is a message or a result, otherwise a notice.

    `text[start:end]` is the text of a message, neutralised and indented. Markup is shown there alone.
    """

    text: str
    data: bool
    start: int = 0
    end: int = 0

    def runs(self, before: str = "") -> list[Run]:
        """Return the line as styled text, with the markup of its message. `before` stands before it."""
        from client.text.markup import parse  # noqa: PLC0415 - pipes and verbs show none

        written = self.text[self.start : self.end].replace(INDENT, "\n")
        body = [Run(run.text.replace("\n", INDENT), run.style) for run in parse(written)]
        return [Run(before + self.text[: self.start]), *body, Run(self.text[self.end :], Style.NOTE)]


def line_of(head: str, body: str, tail: str = "") -> Line:
    """Return a line of data in which a peer's text stands between what the program says."""
    return Line(head + body + tail, True, len(head), len(head) + len(body))
