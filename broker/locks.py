"""A lock beside each ipc path: ZeroMQ lets a second bind take a path away from the first."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def lock_ipc(path: str) -> int:
    """Lock an ipc path for this process; return the descriptor that holds the lock until it is closed.

    Raise BlockingIOError if another process has it, another OSError if the lock file cannot be made.
    Abstract addresses (`@name`) need none: the kernel refuses the second bind. They return -1.
    """
    if path.startswith("@"):
        return -1
    descriptor = os.open(Path(path + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
