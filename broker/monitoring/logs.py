"""The operator's log: writes the core's entries as text or JSON to stderr, a file or syslog.

It has its own thread, so a slow disk or a stopped terminal never delays the broker.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, cast

from broker.core.outbox import LogEntry, LogEvent
from broker.monitoring.log_handlers import FileHandler, Reporting, StreamHandler, syslog_handler
from messages.log_lines import JsonFormatter, TextFormatter
from messages.names import LOBBY
from messages.program import drop_unwritten
from messages.sentences import in_rows
from messages.text import counted, neutralise, reveal

NOTICE = 25
"""A level between info and warning, for logins, leaves and rare events."""

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
    LogEvent.CONNECTIONS_SCARCE: logging.ERROR,
    LogEvent.CONNECTIONS_ENOUGH: NOTICE,
    LogEvent.AUTHENTICATOR_DOWN: logging.ERROR,
    LogEvent.AUTHENTICATOR_UP: NOTICE,
    LogEvent.CLOCK_DOUBTED: logging.WARNING,
    LogEvent.CLOCK_TRUSTED: NOTICE,
    LogEvent.AUDIT: NOTICE,
    LogEvent.FILES_LOST: logging.ERROR,
}

_MOST_WAITING = 10_000

logger = logging.getLogger("broker")


def configure(level: str, file: Path | None, *, as_json: bool, syslog: str | None) -> None:
    """Send the log to a rotating file and to syslog if they are given, else to stderr.

    `syslog` is a socket's path or HOST:PORT (udp). Raise OSError or ValueError if one cannot be opened. Then
    nothing is changed.
    """
    logging.addLevelName(NOTICE, "NOTICE")
    handlers: list[logging.Handler] = []
    if syslog is not None:
        handlers.append(syslog_handler(syslog))
    if file is not None:
        handlers.append(FileHandler(file))
    if not handlers:
        handlers.append(StreamHandler(sys.stderr, as_json=as_json))
    formatter = JsonFormatter("broker") if as_json else TextFormatter()
    for handler in handlers:
        handler.setFormatter(formatter)
    logger.handlers = handlers
    logger.setLevel(LEVELS[level])
    logger.propagate = False


def reopen(level: str, file: Path | None, *, as_json: bool, syslog: str | None) -> None:
    """Do the same again, and close what was open before. If it raises, what was open stays open."""
    before, lost = logger.handlers, _unwritten()
    configure(level, file, as_json=as_json, syslog=syslog)
    for handler in logger.handlers[:1]:
        cast("Reporting", handler).lost = lost
    for handler in before:
        with suppress(OSError):  # its disk is full
            handler.close()


def present_file() -> Path | None:
    """Return the file of the log, or None if it goes elsewhere. Any thread may call this."""
    files = [handler.baseFilename for handler in logger.handlers if isinstance(handler, FileHandler)]
    return Path(files[0]) if files else None


def _unwritten() -> int:
    """Return how many lines the handlers could not write."""
    return sum(handler.lost for handler in logger.handlers if isinstance(handler, Reporting))


def open_failure(error: OSError | ValueError) -> str:
    """Return the sentence for an error of `configure`."""
    reason = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
    return f"cannot open the log: {reason}"


_LINES = {
    LogEvent.LOGIN: "{name} logged in from {address}",
    LogEvent.RESUME: "{name} is back from {address}",
    LogEvent.LEAVE: "{name} left ({reason}), was at {address}",
    LogEvent.MESSAGE: "[{name}] {conversation} :: {text}",
    LogEvent.COMMAND: "{name} asked for {command}",
    LogEvent.REFUSED: "{address} sent an invalid request: {code}, {text}",
    LogEvent.LAGGING: "{name} at {address} reads too slowly",
    LogEvent.FLOODING: "{name} at {address} was disconnected for flooding",
    LogEvent.CONNECTION_LIMIT: "{peers} connections: new ones are refused; "
    "allow this process more open files",
    LogEvent.CONNECTIONS: "{name} asked for the connections",
    LogEvent.FAULT: "a fault in the request {request} from {address}",
    LogEvent.STORE_FAILED: "the store failed; requests that need it are refused until it recovers: {reason}",
    LogEvent.STORE_RECOVERED: "the store works again",
    LogEvent.FORGOTTEN: "{name} was forgotten after {days} of absence",
    LogEvent.PRUNED: "retention deleted {messages} in {conversation}",
    LogEvent.DROPPED: "invalid ZeroMQ messages were dropped: {count}",
    LogEvent.CONNECTIONS_SCARCE: "connections are scarce: {connections}, of which {strangers} "
    "have not logged in; newcomers can be refused",
    LogEvent.CONNECTIONS_ENOUGH: "connections are no longer scarce",
    LogEvent.AUTHENTICATOR_DOWN: "new clients cannot connect to encrypted endpoints: "
    "the authenticator has stopped or hangs; restart the broker",
    LogEvent.AUTHENTICATOR_UP: "the authenticator works again",
    LogEvent.CLOCK_DOUBTED: "the clock is {off} the last known time: nothing is deleted for its age and "
    "nobody is forgotten, until the clock is set right or has gone on for a day; if it is right already, "
    "give --trust-clock",
    LogEvent.CLOCK_TRUSTED: "the clock is trusted again",
    LogEvent.AUDIT: "{name} did {text}",
    LogEvent.FILES_LOST: "the content of files is missing: {count}; chat-broker verify names their messages",
}


def describe(entry: LogEntry) -> str:
    """Return an entry as a line of text."""
    if entry.event is LogEvent.MESSAGE and entry.fields["conversation"] == LOBBY:
        return "[{name}] :: {text}".format_map(entry.fields)
    fields = dict(entry.fields)
    for name in fields.keys() & {"days", "messages"}:
        fields[name] = counted(cast("int", fields[name]), name.removesuffix("s"))
    return _LINES[entry.event].format_map(fields)


_COLUMNS = ("name", "address", "rooms", "queue", "idle")


def format_table(rows: list[Mapping[str, object]]) -> str:
    """Return connections as an aligned table."""
    lines = [_COLUMNS, *(tuple(reveal(str(row[column])) for column in _COLUMNS) for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def print_line(text: str) -> None:
    """Write a line on stdout, if that can be written. Control characters are shown as escapes."""
    try:
        print(neutralise(text, keep="\n"), flush=True)  # noqa: T201
    except OSError:
        drop_unwritten()


class _Note(NamedTuple):
    """A sentence of the broker itself, not of its core."""

    level: int
    sentence: str


class LogWriter:
    """Writes entries in a thread. If too many wait, it drops and counts them."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Sequence[LogEntry | _Note] | None] = queue.Queue(_MOST_WAITING)
        self._dropped = self._reported = 0
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """How many lines were lost, because they were too many or could not be written."""
        return self._dropped + _unwritten()

    def write(self, entries: Iterable[LogEntry]) -> None:
        """Hand entries to the thread. This never blocks."""
        wanted = tuple(
            entry
            for entry in entries
            if entry.event is LogEvent.CONNECTIONS or logger.isEnabledFor(_LEVEL_OF[entry.event])
        )
        if wanted:
            self._hand_over(wanted)

    def note(self, level: int, sentence: str) -> None:
        """Hand a sentence of the broker itself to the thread. This never blocks."""
        self._hand_over([_Note(level, sentence)])

    def _hand_over(self, entries: Sequence[LogEntry | _Note]) -> None:
        try:
            self._waiting.put_nowait(entries)
        except queue.Full:
            self._dropped += len(entries)

    def close(self, seconds: float = 1.0) -> bool:
        """Write the entries that wait, for up to twice `seconds`. Return whether all are written."""
        try:
            self._waiting.put(None, timeout=seconds)
        except queue.Full:
            return False
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _write_all(self) -> None:
        while (entries := self._waiting.get()) is not None:
            if self._dropped > self._reported:
                dropped, self._reported = self._dropped - self._reported, self._dropped
                logger.warning("%d log lines were dropped, the log cannot keep up", dropped)
            for entry in entries:
                _write(entry)


def _write(entry: LogEntry | _Note) -> None:
    if isinstance(entry, _Note):
        logger.log(entry.level, "%s", entry.sentence)
        return
    extra = {"event": entry.event.value, "fields": dict(entry.fields)}
    if entry.event is LogEvent.CONNECTIONS:
        print_line(in_rows(format_table(entry.fields["rows"]), sys.stdout))  # type: ignore[arg-type]
    error = entry.error if entry.event is LogEvent.FAULT else None
    logger.log(_LEVEL_OF[entry.event], "%s", describe(entry), exc_info=error, extra=extra)
