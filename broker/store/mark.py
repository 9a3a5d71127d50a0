"""How far the log had got at the last confirmed commit, noted outside it: so that a cut one is noticed."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from zlib import crc32

_NOTE = struct.Struct("<8sI")
_SUM = struct.Struct("<I")


def read_mark(path: Path) -> tuple[int, bytes] | None:
    """Return the frames and salts that a file notes; None if there is no valid note."""
    try:
        return _understood(path.read_bytes()[: _NOTE.size + _SUM.size])
    except FileNotFoundError:
        return None


def _understood(found: bytes) -> tuple[int, bytes] | None:
    if len(found) != _NOTE.size + _SUM.size or _SUM.pack(crc32(found[: _NOTE.size])) != found[_NOTE.size :]:
        return None
    salts, frames = _NOTE.unpack(found[: _NOTE.size])
    return frames, salts


class Mark:
    """A file with the log's salts and number of frames, written without a sync after each commit.

    It may be behind the log after a power failure, but never before it.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def read(self) -> tuple[int, bytes] | None:
        """Return the frames and salts that were noted; None if there is no valid note."""
        return _understood(os.pread(self._descriptor, _NOTE.size + _SUM.size, 0))

    def write(self, frames: int, salts: bytes) -> None:
        """Note how far the log has got."""
        note = _NOTE.pack(salts, frames)
        os.pwrite(self._descriptor, note + _SUM.pack(crc32(note)), 0)

    def clear(self) -> None:
        """Note that the log may go, as all of it is about to be in the database."""
        os.ftruncate(self._descriptor, 0)
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
