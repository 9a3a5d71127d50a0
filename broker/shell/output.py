"""What the verbs write: tables for people, JSON Lines for programs. Text of users cannot move the cursor."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from broker.exits import fail
from messages.exits import Exit
from messages.program import drop_unwritten, os_error_text
from messages.sentences import in_rows
from messages.text import escape_json, neutralise

Fields = Mapping[str, Any]
"""The fields of a JSON object."""


def write_json(objects: Iterable[Fields]) -> None:
    """Write objects as JSON Lines."""
    for fields in objects:
        write_line(escape_json(json.dumps(fields, ensure_ascii=False, separators=(",", ":"))))


def write_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write an aligned table with a line of heads."""
    lines = [list(heads), *([neutralise(str(cell)) for cell in row] for row in rows)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
        write_line("  ".join(padded).rstrip())


def write_line(text: str) -> None:
    """Write a line of text at once. If the reader has gone, exit without a message."""
    try:
        click.echo(in_rows(text, sys.stdout))
    except BrokenPipeError:
        drop_unwritten()
        sys.exit(128 + signal.SIGPIPE)
    except OSError as error:
        drop_unwritten()
        fail(os_error_text(error), Exit.FAILED)


def shown_time(at: int) -> str:
    """Return a time (Unix ms) in this machine's zone; `never` for 0."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at / 1000)) if at else "never"


def _width(text: str) -> int:
    from wcwidth import wcswidth  # noqa: PLC0415 - a broker needs no tables

    width = wcswidth(text)
    return width if width >= 0 else len(text)
