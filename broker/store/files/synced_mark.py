"""The synced mark: a file that says how long the log was at the last confirmed commit. It shows a cut log."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from broker.ownership import open_or_make

_MARK = struct.Struct("<8sIQ")
_CHECKSUM = struct.Struct("<I")


class SyncedMark(NamedTuple):
    """The log's number of frames and its salts, and the number of the last message.

    After a clean end there are no frames, because all of the log is in the database.
    """

    frames: int
    salts: bytes
    number: int


def read_synced_mark(path: Path) -> SyncedMark | None:
    """Return the mark in a file, or None if it has no valid one."""
    try:
        return _decoded(path.read_bytes())
    except FileNotFoundError:
        return None


def _decoded(found: bytes) -> SyncedMark | None:
    packed, checksum = found[: _MARK.size], found[_MARK.size :]
    if len(packed) != _MARK.size or _CHECKSUM.pack(crc32(packed)) != checksum:
        return None
    salts, frames, number = _MARK.unpack(packed)
    return SyncedMark(frames, salts, number)


class SyncedMarkFile:
    """The file with the mark. The store writes it after each commit, without a sync.

    So after a power failure the mark may be behind the log, but never ahead of it.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = open_or_make(path)

    def read(self) -> SyncedMark | None:
        """Return the mark, or None if there is no valid one."""
        return _decoded(os.pread(self._descriptor, _MARK.size + _CHECKSUM.size, 0))

    def write(self, mark: SyncedMark) -> None:
        """Write the mark."""
        packed = _MARK.pack(mark.salts, mark.frames, mark.number)
        os.pwrite(self._descriptor, packed + _CHECKSUM.pack(crc32(packed)), 0)

    def sync(self) -> None:
        """Sync the mark to the disk. Raise OSError if the disk cannot confirm it."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
