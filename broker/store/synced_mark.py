"""How far the log had got at the last confirmed commit, noted outside it: so that a cut one is noticed."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

_NOTE = struct.Struct("<8sIQ")
_SUM = struct.Struct("<I")


class SyncedMark(NamedTuple):
    """The log's number of frames and its salts, and the number of the last message of all.

    After a clean end there are no frames: all of the log is in the database then.
    """

    frames: int
    salts: bytes
    number: int


def read_synced_mark(path: Path) -> SyncedMark | None:
    """Return what a file notes; None if there is no valid note."""
    try:
        return _understood(path.read_bytes())
    except FileNotFoundError:
        return None


def _understood(found: bytes) -> SyncedMark | None:
    if len(found) != _NOTE.size + _SUM.size or _SUM.pack(crc32(found[: _NOTE.size])) != found[_NOTE.size :]:
        return None
    salts, frames, number = _NOTE.unpack(found[: _NOTE.size])
    return SyncedMark(frames, salts, number)


class SyncedMarkFile:
    """A file with a note, written without a sync after each commit.

    It may be behind the log after a power failure, but never before it.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def read(self) -> SyncedMark | None:
        """Return what was noted; None if there is no valid note."""
        return _understood(os.pread(self._descriptor, _NOTE.size + _SUM.size, 0))

    def write(self, note: SyncedMark) -> None:
        """SyncedMark how far the log has got."""
        packed = _NOTE.pack(note.salts, note.frames, note.number)
        os.pwrite(self._descriptor, packed + _SUM.pack(crc32(packed)), 0)

    def sync(self) -> None:
        """Have the note written to the disk. Raise OSError if that cannot be confirmed."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
