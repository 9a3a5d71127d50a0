"""The path of the admin channel: an ipc socket in the data directory, even if its path is long."""

from __future__ import annotations

import os
from pathlib import Path

SOCKET = "admin"
"""The socket's name in the data directory."""

_MOST_BYTES = 107  # of a socket's path, in Linux; other systems allow a few less
_DESCRIPTORS = Path("/proc/self/fd")


def socket_path(directory: Path) -> str:
    """Return a path of the admin channel that the kernel takes. The directory must exist.

    If its own path is too long, the other path leads through a descriptor of the directory, which stays open
    as long as the process. Raise OSError if there is no such path.
    """
    direct = str((directory / SOCKET).absolute())
    if len(os.fsencode(direct)) < _MOST_BYTES - 4:
        return direct
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    through = _DESCRIPTORS / str(descriptor) / SOCKET
    if not through.parent.is_dir():
        os.close(descriptor)
        raise OSError(0, "the path is too long for a socket", direct)
    return str(through)
