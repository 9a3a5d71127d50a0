"""The cookie of a browser, which anybody can send as they like."""

from __future__ import annotations

import base64

import msgspec


class Cookie(msgspec.Struct, frozen=True, array_like=True):
    """What a browser keeps: the name of its session in the gateway's memory, and the ticket for later.

    The ticket is of no use without the gateway's key.
    """

    id: str
    name: str
    ticket: str
    guest: bool
    remember: bool


def write_cookie(cookie: Cookie) -> str:
    """Return a cookie's value."""
    return base64.urlsafe_b64encode(msgspec.json.encode(cookie)).decode().rstrip("=")


def read_cookie(value: str) -> Cookie | None:
    """Return what a cookie says; None if it says nothing."""
    try:
        data = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        return msgspec.json.decode(data, type=Cookie)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
