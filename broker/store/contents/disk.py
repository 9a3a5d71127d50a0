"""Content in a directory beside the database. Two threads do the work, so that it never holds up the broker.

One thread writes and reads. The other one syncs, names and removes files, which can take long. What concerns
one upload or content goes through both in order.
"""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from broker.core.contents import Outcome, Result
from broker.ownership import open_or_make
from broker.store.contents.places import FILES, Places
from broker.store.contents.thread import Worker
from broker.store.failures import FULL, translated_errors
from broker.store.files.naming import sync

SYNCED_AFTER = 8 * 1024 * 1024
"""Bytes of an upload after which they are moved to the disk, so that not all are left for the end."""

SLICE = 4 * 1024 * 1024
"""Bytes of an earlier upload that are hashed before others have their turn."""

RESERVE = 32 * 1024 * 1024
"""Bytes of the disk that uploads leave free, so that messages can still be stored."""


class _Upload:
    """An upload that goes on. The second thread has it while it is `finishing`."""

    def __init__(self, size: int, hash: str) -> None:
        self.size = size
        self.hash = hash
        self.begin_anew()
        self.finishing = self.complete = False

    def begin_anew(self) -> None:
        """Count and hash from the beginning."""
        self.offset = self.synced = 0
        self.hashed = sha256()

    def add(self, data: bytes) -> None:
        """Count and hash the next bytes."""
        self.hashed.update(data)
        self.offset += len(data)


class DiskContents:
    """Implements `broker.core.contents.Contents` in a data directory."""

    def __init__(self, directory: Path) -> None:
        self.on_outcome: Callable[[], object] = int
        self._places = Places(directory / FILES)
        self._uploads: dict[str, _Upload] = {}
        self._looking: dict[str, list[int]] = {}  # tickets, by the uploads of an earlier run that are hashed
        self._outcomes: deque[Outcome] = deque()
        self._told = False
        self._first, self._second = Worker("files"), Worker("files-sync")

    def keep_only(self, contents: Mapping[str, int], uploads: Collection[str]) -> list[str]:
        """Remove all but these, and return the hashes of missing contents. Call it before anything else.

        Raise StoreError if the directory cannot be used.
        """
        held: dict[str, int] = {}
        with translated_errors(self._places.root):
            for file in self._places.contents():
                if file.name in contents:
                    held[file.name] = file.stat().st_size
                else:
                    _remove_file(file)
            for file in self._places.uploads():
                if file.name not in uploads:
                    _remove_file(file)
        return [one for one, size in contents.items() if held.get(one) != size]

    def begin(self, ticket: int, upload: str, size: int, hash: str) -> None:
        """Begin an upload, or hash what an earlier run has written of it."""
        self._first.do(self._begin, ticket, upload, size, hash)

    def write(self, ticket: int, upload: str, offset: int, data: bytes) -> None:
        """Write the next bytes of an upload. With the last ones it becomes a content."""
        self._first.do(self._write, ticket, upload, offset, data)

    def read(self, ticket: int, hash: str, offset: int, length: int) -> None:
        """Read bytes of a content."""
        self._first.do(self._read, ticket, hash, offset, length)

    def end(self, upload: str) -> None:
        """Forget an upload, and remove what was written if it is not complete."""
        self._first.do(self._end, upload)

    def remove(self, hash: str) -> None:
        """Remove a content."""
        self._first.do(self._second.do, _remove, self._places.content(hash))

    def outcomes(self) -> list[Outcome]:
        """Return the outcomes since the last call."""
        self._told = False
        return [self._outcomes.popleft() for _ in range(len(self._outcomes))]

    def close(self) -> None:
        """Finish what was called, and end the threads. A second call does nothing."""
        self.on_outcome = int
        self._first.close()
        self._second.close()

    def _say(self, ticket: int, result: Result, offset: int = 0, data: bytes = b"", reason: str = "") -> None:
        if ticket:
            self._outcomes.append(Outcome(ticket, result, offset, data, reason))
            if not self._told:
                self._told = True
                self.on_outcome()

    def _begin(self, ticket: int, upload: str, size: int, hash: str) -> None:
        known = self._uploads.get(upload)
        if known is not None:
            self._say(ticket, Result.GOING_ON, known.offset)
            return
        known = _Upload(size, hash)
        if not ticket:  # it is new
            self._uploads[upload] = known
        elif upload in self._looking:
            self._looking[upload].append(ticket)
        else:
            self._looking[upload] = [ticket]
            self._look(upload, known)

    def _look(self, upload: str, known: _Upload) -> None:
        """Hash a part of what an earlier run has written, then let others have their turn."""
        try:
            with self._places.upload(upload).open("rb") as file:
                file.seek(known.offset)
                data = file.read(SLICE)
        except FileNotFoundError:
            data = b""
        except OSError as error:
            self._looked(upload, Result.FAILED, reason=_reason(error))
            return
        known.add(data)
        if data:
            self._first.do(self._look, upload, known)
            return
        if known.offset > known.size:
            known.begin_anew()
        self._uploads[upload] = known
        self._looked(upload, Result.GOING_ON, known.offset)

    def _looked(self, upload: str, result: Result, offset: int = 0, reason: str = "") -> None:
        for ticket in self._looking.pop(upload):
            self._say(ticket, result, offset, reason=reason)

    def _write(self, ticket: int, upload: str, offset: int, data: bytes) -> None:
        known = self._uploads.get(upload)
        if known is None:
            self._say(ticket, Result.ELSEWHERE)
        elif known.finishing:
            self._second.do(self._answer_finished, ticket, known)
        elif offset != known.offset:
            self._say(ticket, Result.ELSEWHERE, known.offset)
        elif known.offset + len(data) > known.size:
            self._discard(ticket, upload)
        else:
            self._add(ticket, upload, known, data)

    def _add(self, ticket: int, upload: str, known: _Upload, data: bytes) -> None:
        path = self._places.upload(upload)
        try:
            self._places.make_uploads()
            _put(path, known.offset, data)
        except OSError as error:
            with suppress(OSError):
                os.truncate(path, known.offset)
            self._say(ticket, Result.FAILED, known.offset, reason=_reason(error))
            return
        known.add(data)
        if known.offset == known.size:
            if known.hashed.hexdigest() != known.hash:
                self._discard(ticket, upload)
                return
            known.finishing = True
            self._second.do(self._finish, ticket, path, known)
            return
        if known.offset - known.synced >= SYNCED_AFTER:
            known.synced = known.offset
            self._second.do(_sync_early, path)
        self._say(ticket, Result.GOING_ON, known.offset)

    def _discard(self, ticket: int, upload: str) -> None:
        del self._uploads[upload]
        self._second.do(_remove, self._places.upload(upload))
        self._say(ticket, Result.DAMAGED)

    def _finish(self, ticket: int, path: Path, known: _Upload) -> None:
        """Make an upload a content that survives a power cut. If the disk fails, begin anew."""
        try:
            self._places.make_shard(known.hash)
            content = self._places.content(known.hash)
            sync(path)
            path.replace(content)
            sync(content.parent)
        except OSError as error:
            _remove(path)  # what a failed sync has left in memory is no longer reliable
            known.begin_anew()
            known.finishing = False
            self._say(ticket, Result.FAILED, reason=_reason(error))
            return
        known.complete = True
        self._say(ticket, Result.COMPLETE, known.size)

    def _answer_finished(self, ticket: int, known: _Upload) -> None:
        self._say(ticket, Result.COMPLETE if known.complete else Result.ELSEWHERE, known.offset)

    def _end(self, upload: str) -> None:
        self._uploads.pop(upload, None)
        self._second.do(_remove, self._places.upload(upload))

    def _read(self, ticket: int, hash: str, offset: int, length: int) -> None:
        try:
            with self._places.open_content(hash) as file:
                data = os.pread(file.fileno(), length, offset)
        except FileNotFoundError:
            self._say(ticket, Result.MISSING)
        except OSError as error:
            self._say(ticket, Result.FAILED, reason=_reason(error))
        else:
            self._say(ticket, Result.READ if len(data) == length else Result.MISSING, offset, data)


def _put(path: Path, offset: int, data: bytes) -> None:
    """Write bytes at an offset of a file, which is made if there is none. Raise OSError if that fails."""
    descriptor = open_or_make(path)
    try:
        disk = os.fstatvfs(descriptor)
        if data and disk.f_blocks and disk.f_bavail * disk.f_frsize < len(data) + RESERVE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        while data:
            written = os.pwrite(descriptor, data, offset)
            offset, data = offset + written, data[written:]
    finally:
        os.close(descriptor)


def _sync_early(path: Path) -> None:
    with suppress(OSError):  # it is named, removed, or fails again in the end
        sync(path)


def _remove(path: Path) -> None:
    with suppress(OSError):  # it was removed before, or the next start removes it
        path.unlink()
        sync(path.parent)


def _reason(error: OSError) -> str:
    return "its disk is full" if error.errno in FULL else "its disk fails"


def _remove_file(path: Path) -> None:
    """Remove a file; leave a directory alone, which is nobody's upload or content."""
    if path.is_symlink() or not path.is_dir():
        path.unlink()
