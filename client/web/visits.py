"""What is noted of each request, for the access log and the numbers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from messages.names import parse_user

KEY = "chat.visit"
"""Where a request's scope has it."""


@dataclass(slots=True)
class Visit:
    """One request. A handler says who signs in, how that ended, and which limit was reached."""

    method: str
    path: str
    begun: float
    status: int = 0
    received: int = 0
    sent: int = 0
    name: str = ""
    outcome: str = ""
    limit: str = ""
    slow: bool = False
    """Whether it was a tab that did not read."""

    def sign_in(self, name: str) -> None:
        """Note who signs in, unless that is no name: people type passwords there too."""
        with suppress(ValueError):
            self.name = parse_user(name).shown


def visit_of(connection: HTTPConnection) -> Visit:
    """Return what is noted of a request."""
    found = connection.scope.get(KEY)
    return found if isinstance(found, Visit) else Visit("", "", 0.0)
