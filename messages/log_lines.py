"""The lines of a program's log: as text for people, or as JSON for programs."""

from __future__ import annotations

import json
import logging
import textwrap
from typing import Any

from messages.text import reveal


class TextFormatter(logging.Formatter):
    """Formats an entry as one line, and its traceback indented. Nobody's text can move the cursor."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s", "%Y-%m-%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line, with control characters escaped."""
        return reveal(f"{record.asctime} {record.levelname.lower():<7} {record.message}")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return the traceback escaped and indented. It may quote a client's text."""
        return textwrap.indent(reveal(super().formatException(ei), keep="\n"), "    ")


class JsonFormatter(logging.Formatter):
    """Formats an entry as one JSON object: at (Unix ms), level, event, text, and the event's own fields.

    An entry without an event has the name of the `program`.
    """

    def __init__(self, program: str) -> None:
        super().__init__()
        self._program = program

    def format(self, record: logging.LogRecord) -> str:
        """Return the object as one line of ASCII."""
        entry: dict[str, Any] = {
            "at": int(record.created * 1_000),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", self._program),
            "text": record.getMessage(),
        }
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)
