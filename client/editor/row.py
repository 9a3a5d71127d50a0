"""The row in which a terminal shows the line being typed."""

from __future__ import annotations

from client.editor.cells import following
from messages.rows import prefix, width
from messages.text import neutralise

_SIGNS = str.maketrans({"\n": "⏎", "\t": "⇥"})


def shown(text: str) -> str:
    """Return `text` without control sequences, with signs for line breaks and tabs."""
    return neutralise(text.translate(_SIGNS))


def fit(prompt: str, text: str, cursor: int, columns: int) -> tuple[str, int]:
    """Return the part of a prompt and a text that fits in a row of `columns` cells, and the cursor's column.

    The last column is for the cursor alone, so that no terminal wraps the row. Of a long prompt, the end is
    shown, in half of the row. A long text scrolls by half of its room, so that it rarely moves.
    """
    room = max(columns - 1, 0)
    head = shown(prompt)
    head = _without(head, max(width(head) - room // 2, 0))
    room -= width(head)
    before, after = shown(text[:cursor]), shown(text[cursor:])
    step = max(room // 2, 1)
    hidden = max(-(-(width(before) - room) // step), 0) * step
    before = _without(before, hidden)
    return head + prefix(before + after, room), width(head) + width(before)


def _without(text: str, columns: int) -> str:
    """Return `text` without the characters that are, even in part, in its first `columns` cells."""
    rest = text[len(prefix(text, columns)) :]
    cut = width(text) - width(rest) < columns
    return rest[following(rest, 0) :] if cut else rest
