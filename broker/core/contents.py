"""The content of files as the core uses it. Implementations are in `broker.store.contents`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from enum import Enum, auto
from typing import NamedTuple, Protocol


class Result(Enum):
    """What came of a call."""

    GOING_ON = auto()
    """The upload is stored up to `offset`."""
    COMPLETE = auto()
    """All of the upload is stored under its hash, as firmly as this implementation can."""
    DAMAGED = auto()
    """The upload's size or hash is another one. It is removed."""
    ELSEWHERE = auto()
    """The upload goes on at `offset`, so nothing was written."""
    READ = auto()
    """`data` are the bytes."""
    MISSING = auto()
    """There is no such content, or it is shorter than that."""
    FAILED = auto()
    """`reason` says why, for everybody. The upload goes on at `offset`."""


class Outcome(NamedTuple):
    """The outcome of the call with this `ticket`."""

    ticket: int
    result: Result
    offset: int = 0
    data: bytes = b""
    reason: str = ""


def _ignore() -> None:
    """Ignore that there are outcomes."""


class Contents(Protocol):
    """Keeps content by its SHA-256, and uploads by their ids. Only one thread uses it.

    A call that names a ticket returns at once. `outcomes` returns later what came of it, unless the ticket is
    0. The calls for one upload or one content are carried out in order.
    """

    on_outcome: Callable[[], object]
    """Called by any thread when there are outcomes."""

    def keep_only(self, contents: Mapping[str, int], uploads: Collection[str]) -> list[str]:
        """Remove all but these, at the start. Return the hashes whose content is missing.

        `contents` are sizes by hash. Content of another size counts as missing.
        """
        ...

    def begin(self, ticket: int, upload: str, size: int, hash: str) -> None:
        """Begin an upload, or go on with one that was begun by an earlier run. Outcome: GOING_ON, FAILED."""
        ...

    def write(self, ticket: int, upload: str, offset: int, data: bytes) -> None:
        """Write the next bytes of an upload. Outcome: all but READ and MISSING."""
        ...

    def read(self, ticket: int, hash: str, offset: int, length: int) -> None:
        """Read bytes of a content. Outcome: READ, MISSING or FAILED."""
        ...

    def end(self, upload: str) -> None:
        """Remove an upload, if it is not complete, and forget it."""
        ...

    def remove(self, hash: str) -> None:
        """Remove a content."""
        ...

    def outcomes(self) -> list[Outcome]:
        """Return the outcomes since the last call, in their order."""
        ...

    def close(self) -> None:
        """Finish what was called, and release all resources."""
        ...
