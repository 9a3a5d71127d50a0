"""The fact about requests that changed nothing."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from broker.core.facts.base import Fact


class Unchanged(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A request to amend message `of`, answered with the seq of the `entry` since which all was as asked."""

    id: str
    conversation: str
    of: int
    kind: str
    reaction: str
    on: bool
    entry: int


class UnchangedRequests(Fact, frozen=True):
    """The last requests of a user that changed nothing, in order."""

    KIND: ClassVar[str] = "unchanged"

    user: int
    requests: tuple[Unchanged, ...]

    @property
    def key(self) -> str:
        """The user's id."""
        return str(self.user)
