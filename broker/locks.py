"""A lock beside each ipc path, because in ZeroMQ a second bind takes the path from the first."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def lock_ipc(path: str) -> int:
    """Lock an ipc path for this process; return the descriptor that holds the lock until it is closed.

    Raise BlockingIOError if another process has the lock, another OSError if its file cannot be made.
    Abstract addresses (`@name`) need no lock, as the kernel refuses a second bind. The wildcard `*` needs
    none, as ZeroMQ makes a new path. Return -1 for them.
    """
    if path.startswith("@") or path == "*":
        return -1
    descriptor = os.open(Path(path + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
