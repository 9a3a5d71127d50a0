"""The facts about notices: what each user has chosen for all their clients."""

from __future__ import annotations

from typing import ClassVar

from broker.core.facts.base import Fact
from messages.notices import NoticeLevel, QuietSpan


class ChosenLevels(Fact, frozen=True):
    """Which messages ring, by the id of the conversation, which need not exist. It is never empty."""

    KIND: ClassVar[str] = "levels"

    user: int
    levels: dict[str, NoticeLevel]

    @property
    def key(self) -> str:
        """The user."""
        return str(self.user)


class ChosenKeywords(Fact, frozen=True):
    """The keywords of a user. The list is never empty."""

    KIND: ClassVar[str] = "keywords"

    user: int
    words: tuple[str, ...]

    @property
    def key(self) -> str:
        """The user."""
        return str(self.user)


class ChosenQuietHours(Fact, frozen=True):
    """When the clients of a user are quiet. There is at least one span."""

    KIND: ClassVar[str] = "quiet-hours"

    user: int
    zone: str
    spans: tuple[QuietSpan, ...]

    @property
    def key(self) -> str:
        """The user."""
        return str(self.user)


NOTICE_FACTS: tuple[type[Fact], ...] = (ChosenLevels, ChosenKeywords, ChosenQuietHours)
"""Every kind of fact in this module."""
