"""The question for the read receipts setting, which the broker answers in a profile."""

from __future__ import annotations

from messages.requests import Whoami


class ReadReceiptsQuery(Whoami, frozen=True, gc=False, tag="whoami"):
    """A `whoami` whose reply is shown as the setting of read receipts only."""
