"""Password hashes with argon2id. See ADR 16 for why hashing may block the broker's loop for a moment."""

from __future__ import annotations

import hashlib

PASSES, KIB, LANES = 2, 12_288, 1
"""argon2id's costs: about 11 ms on a processor of 2020."""

_SALT_BYTES, _HASH_BYTES = 16, 32


def hash_password(password: str, token: str) -> str:
    """Return the encoded hash of a password. The salt is derived from a secret token."""
    from argon2.low_level import Type, hash_secret  # noqa: PLC0415 - few brokers use passwords

    salt = hashlib.blake2b(token.encode(), digest_size=_SALT_BYTES, person=b"chat-salt").digest()
    return hash_secret(password.encode(), salt, PASSES, KIB, LANES, _HASH_BYTES, Type.ID).decode()


def is_password(encoded: str, password: str) -> bool:
    """Return whether a password matches an encoded hash."""
    from argon2.exceptions import VerificationError  # noqa: PLC0415 - few brokers use passwords
    from argon2.low_level import Type, verify_secret  # noqa: PLC0415

    try:
        return verify_secret(encoded.encode(), password.encode(), Type.ID)
    except VerificationError:
        return False
