"""The operator's log: notes of the core become lines on stderr, in a file or in syslog, as text or JSON.

A thread of its own writes them, so that a slow disk or a stopped terminal never holds up the broker.
"""

from __future__ import annotations

import errno
import json
import logging
import logging.handlers
import queue
import sys
import textwrap
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, TextIO, cast

from broker.core.outbox import LogEntry, LogEvent
from messages.names import LOBBY
from messages.text import counted, neutralise

NOTICE = 25
"""Between info and warning: what an operator wants to know on a quiet day."""

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "notice": NOTICE,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

_LEVEL_OF = {
    LogEvent.LOGIN: NOTICE,
    LogEvent.RESUME: NOTICE,
    LogEvent.LEAVE: NOTICE,
    LogEvent.CONNECTIONS: NOTICE,
    LogEvent.MESSAGE: logging.INFO,
    LogEvent.COMMAND: logging.INFO,
    LogEvent.REFUSED: logging.INFO,
    LogEvent.LAGGING: logging.WARNING,
    LogEvent.FLOODING: logging.WARNING,
    LogEvent.CONNECTION_LIMIT: logging.ERROR,
    LogEvent.FAULT: logging.ERROR,
    LogEvent.STORE_FAILED: logging.ERROR,
    LogEvent.STORE_RECOVERED: NOTICE,
    LogEvent.FORGOTTEN: NOTICE,
    LogEvent.PRUNED: NOTICE,
    LogEvent.DROPPED: logging.WARNING,
    LogEvent.AUTHENTICATOR_DOWN: logging.ERROR,
    LogEvent.AUTHENTICATOR_UP: NOTICE,
    LogEvent.AUDIT: NOTICE,
}

_MOST_WAITING = 10_000
_FILE_BYTES, _FILES = 10_000_000, 5
_COMPLAINT_SECONDS = 60.0

logger = logging.getLogger("broker")


def configure(level: str, file: Path | None, *, as_json: bool, syslog: str | None) -> None:
    """Send the log to stderr, to a rotating file and to syslog, as asked.

    Raise OSError or ValueError if it cannot. `syslog` is a socket's path or HOST:PORT (udp).
    """
    logging.addLevelName(NOTICE, "NOTICE")
    handlers: list[logging.Handler] = []
    if file is not None:
        handlers.append(
            _FileHandler(file, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8", delay=False)
        )
    if syslog is not None:
        handlers.append(_syslog_handler(syslog))
    if not handlers:
        handlers.append(_StreamHandler(sys.stderr))
    formatter = JsonFormatter() if as_json else TextFormatter()
    for handler in handlers:
        handler.setFormatter(formatter)
    logger.handlers = handlers
    logger.setLevel(LEVELS[level])
    logger.propagate = False


def _syslog_handler(address: str) -> logging.handlers.SysLogHandler:
    host, colon, port = address.rpartition(":")
    target = (host, int(port)) if colon and port.isdigit() else address
    if target != address and int(port) > 65_535:
        raise ValueError(f"{address}: a port is a number from 0 to 65535")
    if target == address and not Path(address).is_socket():  # which the handler itself would only find later
        raise FileNotFoundError(errno.ENOENT, "there is no syslog", address)
    handler = _SysLogHandler(target)
    handler.ident = "chat-broker: "
    return handler


class _Complaining(logging.Handler):
    """Says in one line on stderr, once in a while at most, that the log cannot be written."""

    _complained_at = float("-inf")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Tell of the exception that is being handled."""
        if record.created - self._complained_at < _COMPLAINT_SECONDS:
            return
        self._complained_at = record.created
        error = sys.exception()
        reason = getattr(error, "strerror", None) or error
        with suppress(AttributeError, OSError, ValueError):  # there may be no stderr, or this is it
            sys.stderr.write(f"chat-broker: cannot write the log, lines of it are lost: {reason}\n")


class _FileHandler(_Complaining, logging.handlers.RotatingFileHandler):
    pass


class _StreamHandler(_Complaining, logging.StreamHandler[TextIO]):
    pass


class _SysLogHandler(_Complaining, logging.handlers.SysLogHandler):
    priority_map: ClassVar = logging.handlers.SysLogHandler.priority_map | {"NOTICE": "notice"}


class TextFormatter(logging.Formatter):
    """One line an entry, in which nothing a peer sent can move a cursor; a traceback follows indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s", "%Y-%m-%d %H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line, with control characters escaped."""
        return neutralise(f"{record.asctime} {record.levelname.lower():<7} {record.message}")

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return the traceback, in which a client's text may be quoted, escaped and indented."""
        return textwrap.indent(neutralise(super().formatException(ei), keep="\n"), "    ")


class JsonFormatter(logging.Formatter):
    """One JSON object an entry: at (Unix ms), level, event, text, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object as one line of ASCII."""
        entry: dict[str, Any] = {
            "at": int(record.created * 1000),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "broker"),
            "text": record.getMessage(),
        }
        entry |= getattr(record, "fields", {})
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


_LINES = {
    LogEvent.LOGIN: "{name} logged in from {address}",
    LogEvent.RESUME: "{name} is back from {address}",
    LogEvent.LEAVE: "{name} left ({reason}), was at {address}",
    LogEvent.MESSAGE: "[{name}] {conversation} :: {text}",
    LogEvent.COMMAND: "{name} asked for {command}",
    LogEvent.REFUSED: "{address} sent what cannot be read: {code}, {text}",
    LogEvent.LAGGING: "{name} at {address} reads too slowly",
    LogEvent.FLOODING: "{name} at {address} floods, and was put out",
    LogEvent.CONNECTION_LIMIT: "{peers} connections: newcomers are refused; "
    "allow this process more open files",
    LogEvent.CONNECTIONS: "{name} asked for the connections",
    LogEvent.FAULT: "a fault in {request} asked for by {address}",
    LogEvent.STORE_FAILED: "the store failed, and what needs it is refused until it works again: {reason}",
    LogEvent.STORE_RECOVERED: "the store works again",
    LogEvent.FORGOTTEN: "{name} was forgotten, not having been here for {days}",
    LogEvent.PRUNED: "what was past its time in {conversation} was deleted: {messages}",
    LogEvent.DROPPED: "messages that are no frames of ours were dropped: {count}",
    LogEvent.AUTHENTICATOR_DOWN: "nobody new can connect to encrypted endpoints: "
    "what checks keys has stopped or hangs; restart the broker",
    LogEvent.AUTHENTICATOR_UP: "what checks keys answers again",
    LogEvent.AUDIT: "{name} did {text}",
}


def describe(note: LogEntry) -> str:
    """Return a note's line for people."""
    if note.event is LogEvent.MESSAGE and note.fields["conversation"] == LOBBY:
        return "[{name}] :: {text}".format_map(note.fields)
    fields = dict(note.fields)
    for name in fields.keys() & {"days", "messages"}:
        fields[name] = counted(cast("int", fields[name]), name.removesuffix("s"))
    return _LINES[note.event].format_map(fields)


_COLUMNS = ("name", "address", "rooms", "queue", "idle")


def format_table(rows: list[Mapping[str, object]]) -> str:
    """Return connections as an aligned table."""
    lines = [_COLUMNS, *(tuple(neutralise(str(row[column])) for column in _COLUMNS) for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def print_line(text: str) -> None:
    """Write on stdout, as far as it can show the text, and whether or not anybody reads it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    with suppress(OSError):
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)  # noqa: T201


class NoteLog:
    """Takes the core's notes and has a thread write them; what it cannot hold it drops and counts."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[LogEntry, ...] | None] = queue.Queue(_MOST_WAITING)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def write(self, notes: Iterable[LogEntry]) -> None:
        """Hand notes over; never blocks."""
        wanted = tuple(
            note
            for note in notes
            if note.event is LogEvent.CONNECTIONS or logger.isEnabledFor(_LEVEL_OF[note.event])
        )
        if not wanted:
            return
        try:
            self._waiting.put_nowait(wanted)
        except queue.Full:
            self._dropped += len(wanted)

    def close(self, seconds: float = 1.0) -> None:
        """Write what waits, for a moment at most."""
        try:
            self._waiting.put(None, timeout=seconds)
        except queue.Full:
            return
        self._thread.join(seconds)

    def _write_all(self) -> None:
        while (notes := self._waiting.get()) is not None:
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                logger.warning("%d log lines were dropped, the log cannot keep up", dropped)
            for note in notes:
                _write(note)


def _write(note: LogEntry) -> None:
    extra = {"event": note.event.value, "fields": dict(note.fields)}
    if note.event is LogEvent.CONNECTIONS:
        print_line(format_table(note.fields["rows"]))  # type: ignore[arg-type]
    error = note.error if note.event is LogEvent.FAULT else None
    logger.log(_LEVEL_OF[note.event], "%s", describe(note), exc_info=error, extra=extra)
