"""Invites: tokens that say by themselves that the operator has made them, for how long and for how many."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import NamedTuple

MOST_USES = 65_535
"""How often one invite can be used at most."""

SHOWN = 8
"""Characters of a token that are shown; they are of chance, and say nothing of the rest."""

ROLE_NUMBERS = {"": 0, "operator": 1, "gateway": 2}
"""Roles as they stand in a token; without one the invite makes an ordinary user."""

_NONCE, _EXPIRES, _USES, _ROLE, _MAC = 9, 8, 2, 1, 22  # together a multiple of 3: each bit of the text counts
_BODY = _NONCE + _EXPIRES + _USES + _ROLE
_ROLES = {number: role for role, number in ROLE_NUMBERS.items()}


class Invite(NamedTuple):
    """What a token says: good until `expires` (Unix ms), for so many `uses`; `nonce` tells it from others."""

    nonce: str
    expires: int
    uses: int
    role: str

    @property
    def beginning(self) -> str:
        """The first characters of the token, by which people tell it from others."""
        return beginning(self.nonce)


def invite_secret(secret_key: bytes) -> bytes:
    """Return the secret for invites, derived from the broker's secret key so that neither tells the other."""
    return hashlib.blake2b(secret_key, digest_size=32, person=b"chat-invites").digest()


def make_invite(secret: bytes, nonce: bytes, expires: int, uses: int, role: str = "") -> str:
    """Return a token. `nonce` are 9 bytes of chance, `expires` is Unix ms, `uses` at least 1."""
    if len(nonce) != _NONCE or not 1 <= uses <= MOST_USES:
        raise ValueError(f"an invite has a nonce of {_NONCE} bytes and 1 to {MOST_USES:,} uses")
    numbers = (expires, _EXPIRES), (uses, _USES), (ROLE_NUMBERS[role], _ROLE)
    body = nonce + b"".join(number.to_bytes(size, "big") for number, size in numbers)
    return base64.urlsafe_b64encode(body + _sign(secret, body)).decode()


def read_invite(secret: bytes, token: str) -> Invite | None:
    """Return what a token says, or None if it is not of this broker. It may have expired or be used up."""
    try:
        data = base64.b64decode(token.encode(), b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    body, mac = data[:_BODY], data[_BODY:]
    if not secret or len(mac) != _MAC or not hmac.compare_digest(_sign(secret, body), mac):
        return None
    expires, uses = _number(body[_NONCE:][:_EXPIRES]), _number(body[_NONCE + _EXPIRES :][:_USES])
    return Invite(body[:_NONCE].hex(), expires, uses, _ROLES[body[-1]])


def beginning(nonce: str) -> str:
    """Return the first 8 characters of the token that has this nonce."""
    return base64.urlsafe_b64encode(bytes.fromhex(nonce)).decode()[:SHOWN]


def _sign(secret: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_MAC, key=secret).digest()


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
