"""A lock on a data directory, so that two brokers never share one."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from broker.core.store import StoreError
from broker.store.ownership import open_or_make


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
        descriptor = open_or_make(directory / "lock")
    except OSError as error:
        raise StoreError(f"cannot use {directory}: {_reason(directory, error)}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InUseError(
            f"another broker or verb uses {directory}; wait for it, stop it or choose another with --data"
        ) from None
    return descriptor


def lock_for_reading(directory: Path) -> int:
    """Keep brokers from using a data directory while it is read. Nothing is written.

    Return a descriptor; closing it unlocks the directory. Return -1 if there is nothing to lock, so that no
    broker uses it. Raise InUseError if another process may use it.
    """
    try:
        descriptor = os.open(directory / "lock", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return -1
    except OSError as error:
        raise InUseError(f"cannot use {directory / 'lock'}: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise InUseError(f"a broker uses {directory}") from None
    return descriptor


def _reason(directory: Path, error: OSError) -> str:
    """Return why a directory cannot be locked, and what to do."""
    lock = directory / "lock"
    if error.errno == errno.EACCES and os.access(directory, os.W_OK) and lock.exists():
        return f"{lock} belongs to another user; run chown -R {os.geteuid()} {directory} as root"
    return f"{error.strerror}; choose another with --data"
