"""Texts that are longer than a message may be, and how to split them."""

from __future__ import annotations

from itertools import takewhile
from unicodedata import category

from messages.limits import MAX_TEXT

LINE_LIMIT = 20_000
"""Characters kept of a typed or piped line: far more than a message may have."""

_JOINING = ("M", "C")  # combining marks; joiners, variation selectors and other formats


class TextTooLong(ValueError):
    """A text for `to` is longer than a message may be. The sentence says by how much."""

    def __init__(self, to: str, text: str) -> None:
        length = (
            f"this text has {len(text):,} characters, {len(text) - MAX_TEXT:,} more than a message may have"
        )
        cut = f"this text has {LINE_LIMIT:,} characters or more; a message may have {MAX_TEXT:,}"
        super().__init__(length if len(text) < LINE_LIMIT else cut)
        self.to = to
        self.text = text

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the line can have been cut off."""
        return len(self.text) < LINE_LIMIT


def check_length(to: str, text: str) -> None:
    """Raise TextTooLong if a text cannot be one message."""
    if len(text) > MAX_TEXT:
        raise TextTooLong(to, text)


def split_text(text: str) -> list[str]:
    """Return a text in parts that can be messages: between lines if possible, else between words."""
    parts = []
    left = text.strip()
    while len(left) > MAX_TEXT:
        end = _cut(left)
        parts.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return [*parts, left]


def _cut(text: str) -> int:
    """Return where to cut a text that is too long. A part has at least half of what it may have."""
    least = MAX_TEXT // 2
    line = text.rfind("\n", least, MAX_TEXT + 1)
    if line > 0:
        return line
    blanks = (at for at in range(MAX_TEXT, least, -1) if text[at].isspace())
    word = next(blanks, 0)
    if word:
        return word
    joined = takewhile(lambda at: category(text[at])[0] in _JOINING, range(MAX_TEXT, least, -1))
    return MAX_TEXT - sum(1 for _ in joined)
