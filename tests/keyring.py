"""Public keys for tests, and the error of a refused login."""

from __future__ import annotations

from typing import Any

from wired import Client

from messages.replies import Error
from messages.requests import Login

KEYS = [f"{'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]y'}{end}" for end in ("f7", "aa", "bb", "cc", "dd", "ee")]
"""Public keys without secret ones."""


def login_refused(client: Client, name: str, **fields: Any) -> Error:
    """Try to log in, and return the error."""
    error = client.ask(Login, 1, name, **fields)
    assert isinstance(error, Error), error
    assert client.peer.session is None
    return error
