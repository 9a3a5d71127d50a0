"""Requests that wait for content to be read or written, and how far uploads have got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from broker.core.contents import Contents, Outcome
from broker.core.memory.holdings import Holdings
from broker.core.memory.model import Peer, Session, User
from broker.core.rates import too_many
from messages.base import Reply, Request
from messages.limits import MAX_CHUNKS

Finish = Callable[[Any, Outcome], Reply]
"""Makes the reply to a request, with the context of that moment, or raises RequestRefused."""

MOST_OF_USER = 2 * MAX_CHUNKS
"""Requests of a user that may wait."""

MOST_BYTES = 24 * 1024 * 1024
"""Bytes of all requests that wait together."""

RETRY_SECONDS = 0.25
"""When to ask again if too many wait."""


@dataclass(eq=False, slots=True)
class Progress:
    """How far an upload is: `offset` counts what is handed over to be written."""

    size: int
    hash: str
    offset: int

    @property
    def finishing(self) -> bool:
        """Whether all of it is handed over."""
        return self.offset >= self.size


@dataclass(eq=False, slots=True)
class Waiting:
    """A request that waits."""

    peer: Peer
    session: Session
    request: Request
    bytes: int
    finish: Finish


@dataclass(eq=False, slots=True)
class Transfers:
    """What goes on with the contents of files."""

    contents: Contents
    progress: dict[str, Progress] = field(default_factory=dict)
    """By the upload's id. Uploads that were begun by an earlier run are not in it until they go on."""
    _waiting: dict[int, Waiting] = field(default_factory=dict)
    _of_user: dict[User, int] = field(default_factory=dict)
    _bytes: int = 0
    _last: int = 0

    def __len__(self) -> int:
        """Return how many requests wait."""
        return len(self._waiting)

    def __bool__(self) -> bool:
        """Return whether any request waits."""
        return bool(self._waiting)

    def begin(self, upload: str, size: int, hash: str) -> None:
        """Begin a new upload."""
        self.progress[upload] = Progress(size, hash, 0)
        self.contents.begin(0, upload, size, hash)

    def wait(self, peer: Peer, session: Session, request: Request, size: int, finish: Finish) -> int:
        """Add a request for some bytes, and return its ticket. Raise RequestRefused if too many wait."""
        user = session.user
        if self._of_user.get(user, 0) >= MOST_OF_USER or self._bytes + size > MOST_BYTES:
            raise too_many(RETRY_SECONDS, "too many chunks or fetches are not answered yet")
        self._of_user[user] = self._of_user.get(user, 0) + 1
        self._bytes += size
        self._last += 1
        self._waiting[self._last] = Waiting(peer, session, request, size, finish)
        return self._last

    def take(self) -> list[tuple[Waiting, Outcome]]:
        """Return the requests that need not wait any more."""
        if not self._waiting:
            return []
        taken = [(self._waiting.pop(outcome.ticket), outcome) for outcome in self.contents.outcomes()]
        for waiting, _ in taken:
            user, self._bytes = waiting.session.user, self._bytes - waiting.bytes
            self._of_user[user] -= 1
            if not self._of_user[user]:
                del self._of_user[user]
        return taken

    def clean(self, holdings: Holdings) -> None:
        """Remove what is not needed any more. Call it after a commit.

        Content that an upload may just store again is removed later, or not at all.
        """
        for upload in holdings.ended:
            self.contents.end(upload)
            self.progress.pop(upload, None)
        holdings.ended.clear()
        if holdings.unneeded:
            finishing = {one.hash for one in self.progress.values() if one.finishing}
            for content in [one for one in holdings.unneeded if one not in finishing]:
                del holdings.unneeded[content]
                self.contents.remove(content)
