"""What programs write for people: no given value and no text of others can control or deceive them."""

from __future__ import annotations

import os
import sys
from typing import TextIO

import click

from messages.text import neutralise

_USUAL_COLUMNS = 80
WIDE = 40
"""In narrower terminals texts have no attributes."""


def tell(sentence: str) -> None:
    """Write a sentence to stderr."""
    click.echo(in_rows(neutralise(sentence), sys.stderr), err=True)


def in_rows(text: str, stream: TextIO | None) -> str:
    """Return a text as it is to be written to a stream.

    A terminal would continue a long line at its left edge, where it could pass for a line of somebody else.
    So on a terminal a long line is broken into rows that are indented.
    """
    columns = columns_of(stream)
    if not columns:
        return text
    from messages.rows import wrap_all  # noqa: PLC0415 - pipes need no tables

    return wrap_all(text, columns)


def columns_of(stream: TextIO | None) -> int:
    """Return how many columns the terminal has to which a stream leads; 0 if it leads to none."""
    if stream is None or stream.closed or not stream.isatty():
        return 0
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 0
    return columns or _USUAL_COLUMNS
