"""The rows above the composer: what is offered for the word, or the question about a long text."""

from __future__ import annotations

from client.screen.composer.field import Field
from client.screen.composer.popup import height_of, popup_rows
from client.screen.tones import Row, fitted

_SHARE = 3
"""What is offered takes at most a third of the screen's height."""


def offered_height(field: Field, room: int, height: int) -> int:
    """Return the rows that are wanted, if there is `room` for so many on a screen of a height."""
    if field.long is not None:
        return min(len(field.long.rows()), room)
    return height_of(field.offer, min(max(height // _SHARE, 1), room))


def offered_rows(field: Field, columns: int, height: int) -> list[Row]:
    """Return the rows."""
    if field.long is not None:
        return [fitted(row, columns) for row in field.long.rows()[:height]]
    return popup_rows(field.popup, field.offer, columns, height)
