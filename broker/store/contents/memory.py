"""Content in memory, for a broker without a disk and for tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from hashlib import sha256

from broker.core.contents import Outcome, Result


class _Upload:
    def __init__(self, size: int, hash: str) -> None:
        self.size = size
        self.hash = hash
        self.data = bytearray()
        self.complete = False


class MemoryContents:
    """Implements `broker.core.contents.Contents`. Outcomes are there at once."""

    def __init__(self) -> None:
        self.on_outcome: Callable[[], object] = int
        self._contents: dict[str, bytes] = {}
        self._uploads: dict[str, _Upload] = {}
        self._outcomes: list[Outcome] = []

    def keep_only(self, contents: Mapping[str, int], uploads: Collection[str]) -> list[str]:
        """Remove all but these, and return the hashes of missing contents."""
        going_on = {one: upload for one, upload in self._uploads.items() if not upload.complete}
        self._uploads = {one: upload for one, upload in going_on.items() if one in uploads}
        self._contents = {one: data for one, data in self._contents.items() if one in contents}
        return [one for one, size in contents.items() if len(self._contents.get(one, b"")) != size]

    def begin(self, ticket: int, upload: str, size: int, hash: str) -> None:
        """Begin an upload, or go on with it."""
        known = self._uploads.setdefault(upload, _Upload(size, hash))
        self._say(ticket, Result.GOING_ON, len(known.data))

    def write(self, ticket: int, upload: str, offset: int, data: bytes) -> None:
        """Add the next bytes of an upload."""
        known = self._uploads.get(upload)
        if known is None or (offset != len(known.data) and not known.complete):
            self._say(ticket, Result.ELSEWHERE, len(known.data) if known else 0)
            return
        if known.complete:
            self._say(ticket, Result.COMPLETE, known.size)
            return
        known.data += data
        if len(known.data) < known.size:
            self._say(ticket, Result.GOING_ON, len(known.data))
        elif len(known.data) > known.size or sha256(known.data).hexdigest() != known.hash:
            del self._uploads[upload]
            self._say(ticket, Result.DAMAGED)
        else:
            self._contents[known.hash] = bytes(known.data)
            known.complete, known.data = True, bytearray()
            self._say(ticket, Result.COMPLETE, known.size)

    def read(self, ticket: int, hash: str, offset: int, length: int) -> None:
        """Read bytes of a content."""
        data = self._contents.get(hash, b"")[offset : offset + length]
        missing = len(data) < length
        self._say(ticket, Result.MISSING if missing else Result.READ, offset, b"" if missing else data)

    def end(self, upload: str) -> None:
        """Forget an upload."""
        self._uploads.pop(upload, None)

    def remove(self, hash: str) -> None:
        """Remove a content."""
        self._contents.pop(hash, None)

    def outcomes(self) -> list[Outcome]:
        """Return the outcomes since the last call."""
        taken, self._outcomes = self._outcomes, []
        return taken

    def close(self) -> None:
        """Do nothing."""

    def _say(self, ticket: int, result: Result, offset: int = 0, data: bytes = b"") -> None:
        if ticket:
            self._outcomes.append(Outcome(ticket, result, offset, data))
            self.on_outcome()
