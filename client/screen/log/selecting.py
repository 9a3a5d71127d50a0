"""How selected messages look in the log."""

from __future__ import annotations

from client.screen.tones import BOLD, Row, text_of
from messages.rows import width

MARK = "▌"
"""Stands in the first column of what is marked."""


def highlighted(rows: list[Row], columns: int, *, chosen: bool, marked: bool) -> list[Row]:
    """Return the rows of a message: reversed if it is the chosen one, with a bar on the left if marked."""
    shown = [_marked(row) for row in rows] if marked else rows
    return [_reversed(row, columns) for row in shown] if chosen else shown


def _marked(row: Row) -> Row:
    (text, tone), *rest = row or [(" ", BOLD)]
    return [(MARK, BOLD), (text[1:], tone), *rest] if width(text[:1]) == 1 else [(MARK, BOLD), *row[1:]]


def _reversed(row: Row, columns: int) -> Row:
    blank = " " * max(columns - width(text_of(row)), 0)
    return [(text, tone._replace(reverse=True)) for text, tone in [*row, (blank, BOLD)]]
