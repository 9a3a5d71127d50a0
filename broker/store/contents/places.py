"""Where content lies in a data directory. All names are made here, of hashes and ids, and never of texts."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from broker.ownership import give_to_owner
from broker.store.files.naming import sync

FILES = "files"
"""The directory in the data directory. `ab/ab…` is the content with that hash, `uploads` has the others."""

UPLOADS = "uploads"

_HEX = frozenset("0123456789abcdef")


class Places:
    """The paths of content in the directory `root`, which is made when it is first needed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._uploads = self.root / UPLOADS

    def content(self, hash: str) -> Path:
        """Return the path of a content. Raise FileNotFoundError if this is no hash, but perhaps a path."""
        if not _is_hash(hash):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), hash)
        return self.root / hash[:2] / hash

    def open_content(self, hash: str) -> BinaryIO:
        """Open a content to read. Raise OSError, also if it is a link, a pipe or a device."""
        path = self.content(hash)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "it is no file", str(path))
        return os.fdopen(descriptor, "rb")

    def upload(self, upload: str) -> Path:
        """Return the path of an upload that goes on."""
        return self._uploads / upload

    def make(self) -> None:
        """Make the directory. Raise FileExistsError if there is one."""
        self.root.mkdir(mode=0o700)
        _give(self.root)

    def new_content(self, hash: str) -> BinaryIO:
        """Return a new file for a content. Raise FileExistsError if there is one, or another OSError."""
        self.make_shard(hash)
        descriptor = os.open(self.content(hash), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        give_to_owner(descriptor, self.root)
        return os.fdopen(descriptor, "wb")

    def size(self, hash: str) -> int | None:
        """Return the size of a content, or None if there is none."""
        try:
            return self.content(hash).stat().st_size
        except OSError:
            return None

    def make_uploads(self) -> None:
        """Make the directory of uploads, if there is none. Raise OSError."""
        if not self._uploads.is_dir():
            _make(self.root)
            _make(self._uploads)

    def make_shard(self, hash: str) -> None:
        """Make the directory of a content, if there is none. Raise OSError."""
        shard = self.root / hash[:2]
        if not shard.is_dir():
            _make(self.root)
            _make(shard)

    def contents(self) -> Iterator[Path]:
        """Yield the files of all contents."""
        if self.root.is_dir():
            for shard in self.root.iterdir():
                if len(shard.name) == 2 and shard.is_dir():
                    yield from (file for file in shard.iterdir() if _is_hash(file.name))

    def uploads(self) -> Iterator[Path]:
        """Yield the files of all uploads that go on."""
        if self._uploads.is_dir():
            yield from self._uploads.iterdir()


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        return
    _give(directory)


def _give(directory: Path) -> None:
    """Give a new directory to the owner of the one above, and sync that."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        give_to_owner(descriptor, directory.parent)
    finally:
        os.close(descriptor)
    sync(directory.parent)


def _is_hash(name: str) -> bool:
    return len(name) == 64 and _HEX.issuperset(name)
