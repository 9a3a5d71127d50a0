"""The sentences for what the disk cannot do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from client.core.files.ports import FileTrouble
from messages.text import reveal

_SENTENCES = {
    errno.ENOENT: "there is no such file; check its name",
    errno.ENOTDIR: "there is no such file; check its name",
    errno.EACCES: "you may not use this file; check its permissions",
    errno.EPERM: "you may not use this file; check its permissions",
    errno.EISDIR: "this is a directory; name a file",
    errno.ELOOP: "this is a symbolic link; name a file",
    errno.EEXIST: "this file exists already; choose another name",
    errno.ENOSPC: "the disk is full; make room, then try again to go on",
    errno.EDQUOT: "your disk quota is reached; make room, then try again to go on",
    errno.EFBIG: "this disk takes no file as large as this; choose another disk",
    errno.EROFS: "this disk can only be read; choose another directory",
    errno.ENAMETOOLONG: "this name is too long; choose another one",
}


def trouble(name: str, why: str) -> FileTrouble:
    """Return the exception with a sentence about a file."""
    return FileTrouble(f"{reveal(name)}: {why}")


@contextmanager
def told(name: str, sentences: dict[int, str] = {}) -> Iterator[None]:  # noqa: B006 - is not changed
    """Turn an error of the system into a sentence; `sentences` are other ones by errno."""
    try:
        yield
    except OSError as error:
        known = {**_SENTENCES, **sentences}.get(error.errno or 0)
        raise trouble(name, known or (error.strerror or str(error)).lower()) from None
