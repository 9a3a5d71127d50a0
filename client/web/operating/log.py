"""The gateway's log on stderr, and its access log: a line for each request, without anything secret."""

from __future__ import annotations

import logging
import logging.handlers
import queue
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from messages.log_lines import JsonFormatter, TextFormatter

FILE_BYTES, FILES = 10_000_000, 5
"""The size at which the access log is rotated, and how many old files are kept."""

STDOUT = Path("-")
_MOST_WAITING = 10_000
_REPORT_SECONDS = 60.0
_PRIORITIES = {logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 5}
"""Those of syslog. The broker that has started a gateway finds them before each line."""


class _ForParent(TextFormatter):
    """Lines for the broker's log, which adds the time: each has a priority."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines."""
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        priority = _PRIORITIES.get(record.levelno, 4)
        return "\n".join(f"<{priority}>{line}" for line in text.splitlines())


def open_log(*, as_json: bool, for_parent: bool) -> None:
    """Send what the gateway logs to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _ForParent() if for_parent else JsonFormatter("gateway") if as_json else TextFormatter()
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("chat-web").setLevel(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.ERROR)


class _Losing(logging.handlers.QueueHandler):
    """Hands lines to a thread, and loses them if too many wait."""

    lost = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Count a line."""
        self.lost += 1

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Return the record as it is: the thread formats it."""
        return record


def _reporting(handler: logging.Handler, lose: Any) -> logging.Handler:
    """Have a handler say on the gateway's log that it cannot write, once a minute at most."""
    reported_at = float("-inf")

    def report(record: logging.LogRecord) -> None:
        nonlocal reported_at
        lose()
        if record.created - reported_at >= _REPORT_SECONDS:
            reported_at = record.created
            error = sys.exception()
            reason = getattr(error, "strerror", None) or error
            logging.getLogger("chat-web").error("the access log loses lines: %s", reason)

    handler.handleError = report  # type: ignore[method-assign]
    return handler


class AccessLog:
    """Writes a line for each request in a thread: a full or slow disk holds up nobody."""

    def __init__(self) -> None:
        self._lost = 0
        self._entry: _Losing | None = None
        self._listener: logging.handlers.QueueListener | None = None

    @property
    def lost(self) -> int:
        """The lines that could not be written."""
        return self._lost + (self._entry.lost if self._entry else 0)

    def open(self, place: Path | None, *, as_json: bool) -> None:
        """Write to a file, or to stdout, or to nothing from now on. If it raises OSError, all stays."""
        handler = self._handler(place, as_json=as_json) if place else None
        self.close()
        if handler is None:
            return
        waiting: queue.Queue[logging.LogRecord] = queue.Queue(_MOST_WAITING)
        self._entry = _Losing(waiting)
        self._listener = logging.handlers.QueueListener(waiting, handler)
        self._listener.start()

    def _handler(self, place: Path, *, as_json: bool) -> logging.Handler:
        if place == STDOUT:
            handler: logging.Handler = logging.StreamHandler(sys.stdout)
        else:
            handler = logging.handlers.RotatingFileHandler(
                place, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"
            )
        handler.setFormatter(JsonFormatter("gateway") if as_json else TextFormatter())
        return _reporting(handler, self._lose)

    def _lose(self) -> None:
        self._lost += 1

    def write(self, text: str, fields: dict[str, object]) -> None:
        """Write a line. This never blocks."""
        if self._entry is not None:
            kind = {"event": "request", "fields": fields, "created": time.time()}
            self._entry.handle(
                logging.makeLogRecord({"levelno": 20, "levelname": "INFO", "msg": text} | kind)
            )

    def close(self) -> None:
        """Write what waits, and close the file."""
        if self._listener is not None:
            self._listener.stop()
            for handler in self._listener.handlers:
                with suppress(OSError):
                    handler.close()
        self._lost, self._entry, self._listener = self.lost, None, None
