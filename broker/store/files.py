"""Files that get their name only once they are complete and on the disk."""

from __future__ import annotations

import os
from pathlib import Path


def begin(target: Path) -> Path:
    """Make the file that is to become `target`, empty and for its owner only, and return its path."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return part


def publish(part: Path, target: Path) -> None:
    """Sync a file that is complete and give it its name. Raise FileExistsError if that is taken."""
    sync(part)
    try:
        os.link(part, target)  # which replaces nothing
        part.unlink()
    except FileExistsError:
        raise
    except OSError:  # some file systems have no second name for a file
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        part.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Have a file or a directory written to the disk. Raise OSError if that cannot be confirmed."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
