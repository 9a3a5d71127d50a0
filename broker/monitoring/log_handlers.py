"""The destinations of the operator's log: a rotating file, syslog and stderr."""

from __future__ import annotations

import errno
import logging
import logging.handlers
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, TextIO

from broker.options.values import parse_http
from messages.sentences import in_rows

FILE_BYTES, FILES = 10_000_000, 5
"""The size at which a file is rotated, and how many old files are kept."""

REPORT_SECONDS = 60.0


class Reporting(logging.Handler):
    """Reports on stderr that the log cannot be written: one line a minute at most."""

    lost = 0
    """The lines that could not be written."""
    _reported_at = float("-inf")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Report the exception that is being handled."""
        self.lost += 1
        error = sys.exception()
        reason = getattr(error, "strerror", None) or error
        self.report(record.created, f"cannot write the log, and lines are lost: {reason}")

    def report(self, now: float, sentence: str) -> None:
        """Write a sentence to stderr, unless one was written in the last minute. `now` is a Unix time."""
        if now - self._reported_at < REPORT_SECONDS:
            return
        self._reported_at = now
        with suppress(AttributeError, OSError, ValueError):  # stderr may be closed, or be the log
            sys.stderr.write(f"chat-broker: {sentence}\n")


class FileHandler(Reporting, logging.handlers.RotatingFileHandler):
    """A file that is rotated, or that goes on to grow if its directory does not allow this."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raise OSError."""
        super().__init__(path, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8", delay=False)
        self._tried_at = float("-inf")

    def shouldRollover(self, record: logging.LogRecord) -> bool | int:  # noqa: N802 - logging's name
        """Return whether to rotate: if that failed, not before a minute has passed."""
        return record.created - self._tried_at >= REPORT_SECONDS and super().shouldRollover(record)

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry. Rotate the file before, if that is due and possible."""
        try:
            if self.shouldRollover(record):
                self.doRollover()
        except OSError as error:
            self._tried_at = record.created
            sentence = f"cannot rotate the log {self.baseFilename}, so it grows: {error.strerror}"
            self.report(record.created, f"{sentence}; allow the broker to write to its folder")
        logging.FileHandler.emit(self, record)


class StreamHandler(Reporting, logging.StreamHandler[TextIO]):
    """A stream. On a terminal, long entries go on indented, but for JSON, as that is for programs."""

    def __init__(self, stream: TextIO, *, as_json: bool) -> None:
        super().__init__(stream)
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the entry."""
        entry = super().format(record)
        return entry if self._as_json else in_rows(entry, self.stream)


class _SysLogHandler(Reporting, logging.handlers.SysLogHandler):
    priority_map: ClassVar = logging.handlers.SysLogHandler.priority_map | {"NOTICE": "notice"}


def syslog_handler(address: str) -> logging.handlers.SysLogHandler:
    """Return a handler for syslog at a socket's path or at HOST:PORT (udp).

    Raise OSError, which names the address, or ValueError with a sentence.
    """
    if "/" in address or ":" not in address:
        if not Path(address).is_socket():  # the handler finds this out only when it writes
            raise FileNotFoundError(errno.ENOENT, "not a syslog socket; give its path or HOST:PORT", address)
        target: str | tuple[str, int] = address
    elif address.startswith(":") or address.count(":") > 1 + address.count("[") * 7:
        raise ValueError(f"{address}: write HOST:PORT, with an IPv6 address in [ ], or a socket's path")
    else:
        target = parse_http(address)
    try:
        handler = _SysLogHandler(target)
    except socket.gaierror:
        raise ValueError(f"{address}: there is no such host; correct --syslog") from None
    except OSError as error:
        raise OSError(error.errno, error.strerror or os.strerror(error.errno or 0), address) from None
    handler.ident = "chat-broker: "
    return handler
