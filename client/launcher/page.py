"""The page of the chat: the port that it gets, and what there is to say about it."""

from __future__ import annotations

import os
import socket
from contextlib import closing
from importlib.util import find_spec

from client.launcher.programs import LaunchFailed
from messages.exits import Exit

HOST, FIRST_PORT, PORTS = "127.0.0.1", 8080, 20
_SETTING, _MOTD, _CONFIG = "CHAT_BROKER_WEB", "CHAT_BROKER_MOTD", "CHAT_BROKER_CONFIG"
_NO_EXTRA = "There is no page for browsers, as chat-broker[web] is not installed."


def open_page() -> str:
    """Have the broker serve the page at the first free port, and return the sentence about it.

    Raise LaunchFailed if no port is free. What the environment says already counts.
    """
    if _SETTING in os.environ:
        return ""
    if any(find_spec(one) is None for one in ("starlette", "uvicorn", "wsproto")):
        return _NO_EXTRA
    port = next(filter(_is_free, range(FIRST_PORT, FIRST_PORT + PORTS)), None)
    if port is None:
        taken = f"the ports from {FIRST_PORT} on are in use; name another one in {_SETTING}"
        raise LaunchFailed(f"{taken}, or leave out --web", Exit.CANNOT_START)
    os.environ[_SETTING] = f"{HOST}:{port}"
    told = f"The page for browsers is at http://{HOST}:{port}/"
    if not os.environ.keys() & {_MOTD, _CONFIG}:
        os.environ[_MOTD] = told  # the full screen covers what was printed before
    return told


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the gateway does
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True
