"""What the core needs of a disk: a source to upload from, and a sink to download into."""

from __future__ import annotations

from typing import Protocol


class FileTrouble(Exception):
    """A file cannot be read or written; the text is a sentence for a person, without a full stop."""


class Source(Protocol):
    """A file to upload. Its methods raise FileTrouble, also if the file has changed since it was opened."""

    @property
    def name(self) -> str:
        """The name that others see."""
        ...

    @property
    def size(self) -> int:
        """The number of its bytes."""
        ...

    @property
    def media_type(self) -> str:
        """What its content is, such as image/png; empty if that is not known."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly these bytes."""
        ...

    def close(self) -> None:
        """Let go of it. A second call does nothing."""
        ...


class Sink(Protocol):
    """A place for a download. Its methods raise FileTrouble."""

    @property
    def have(self) -> int:
        """How many bytes are here from an earlier try."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes from an earlier try."""
        ...

    def write(self, data: bytes) -> None:
        """Append bytes."""
        ...

    def restart(self) -> None:
        """Drop all bytes."""
        ...

    def finish(self) -> None:
        """Keep the file for good: its content is whole and right."""
        ...

    def close(self) -> None:
        """Let go of it; an unfinished one is kept for another try. A second call does nothing."""
        ...
