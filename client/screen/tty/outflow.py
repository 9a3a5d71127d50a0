"""What is written to the terminal and has not gone out: so that frames are drawn only when there is room."""

from __future__ import annotations

import array
import asyncio
import fcntl
import os
import re
import select
import termios
import time
from contextlib import suppress

QUERY, ANSWER = "\x1b[5n", "\x1b[0n"
"""Asks the terminal for a sign of life, which it gives after all that was written before, and the sign."""

_QUERY_BYTES = 1_500
"""After so many bytes the terminal is asked. So typed characters are never followed by a query."""

_ANSWER_SECONDS = 3.0
"""If the answer takes longer, it is not waited for any more."""

_LATE_SECONDS = 0.2
"""At the end, so long is waited for an answer."""

_MOST_QUEUED = 256
"""Bytes that the line may still have to send when a frame is drawn."""

_UNKNOWN_BYTES, _UNKNOWN_RATE = 8_000, 16_000
"""If the terminal gives no sign, so many bytes are written at once, and in a second: it may be slow, and the
system keeps 20 KB for it that nobody can see."""

_STUCK_SECONDS = 0.3
"""At the end, so long is waited for a terminal that takes nothing."""

_RESET = b"\x18\x1b[0m\x1b[?2026l"
"""Ends a control sequence that was cut off, and what it could have begun."""

_BLANKS = re.compile(r"(\x1b\[[0-9;:]*[1-9][0-9;:]*m.*?\x1b\[0m)| {12,}", re.DOTALL)


def shortened(text: str) -> str:
    """Return what draws the same with fewer bytes: blanks without a style are erased instead of written."""

    def one(found: re.Match[str]) -> str:
        count = len(found[0])
        return found[1] or f"\x1b[{count}X\x1b[{count}C"

    return _BLANKS.sub(one, text) if " " * 12 in text else text


class Outflow:
    """Writes to a terminal without ever waiting for it, in a loop.

    `is_flowing` and `is_clear` tell whether there is room for a key, and for a frame. Raise OSError if the
    terminal cannot be opened once more: only so can writing be non-blocking here and not in the shell.
    """

    def __init__(self, descriptor: int) -> None:
        flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
        self._file = os.open(os.ttyname(descriptor), flags)
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._watched = False
        self._answers = False
        self._asked_at: float | None = None
        self._queried_at: float | None = None
        """When the query went out whose answer has not come, also if it was the first one."""
        self._since_query = 0
        self._unknown, self._unknown_at = 0.0, 0.0

    @property
    def is_flowing(self) -> bool:
        """Whether the system has taken all that was written."""
        return not self._waiting

    @property
    def is_clear(self) -> bool:
        """Whether the terminal has taken all that was written, as far as it can be known."""
        if self._waiting or self._queued() > _MOST_QUEUED:
            return False
        now = time.monotonic()
        if not self._answers:
            self._unknown = max(self._unknown - (now - self._unknown_at) * _UNKNOWN_RATE, 0.0)
            self._unknown_at = now
            return self._unknown < _UNKNOWN_BYTES
        return self._asked_at is None or now - self._asked_at > _ANSWER_SECONDS

    def write(self, text: str) -> None:
        """Write, now or when there is room."""
        text = shortened(text)
        self._since_query += len(text)
        self._unknown += len(text)
        if self._answers and self._asked_at is None and self._since_query >= _QUERY_BYTES:
            text += self._query()
        self._waiting += text.encode(errors="replace")
        if not self._watched:
            self._send()

    def ask(self) -> None:
        """Ask the terminal for a first sign. If there is none, it is never asked again."""
        self.write(self._query())

    def answered(self) -> None:
        """Take the sign."""
        self._answers = True
        self._asked_at = self._queried_at = None

    def drop(self) -> None:
        """Forget what the system has not taken, as something else is to be written now; ask no more."""
        self._answers = False
        if self._waiting:
            self._waiting[:] = _RESET

    def take_late_answer(self, descriptor: int) -> None:
        """Take the answer that may still come, so that the next program does not get it as typed."""
        if self._queried_at is None or time.monotonic() - self._queried_at > _ANSWER_SECONDS:
            return
        ready, end, heard = select.poll(), time.monotonic() + _LATE_SECONDS, b""
        ready.register(descriptor, select.POLLIN)
        with suppress(OSError):
            while ANSWER.encode() not in heard and (left := end - time.monotonic()) > 0:
                if not ready.poll(left * 1_000) or not (data := os.read(descriptor, 65_536)):
                    return
                heard += data

    def close(self) -> None:
        """Write what is left, if the terminal takes it soon."""
        if self._file < 0:
            return
        self._unwatch()
        if not self._sent_soon():
            with suppress(termios.error):
                termios.tcflush(self._file, termios.TCOFLUSH)
            self._waiting[:0] = _RESET
            self._sent_soon()
        os.close(self._file)
        self._file = -1

    def _query(self) -> str:
        self._queried_at, self._since_query = time.monotonic(), 0
        self._asked_at = self._queried_at if self._answers else None
        return QUERY

    def _queued(self) -> int:
        count = array.array("i", [0])
        with suppress(OSError):
            fcntl.ioctl(self._file, termios.TIOCOUTQ, count)
        return count[0]

    def _sent_soon(self) -> bool:
        """Write, and wait a moment for room. Return whether all is written, or the terminal is gone."""
        ready = select.poll()
        ready.register(self._file, select.POLLOUT)
        end = time.monotonic() + _STUCK_SECONDS
        while self._waiting and (left := end - time.monotonic()) > 0:
            ready.poll(left * 1_000)
            self._write()
        return not self._waiting

    def _send(self) -> None:
        self._write()
        if self._waiting and not self._watched:
            self._watched = True
            self._loop.add_writer(self._file, self._send)
        elif not self._waiting:
            self._unwatch()

    def _write(self) -> None:
        try:
            while self._waiting:
                del self._waiting[: os.write(self._file, self._waiting)]
        except BlockingIOError:
            pass
        except OSError:  # the terminal is gone, as the reader of keys will see
            self._waiting.clear()

    def _unwatch(self) -> None:
        if self._watched:
            self._watched = False
            self._loop.remove_writer(self._file)
