"""Cursors: positions in the log of all messages, written so that users learn nothing from them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

from broker.core.memory.model import Randomness

_SIZE = 8  # bytes of a position, and of its checksum


class Cursors:
    """Encrypts positions with a key of this run of the broker. Only the user they were made for can use them.

    Without that, the cursors of two searches would tell how many messages others have sent in between.
    """

    def __init__(self, randomness: Randomness) -> None:
        self._randomness = randomness
        self._key = b""

    def write(self, user: int, position: int) -> str:
        """Return the cursor for a position."""
        checksum = self._hash(b"%d %d" % (user, position))
        return urlsafe_b64encode(checksum + self._mask(checksum, position)).rstrip(b"=").decode()

    def read(self, user: int, cursor: str) -> int:
        """Return the position. Raise ValueError if this is no cursor of this user."""
        data = urlsafe_b64decode(f"{cursor}==")
        checksum, masked = data[:_SIZE], int.from_bytes(data[_SIZE : 2 * _SIZE], "big")
        position = int.from_bytes(self._mask(checksum, masked), "big")
        if self.write(user, position) != cursor:
            raise ValueError("it was made for another user, or before the broker started")
        return position

    def _mask(self, checksum: bytes, position: int) -> bytes:
        mask = int.from_bytes(self._hash(checksum), "big")
        return (mask ^ position).to_bytes(_SIZE, "big")

    def _hash(self, data: bytes) -> bytes:
        self._key = self._key or self._randomness.token().encode()
        return blake2b(data, key=self._key, digest_size=_SIZE).digest()
