"""The questions for single settings, which the broker answers in a profile."""

from __future__ import annotations

from messages.requests import Whoami


class ReadReceiptsQuery(Whoami, frozen=True, gc=False, tag="whoami"):
    """A `whoami` whose reply is shown as the setting of read receipts only."""


class TypingQuery(Whoami, frozen=True, gc=False, tag="whoami"):
    """A `whoami` whose reply is shown as the setting of typing only."""
