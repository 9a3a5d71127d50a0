"""The file that keeps what was typed for the next start: one JSON document a line, the newest last."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from client.editor.inputs import LINE_LIMIT, TypedLine
from client.editor.keyboard import is_typeable
from client.editor.typed_history import MOST_LINES
from messages.directories import base_directory

MOST_BYTES = 1_000_000
"""The file has at most twice as many bytes, and at most twice MOST_LINES lines, after a start."""

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class HistoryFile:
    """Typed lines in a file that only its owner can read. Several clients can use it at the same time.

    If the file cannot be used, nothing is kept, and `trouble` says why.
    """

    def __init__(self, path: Path) -> None:
        self.trouble = ""
        self._path = path
        self._last: TypedLine | None = None

    def load(self) -> list[TypedLine]:
        """Return the newest lines, the oldest of them first. Drop others if the file has become too long."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked() as file:
                size = os.fstat(file).st_size
                begin = max(0, size - MOST_BYTES)
                stored = os.pread(file, MOST_BYTES, begin).split(b"\n")[1 if begin else 0 :]
                kept = [one for one in stored if one][-MOST_LINES:]
                if begin or len(stored) > 2 * MOST_LINES:
                    os.ftruncate(file, 0)
                    os.write(file, b"".join(one + b"\n" for one in kept))
        except OSError as error:
            self.trouble = f"What you type is not kept for the next start: {self._path}: {error.strerror}."
            return []
        lines = [line for line in map(_parse, kept) if line is not None]
        self._last = lines[-1] if lines else None
        return lines

    def add(self, line: TypedLine) -> None:
        """Keep a line, unless it is blank or equals the last one."""
        if self.trouble or not line.text.strip() or line == self._last:
            return
        self._last = line
        document = {"pasted": line.text} if line.pasted else line.text
        try:
            with self._locked() as file:
                os.write(file, json.dumps(document).encode() + b"\n")
        except OSError as error:
            self.trouble = error.strerror or str(error)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Open the file for one client at a time, and see that it is private."""
        file = os.open(self._path, _FLAGS, 0o600)
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                raise PermissionError(0, "it is not a file of yours")
            if stat.S_IMODE(found.st_mode) & 0o077:
                os.fchmod(file, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def usual_history_file(environ: Mapping[str, str]) -> HistoryFile | None:
    """Return the file in the user's state directory; None if there is no such directory."""
    try:
        directory = base_directory(environ, "XDG_STATE_HOME", ".local/state")
    except ValueError:
        return None
    return HistoryFile(directory / "chat-client" / "input-history")


def _parse(stored: bytes) -> TypedLine | None:
    """Return a line that was kept; None if it is damaged or of a later version."""
    try:
        document = json.loads(stored)
    except (ValueError, RecursionError):
        return None
    match document:
        case str(text):
            line = TypedLine(text)
        case {"pasted": str(text)}:
            line = TypedLine(text, pasted=True)
        case _:
            return None
    return line if is_typeable(line.text) and len(line.text) <= LINE_LIMIT else None
