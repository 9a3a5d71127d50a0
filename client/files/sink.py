"""Places for downloads on this machine's disk. Nothing there is overwritten, and no link is followed."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from client.core.files.ports import FileTrouble
from client.files.names import free_names, safe_name
from client.files.trouble import told, trouble
from messages.files import File

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_IN_THE_WAY = "this is in the way of the download; remove it"
_BUSY = "another chat-client is getting this file now; wait for it"
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES, errno.EXDEV}
_DIRECTORY = {errno.ENOENT: "there is no such directory; make it, or choose another place"}


def into_directory(directory: Path) -> Callable[[File], PartSink]:
    """Return what opens the place for a file in a directory, under a safe and free name like its own."""
    return lambda file: _opened(directory, safe_name(file.name), free_names(safe_name(file.name)), file.hash)


def into_file(path: Path) -> Callable[[File], PartSink]:
    """Return what opens the place for a file at a path that must not exist."""

    def opened(file: File) -> PartSink:
        refuse_existing(path)
        return _opened(path.parent, path.name, [path.name], file.hash)

    return opened


def refuse_existing(path: Path) -> None:
    """Raise FileTrouble if there is something at a path."""
    with told(str(path)):
        there = os.path.lexists(path)
    if there:
        raise trouble(str(path), "this file exists already; choose another name")


def _opened(directory: Path, name: str, names: Iterable[str], digest: str) -> PartSink:
    return PartSink(directory, f"{name}.{digest[:16]}.part", names)


class PartSink:
    """A file `….part` that gets its name when it is whole, the first of `names` that is free.

    If the download ends early, the part stays. The next download of the same content goes on with it.
    """

    def __init__(self, directory: Path, part: str, names: Iterable[str]) -> None:
        self._part = directory / part
        self._names = [directory / name for name in names]
        self.path: Path | None = None
        """Where the file is, when it is whole."""
        self._file = self._open()
        self.have = os.fstat(self._file.fileno()).st_size
        self._file.seek(self.have)

    def _open(self) -> BinaryIO:
        with told(str(self._part), {errno.ELOOP: _IN_THE_WAY, errno.ENXIO: _IN_THE_WAY, **_DIRECTORY}):
            try:
                descriptor = os.open(self._part, _NEW, 0o666)
            except FileExistsError:
                descriptor = os.open(self._part, _OLD)
            file = open(descriptor, "r+b", buffering=0)  # noqa: SIM115, PTH123
        try:
            self._check(descriptor)
        except BaseException:
            file.close()
            raise
        return file

    def _check(self, descriptor: int) -> None:
        """Refuse what somebody else has put there, and what another process is writing."""
        is_ = os.fstat(descriptor)
        if not stat.S_ISREG(is_.st_mode) or is_.st_nlink != 1 or is_.st_uid != os.geteuid():
            raise trouble(str(self._part), _IN_THE_WAY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise trouble(str(self._part), _BUSY) from None
        except OSError:
            pass  # a disk without locks
        with told(str(self._part), {errno.ENOENT: _BUSY}):  # it got its name a moment ago
            there = self._part.lstat()
        if not os.path.samestat(is_, there):
            raise trouble(str(self._part), _BUSY)

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the part."""
        with told(str(self._part)):
            data = os.pread(self._file.fileno(), length, offset)
        if len(data) < length:
            raise trouble(str(self._part), "this file was changed meanwhile; try again")
        return data

    def write(self, data: bytes) -> None:
        """Append to the part."""
        with told(str(self._part)):
            while data:
                data = data[self._file.write(data) :]

    def restart(self) -> None:
        """Empty the part."""
        with told(str(self._part)):
            self._file.truncate(0)
            self._file.seek(0)
        self.have = 0

    def finish(self) -> None:
        """Give the part its name."""
        for path in self._names:
            if self._name(path):
                self.path = path
                return
        raise trouble(str(self._names[0]), "this file exists already; choose another name")

    def _name(self, path: Path) -> bool:
        """Give the part this name, if it is free."""
        with told(str(path)):
            try:
                os.link(self._part, path, follow_symlinks=False)
            except FileExistsError:
                return False
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                return self._take(path)
            self._part.unlink()
            return True

    def _take(self, path: Path) -> bool:
        """Do the same on a disk without links: take the name, then replace the empty file."""
        try:
            os.close(os.open(path, _NEW, 0o666))
        except FileExistsError:
            return False
        self._part.rename(path)
        return True

    def close(self) -> None:
        """Close the part. An empty one is removed."""
        if self._file.closed:
            return
        with suppress(OSError):
            if self.path is None and os.fstat(self._file.fileno()).st_size == 0:
                self._part.unlink()
        with told(str(self._part)):
            self._file.close()


class StreamSink:
    """Something that takes bytes in order, such as a pipe. What was written cannot be taken back."""

    have = 0

    def __init__(self, write: Callable[[bytes], int | None]) -> None:
        self._write = write
        self.error: Exception | None = None
        """What `write` raised."""

    def read(self, offset: int, length: int) -> bytes:
        """Raise FileTrouble: nothing can be read back."""
        raise FileTrouble("this stream cannot be read back")

    def write(self, data: bytes) -> None:
        """Write on."""
        try:
            while data and (written := self._write(data)) is not None:
                data = data[written:]
        except Exception as error:
            self.error = error
            raise FileTrouble(f"this stream takes no more: {error}") from None

    def restart(self) -> None:
        """Do nothing: it cannot be taken back."""

    def finish(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing: the stream belongs to the program."""
