"""Reads SQLite's write-ahead log without SQLite: https://www.sqlite.org/fileformat2.html#walformat."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import NamedTuple

from broker.store.files.synced_mark import SyncedMark

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">4I")
_FRAME_HEADER = 24
_MAGIC = (0x377F0682, 0x377F0683)  # the last bit: sums are over big-endian words
_WAL_INDEX = struct.Struct(
    "=16xI12x8s"
)  # number of valid frames, salts: https://www.sqlite.org/walformat.html
_WORD = 0xFFFFFFFF


class Log(NamedTuple):
    """The frames of a log that have its header's salts, by position from 1.

    `commits` are the positions that end a commit, and `last` is the last position.
    """

    salts: bytes
    commits: tuple[int, ...]
    last: int


def read_log(path: Path) -> Log | None:
    """Return the log beside a database, or None if there is none.

    Raise ValueError if it has frames but no valid header: SQLite would ignore its frames and say nothing.
    """
    try:
        file = path.with_name(path.name + "-wal").open("rb")
    except FileNotFoundError:
        return None
    with file:
        size = os.fstat(file.fileno()).st_size
        if size <= _HEADER.size:
            return None
        header = file.read(_HEADER.size)
        magic, _format, page, *_, first, second = _HEADER.unpack(header)
        if magic not in _MAGIC or _sum(header[:24], ">" if magic & 1 else "<") != (first, second):
            raise ValueError(f"the header of {file.name} is not what was written")
        salts = header[16:24]
        commits, last = [], 0
        step = _FRAME_HEADER + page
        for position in range(1, (size - _HEADER.size + page) // step + 1):
            found = os.pread(file.fileno(), _FRAME.size, _HEADER.size + (position - 1) * step)
            if len(found) == _FRAME.size and found[8:] == salts:
                last = position
                if found[4:8] != b"\0\0\0\0":
                    commits.append(position)
        return Log(salts, tuple(commits), last)


def was_lost(log: Log | None, recovered: int, noted: SyncedMark | None, held: int) -> bool:
    """Return whether a confirmed commit is missing from the first `recovered` frames, so that it is lost.

    A commit is confirmed before the next one begins. So a commit was confirmed if any frame follows it, or if
    the mark `noted` it. A torn commit at the end of the log was not. If the log is gone or is another one, a
    program may have moved it into the database. Then nothing is lost if `held`, the number of the last stored
    message, is not below the one in the mark.
    """
    if noted is not None and noted.number > held:
        return True
    if log is None:
        return False
    if noted is not None and noted.salts == log.salts and noted.frames > recovered:
        return True
    return any(recovered < commit < log.last for commit in log.commits)


class WalIndex:
    """The index of the log that SQLite keeps in shared memory. It stays open as long as the database.

    Closing it earlier would drop the locks that SQLite has on the file in this process.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path.with_name(path.name + "-shm"), os.O_RDONLY | os.O_CLOEXEC)

    def read(self) -> tuple[int, bytes]:
        """Return the number of valid frames in the log, and the log's salts."""
        frames, salts = _WAL_INDEX.unpack(os.pread(self._descriptor, _WAL_INDEX.size, 0))
        return frames, salts

    def close(self) -> None:
        """Close it. Close the database before."""
        os.close(self._descriptor)


def _sum(data: bytes, order: str) -> tuple[int, int]:
    """Return the checksum that the format prescribes."""
    first = second = 0
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second
