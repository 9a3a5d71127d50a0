"""Invites: signed tokens of the operator, with an expiry time and a number of uses."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import NamedTuple

MOST_USES = 65_535
"""The most uses of one invite."""

LIST_FILE = "invites"
"""The name of the list of issued invites in a data directory."""

SHOWN = 8
"""Characters of a token that may be shown. They are random and independent of the rest."""

ROLE_NUMBERS = {"": 0, "operator": 1, "gateway": 2}
"""The numbers of roles in a token. Without a role the invite makes an ordinary user."""

MOST_PER_ADDRESS = 65_535
"""The most sessions at one address that a gateway can be granted."""

_NONCE, _EXPIRES, _USES, _ROLE, _MAC = 9, 8, 2, 1, 22  # together a multiple of 3: each bit of the text counts
_MAY, _PER_ADDRESS = 1, 2  # only in the token of a gateway with such a grant; together a multiple of 3
_GRANT = _MAY + _PER_ADDRESS
_GUESTS, _ACCOUNTS = 1, 2  # what a gateway may, as bits
_BODY = _NONCE + _EXPIRES + _USES + _ROLE
_ROLES = {number: role for role, number in ROLE_NUMBERS.items()}


class Invite(NamedTuple):
    """The content of a token: valid until `expires` (Unix ms) for `uses` logins; `nonce` identifies it.

    A gateway may get a grant: to log `guests` in, to change `accounts` that have a password and no key, and
    for `per_address` sessions of people at one address.
    """

    nonce: str
    expires: int
    uses: int
    role: str
    guests: bool = False
    per_address: int = 0
    accounts: bool = False

    @property
    def beginning(self) -> str:
        """The first characters of the token, by which people identify it."""
        return beginning(self.nonce)


def invite_secret(secret_key: bytes) -> bytes:
    """Return the secret that signs invites, derived one-way from the broker's secret key."""
    return hashlib.blake2b(secret_key, digest_size=32, person=b"chat-invites").digest()


def make_invite(
    secret: bytes,
    nonce: bytes,
    expires: int,
    uses: int,
    role: str = "",
    *,
    guests: bool = False,
    per_address: int = 0,
    accounts: bool = False,
) -> str:
    """Return a token. `nonce` is 9 random bytes, `expires` is Unix ms, `uses` is at least 1."""
    if len(nonce) != _NONCE or not 1 <= uses <= MOST_USES:
        raise ValueError(f"an invite has a nonce of {_NONCE} bytes and 1 to {MOST_USES:,} uses")
    may = guests * _GUESTS + accounts * _ACCOUNTS
    if (may or per_address) and (role != "gateway" or not 0 <= per_address <= MOST_PER_ADDRESS):
        raise ValueError(
            "only a gateway is granted guests, accounts, and sessions of an address up to a limit"
        )
    numbers = [(expires, _EXPIRES), (uses, _USES), (ROLE_NUMBERS[role], _ROLE)]
    if may or per_address:
        numbers += (may, _MAY), (per_address, _PER_ADDRESS)
    body = nonce + b"".join(number.to_bytes(size, "big") for number, size in numbers)
    return base64.urlsafe_b64encode(body + _sign(secret, body)).decode()


def read_invite(secret: bytes, token: str) -> Invite | None:
    """Return the content of a token, or None if this broker did not sign it. It may be expired or used up."""
    try:
        data = base64.b64decode(token.encode(), b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    body, mac = data[:-_MAC], data[-_MAC:]
    if len(body) not in (_BODY, _BODY + _GRANT):
        return None
    if not secret or not hmac.compare_digest(_sign(secret, body), mac):
        return None
    expires, uses = _number(body[_NONCE:][:_EXPIRES]), _number(body[_NONCE + _EXPIRES :][:_USES])
    may, per_address = _number(body[_BODY:][:_MAY]), _number(body[_BODY:][_MAY:])
    return Invite(
        *(body[:_NONCE].hex(), expires, uses, _ROLES[body[_BODY - 1]]),
        *(bool(may & _GUESTS), per_address, bool(may & _ACCOUNTS)),
    )


def beginning(nonce: str) -> str:
    """Return the first 8 characters of the token with this nonce."""
    return base64.urlsafe_b64encode(bytes.fromhex(nonce)).decode()[:SHOWN]


def _sign(secret: bytes, body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_MAC, key=secret).digest()


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
