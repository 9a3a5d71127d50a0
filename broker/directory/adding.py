"""Files of a data directory to which something is added. If root makes one, the directory's owner gets it."""

from __future__ import annotations

import os
from pathlib import Path

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # not to wait for a pipe


def open_to_add(path: Path) -> int:
    """Open a file to append to, and make it if there is none. Return its descriptor. Raise OSError.

    Only a file that was just made is given away: another one could be a second name of a file elsewhere.
    """
    try:
        descriptor = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, _FLAGS)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor
