"""Files that root makes in a data directory belong to the directory's owner, as the broker may run as that.

Only files that were just made are given away: another one could be a second name of a file elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path

_TO_ADD = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK  # not to wait for a pipe


def open_or_make(path: Path) -> int:
    """Open a file to read and write, and make it if there is none. Return its descriptor. Raise OSError."""
    return _open_or_make(path, os.O_RDWR)


def open_to_add(path: Path) -> int:
    """Open a file to append to, and make it if there is none. Return its descriptor. Raise OSError."""
    return _open_or_make(path, _TO_ADD)


def _open_or_make(path: Path, flags: int) -> int:
    flags |= os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, flags)
    give_to_owner(descriptor, path.parent)
    return descriptor


def give_to_owner(descriptor: int, directory: Path) -> None:
    """Give a file or directory that was just made in a data directory to the directory's owner."""
    if os.geteuid() == 0:
        owner = directory.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
