"""The question that comes before a long text is sent: as one message, as several, or as a file."""

from __future__ import annotations

from dataclasses import dataclass

from client.core.sending.long_texts import LINE_LIMIT, split_text
from client.screen.tones import BOLD, DIM, PLAIN, Row
from messages.limits import MAX_TEXT

MOST_ROWS = 20
"""A pasted text of more lines is not sent without a question."""

MOST_PASTED = 1_000_000
"""Characters of a paste that are kept. What does not fit into the composer can be sent as a file."""


@dataclass(frozen=True, slots=True)
class LongText:
    """How long a text is. If it is `too_long` even for the composer, it can only become a file."""

    text: str
    pasted: bool
    too_long: bool = False

    @property
    def parts(self) -> int:
        """The number of messages that it takes."""
        return 1 if len(self.text) <= MAX_TEXT else len(split_text(self.text))

    def rows(self) -> list[Row]:
        """Return the question."""
        lines = self.text.count("\n") + 1
        size = f"{lines:,} lines, " if lines > 1 else ""
        what = "Paste" if self.pasted else "Text"
        cut = " or more" if len(self.text) >= MOST_PASTED else ""
        rows: list[Row] = [[(f" {what} of {size}{len(self.text):,} characters{cut}", BOLD)]]
        if not self.too_long:
            parts = self.parts
            rows.append(_choice("Enter", "one message" if parts == 1 else f"{parts:,} messages"))
        rows.append(_choice("f", "a file"))
        rows.append(_choice("Esc", "leave it out" if self.too_long else "keep editing"))
        return rows


def is_long(text: str, *, pasted: bool) -> bool:
    """Whether a text is not sent without a question."""
    if len(text) > MAX_TEXT:
        return pasted or not text.startswith("/") or text.startswith("//")
    return pasted and text.count("\n") >= MOST_ROWS


def fits(before: str, pasted: str) -> bool:
    """Whether a paste fits into the composer beside what is there."""
    return len(before) + len(pasted) < LINE_LIMIT


def _choice(key: str, does: str) -> Row:
    return [(f" {key:5} ", BOLD), (does, PLAIN), (" ", DIM)]
