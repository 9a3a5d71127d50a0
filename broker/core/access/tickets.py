"""Tickets: signed tokens that a gateway shows in place of a user's password.

A ticket holds a user's id, when it was issued, and its family: it and those that were issued for it. Its
signature also covers the gateway's key and role, and the user's password. So it ends when one of them does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import NamedTuple

_FAMILY, _USER, _ISSUED, _MAC = 9, 7, 7, 22  # together a multiple of 3: each bit of the text counts
_BODY = _FAMILY + _USER + _ISSUED


class Ticket(NamedTuple):
    """The content of a token: its `family`, the user's id, and when it was issued (Unix ms)."""

    family: str
    user: int
    issued: int


class Seal(NamedTuple):
    """What else a signature covers: the log, the gateway's key, since when it has its role, and the proof.

    A restored backup is another log: it does not know which tickets have ended since it was made.
    """

    log: str
    gateway: str
    since: int
    proof: str


def ticket_secret(secret_key: bytes) -> bytes:
    """Return the secret that signs tickets, derived one-way from the broker's secret key."""
    return hashlib.blake2b(secret_key, digest_size=32, person=b"chat-tickets").digest()


def new_family(token: str) -> str:
    """Return a family, derived from a secret token."""
    return hashlib.blake2b(token.encode(), digest_size=_FAMILY, person=b"chat-family").hexdigest()


def make_ticket(secret: bytes, ticket: Ticket, seal: Seal) -> str:
    """Return the token of a ticket."""
    numbers = (ticket.user, _USER), (ticket.issued, _ISSUED)
    body = bytes.fromhex(ticket.family) + b"".join(number.to_bytes(size, "big") for number, size in numbers)
    return base64.urlsafe_b64encode(body + _sign(secret, body, seal)).decode()


def claimed(token: str) -> Ticket | None:
    """Return what a token says, or None if it is none. Anybody could have made it: see `is_signed`."""
    try:
        data = base64.b64decode(token.encode(), b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(data) != _BODY + _MAC:
        return None
    user, issued = data[_FAMILY:][:_USER], data[_FAMILY + _USER :][:_ISSUED]
    return Ticket(data[:_FAMILY].hex(), int.from_bytes(user, "big"), int.from_bytes(issued, "big"))


def is_signed(secret: bytes, token: str, seal: Seal) -> bool:
    """Return whether a token that says something was made with this secret, for this seal."""
    data = base64.b64decode(token.encode(), b"-_")
    return bool(secret) and hmac.compare_digest(_sign(secret, data[:_BODY], seal), data[_BODY:])


def _sign(secret: bytes, body: bytes, seal: Seal) -> bytes:
    sealed = b"\0".join((body, *(str(part).encode() for part in seal)))
    return hashlib.blake2b(sealed, digest_size=_MAC, key=secret).digest()
