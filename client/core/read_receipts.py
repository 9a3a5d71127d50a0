"""Requests as a person means them, where one of the broker's answers several questions."""

from __future__ import annotations

from messages.requests import Whoami


class ReadReceiptsQuery(Whoami, frozen=True, gc=False, tag="whoami"):
    """Whether others are told what one has read, which is a part of who one is."""
