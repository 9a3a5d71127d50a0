"""What programs write for people: no given value and no text of others can control or deceive them."""

from __future__ import annotations

import os
import sys
from typing import TextIO

import click

from messages.text import neutralise

_USUAL_COLUMNS = 80


def tell(sentence: str) -> None:
    """Write a sentence to stderr."""
    click.echo(in_rows(neutralise(sentence), sys.stderr), err=True)


def in_rows(text: str, stream: TextIO | None) -> str:
    """Return a text as it is to be written to a stream.

    A terminal would continue a long line at its left edge, where it could pass for a line of somebody else.
    So on a terminal a long line is broken into rows that are indented.
    """
    if stream is None or stream.closed or not stream.isatty():
        return text
    from messages.rows import wrap_all  # noqa: PLC0415 - pipes need no tables

    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 0
    return wrap_all(text, columns or _USUAL_COLUMNS)
