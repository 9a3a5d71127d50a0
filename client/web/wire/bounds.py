"""How many connections of browsers there may be."""

from __future__ import annotations

from collections.abc import Container

import msgspec

from client.transport.aio import most_descriptors
from client.transport.listener import Bounds
from client.web.entrance import Problem
from client.web.guard import peer_key

MOST = 20_000
"""Connections of all browsers."""

MOST_OF_ADDRESS = 1_000
"""Connections of one address: an office, or a flood. One of IPv6 stands for its /64."""

_SHARE = 0.15
"""The share of the process's descriptors for browsers. Most others are for the broker."""

_FULL = Problem("The chat has too many connections now; try again in a moment.", retry_after=5_000)


def bounds_of(proxies: Container[str], *, clear: bool) -> Bounds:
    """Return the bounds of this process. Over TLS nothing can be said before the handshake."""
    in_all = int(min(MOST, most_descriptors() * _SHARE))
    body = msgspec.json.encode(_FULL)
    head = (
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 5\r\n"
        f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    refusal = head.encode() + body if clear else b""
    return Bounds(
        in_all, min(MOST_OF_ADDRESS, in_all // 2), lambda peer: peer_key(peer, proxies), proxies, refusal
    )
