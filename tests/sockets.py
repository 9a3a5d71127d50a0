"""Tracks ZeroMQ's sockets. A test that leaves one open fails, and names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import zmq


@pytest.fixture
def all_sockets_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail if a socket that was made during the test is still open when it is over."""
    made: list[zmq.Socket[Any]] = []
    make = zmq.Context.socket

    def recorded(context: zmq.Context[Any], *arguments: Any, **options: Any) -> zmq.Socket[Any]:
        made.append(make(context, *arguments, **options))
        return made[-1]

    monkeypatch.setattr(zmq.Context, "socket", recorded)
    yield
    left = [repr(socket) for socket in made if not socket.closed]
    for socket in made:
        socket.close(0)
    assert made, "this test makes no sockets, so it needs no account of them"
    assert not left, f"left open: {left}"
