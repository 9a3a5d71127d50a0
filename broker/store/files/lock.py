"""A lock on a data directory, so that two brokers never share one."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from broker.core.store import StoreError
from broker.ownership import open_or_make

LOCK = "lock"
"""The name of the lock's file in the data directory."""

_LOCKS = Path("/proc/locks")


class InUseError(StoreError):
    """Another process holds the lock."""


def lock_directory(directory: Path) -> int:
    """Make a data directory if there is none, and lock it for this process.

    Return a descriptor; closing it unlocks the directory. Raise InUseError if another process holds the lock,
    or the removed lock of an earlier directory at this path. Raise StoreError if the directory cannot be
    used.
    """
    if directory.is_symlink() and not directory.exists():
        raise StoreError(f"{directory} is a broken link; repair it or choose another with --data")
    holder = _holder_of_removed(directory / LOCK)
    if holder:
        raise InUseError(
            f"the broker or verb with the process id {holder} still uses a removed directory {directory};"
            " end it, or choose another with --data"
        )
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = open_or_make(directory / LOCK)
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


def _holder_of_removed(lock: Path) -> str:
    """Return the id of a process that has a removed file with this path open, or nothing if none is seen.

    Linux shows this in /proc, to each user about their own processes and to root about all.
    """
    removed = f"{lock.resolve()} (deleted)"
    for process in _processes_with_locks():
        with suppress(OSError):  # it ended meanwhile, or is another user's
            if removed in _open_files(process):
                return process.name
    return ""


def _processes_with_locks() -> Iterator[Path]:
    """Yield the place in /proc of each process that has locked a file; of all processes if Linux hides this.

    To look at the open files of all processes takes longer than all else at the start of a broker.
    """
    try:
        lines = _LOCKS.read_text().splitlines()
    except OSError:
        yield from Path("/proc").glob("[0-9]*")
        return
    # as in "7: FLOCK  ADVISORY  WRITE 4711 08:01:1835121 0 EOF", see proc_locks(5)
    words = (line.split() for line in lines)
    yield from {Path("/proc", one[one.index("FLOCK") + 3]) for one in words if "FLOCK" in one}


def _open_files(process: Path) -> Iterator[str]:
    descriptors = f"{process}/fd"
    for descriptor in os.listdir(descriptors):  # noqa: PTH208
        with suppress(OSError):  # it was closed meanwhile
            yield os.readlink(f"{descriptors}/{descriptor}")  # noqa: PTH115


def lock_for_reading(directory: Path) -> int:
    """Keep brokers from using a data directory while it is read. Nothing is written.

    Return a descriptor; closing it unlocks the directory. Return -1 if there is nothing to lock, so that no
    broker uses it. Raise InUseError if another process may use it.
    """
    try:
        descriptor = os.open(directory / LOCK, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
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
    lock = directory / LOCK
    if error.errno == errno.EACCES and os.access(directory, os.W_OK) and lock.exists():
        return f"{lock} belongs to another user; run chown -R {os.geteuid()} {directory} as root"
    return f"{error.strerror}; choose another with --data"
