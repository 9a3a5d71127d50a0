"""A lock on a data directory, so that two brokers never share one."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from broker.core.store import StoreError


class InUseError(StoreError):
    """Another process holds the lock."""


def lock_directory(directory: Path) -> int:
    """Make a data directory if there is none, and lock it for this process.

    Return a descriptor; closing it unlocks the directory. Raise InUseError if another process holds the lock,
    StoreError if the directory cannot be used.
    """
    if directory.is_symlink() and not directory.exists():
        raise StoreError(f"{directory} is a broken link; repair it or choose another with --data")
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(directory / "lock", flags, 0o600)
    except OSError as error:
        raise StoreError(f"cannot use {directory}: {error.strerror}; choose another with --data") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InUseError(
            f"another broker or verb uses {directory}; wait for it, stop it or choose another with --data"
        ) from None
    return descriptor
