"""The details of a fault of the program, in a file for who is to mend it. A person sees one sentence."""

from __future__ import annotations

import os
import stat
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from client.exits import ClientExit
from messages.directories import base_directory
from messages.exits import Exit
from messages.text import neutralise
from messages.version import __version__

_MOST_FAULT, _MOST_FILE = 32_000, 128_000
"""The most bytes of one fault, and of the file. Older faults are dropped."""

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def end_by_fault(error: BaseException, environ: Mapping[str, str], unsent: str = "") -> ClientExit:
    """Keep the details of a fault, and return the end of the program, which says what is `unsent`."""
    more = f"; {unsent}" if unsent else ""
    what = "the full screen has ended by a fault"
    try:
        path = base_directory(environ, "XDG_STATE_HOME", ".local/state") / "chat-client" / "fault.log"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _add(str(path), _details(error))
    except (OSError, ValueError):
        return ClientExit(Exit.FAILED, f"{what}: {_named(error)}{more}")
    return ClientExit(Exit.FAILED, f"{what}; the details are in {neutralise(str(path))}{more}")


def _named(error: BaseException) -> str:
    lines = neutralise(str(error), keep="\n").splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _details(error: BaseException) -> bytes:
    now = datetime.now(UTC)
    text = f"--- {now:%Y-%m-%d %H:%M:%S} UTC, chat-client {__version__}\n"
    details = "".join(traceback.format_exception(error)).encode(errors="backslashreplace")
    return text.encode() + details[-_MOST_FAULT:] + b"\n"


def _add(path: str, details: bytes) -> None:
    """Add to the file, which only its owner can read."""
    file = os.open(path, _FLAGS, 0o600)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(0, "it is not a file of yours")
        with suppress(PermissionError):
            os.fchmod(file, 0o600)
        kept = os.pread(file, _MOST_FILE, max(found.st_size - _MOST_FILE + len(details), 0))
        os.ftruncate(file, 0)
        os.pwrite(file, kept[-(_MOST_FILE - len(details)) :] + details, 0)
    finally:
        os.close(file)
