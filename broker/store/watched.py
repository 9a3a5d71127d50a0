"""Watches over open files: whether their names still lead to them, or they were removed or replaced."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from broker.core.store import StoreError

REMOVED = "its data directory was removed or replaced"
"""The reason that everybody is told."""


class WatchedFiles:
    """Files that this process has open, and their inodes.

    A process can write to a removed file as long as it is open. Nobody can read that again.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        """Note the inodes. Raise OSError if a file is missing."""
        self._files = [(str(path), _identity(str(path))) for path in paths]

    def check(self) -> None:
        """Raise StoreError if one of the files was removed or replaced."""
        for path, before in self._files:
            try:
                now = _identity(path)
            except OSError as error:
                raise StoreError(
                    f"{path} is gone ({error.strerror}) while the broker runs, and what is said now would be"
                    " lost; put the file back, or stop the broker and restore a backup",
                    REMOVED,
                ) from None
            if now != before:
                raise StoreError(
                    f"{path} was replaced by another file while the broker runs, and what is said now would"
                    " be lost; put the former file back, or restart the broker to use the present one",
                    REMOVED,
                )

    @property
    def intact(self) -> bool:
        """Whether all files are still in place."""
        try:
            self.check()
        except StoreError:
            return False
        return True


def _identity(path: str) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116 - three times as fast as Path.stat, and called at each commit
    return found.st_dev, found.st_ino
