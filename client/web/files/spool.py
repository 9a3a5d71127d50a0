"""Room for uploads on their way: bounded for all together and for each person, in files without a name."""

from __future__ import annotations

import os
import tempfile
from typing import IO

from client.web.files.problems import NoRoomError

MOST_BYTES = 2 << 30
"""Bytes of all uploads together."""

SHARES = 8
"""A person may have this part of the room, but always one file of the largest size."""

_FULL = "the gateway has no room for more files now; try again later"
_SHARE = "your files that are not sent yet take too much room; send or remove some first"


class Spool:
    """Counts the bytes of all uploads, so that nobody can fill the disk or take the others' room."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = self._left = most
        self._share = most // SHARES
        self._taken: dict[str, int] = {}

    @property
    def used(self) -> int:
        """Bytes that are reserved."""
        return self._most - self._left

    def take(self, who: str, size: int, largest: int) -> None:
        """Reserve room for somebody; raise NoRoomError if there is none. `largest` is the largest file."""
        taken = self._taken.get(who, 0) + size
        if taken > max(self._share, largest):
            raise NoRoomError(_SHARE)
        if size > self._left:
            raise NoRoomError(_FULL)
        self._left -= size
        self._taken[who] = taken

    def give_back(self, who: str, size: int) -> None:
        """Free room."""
        self._left += size
        self._taken[who] -= size
        if not self._taken[who]:
            del self._taken[who]


class SpoolFile:
    """Bytes on the disk. The file has no name, so that nothing is left if the process is killed."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None

    def write(self, data: bytes, offset: int) -> None:
        """Write all of this; raise NoRoomError if the disk does not take it."""
        rest = memoryview(data)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="chat-web-")  # noqa: SIM115
            while rest:
                written = os.pwrite(self._file.fileno(), rest, offset)
                rest, offset = rest[written:], offset + written
        except OSError:
            raise NoRoomError(_FULL) from None

    def read(self, offset: int, length: int) -> bytes:
        """Return these bytes, as far as they are there."""
        return b"" if self._file is None else os.pread(self._file.fileno(), length, offset)

    def close(self) -> None:
        """Remove it."""
        if self._file is not None:
            self._file.close()
            self._file = None
