"""Fingerprints of public keys: what people compare, as ssh shows it. Keys are z85 text (ZeroMQ RFC 32)."""

from __future__ import annotations

import base64
import hashlib

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_KEY_CHARACTERS = 40
_BEFORE = "SHA256:"
_DIGEST_CHARACTERS = 43
_LEAST_PREFIX = 8


def decode_key(key: str) -> bytes:
    """Return the 32 bytes of a public key from its 40 characters of z85.

    Raise ValueError with a sentence if it is none.
    """
    if len(key) != _KEY_CHARACTERS or not _VALUES.keys() >= set(key):
        raise ValueError(f"a key has {_KEY_CHARACTERS} characters of z85")
    words = []
    for begin in range(0, _KEY_CHARACTERS, 5):
        word = 0
        for char in key[begin : begin + 5]:
            word = word * 85 + _VALUES[char]
        if word >= 1 << 32:
            raise ValueError("this is no key: five of its characters are above 32 bits")
        words.append(word.to_bytes(4, "big"))
    return b"".join(words)


def fingerprint(key: str) -> str:
    """Return `SHA256:` and unpadded base64 of a public key's SHA-256; raise ValueError if it is none."""
    digest = hashlib.sha256(decode_key(key)).digest()
    return _BEFORE + base64.b64encode(digest).decode().rstrip("=")


def check_prefix(text: str) -> str:
    """Return a fingerprint's beginning without `SHA256:`; raise ValueError if it is too short or long."""
    prefix = text.removeprefix(_BEFORE)
    if not _LEAST_PREFIX <= len(prefix) <= _DIGEST_CHARACTERS:
        raise ValueError(f"give a fingerprint, or its first {_LEAST_PREFIX} characters or more")
    return prefix


def begins(print_: str, text: str) -> bool:
    """Tell whether a fingerprint is, or begins with, what a person typed for it."""
    return print_.removeprefix(_BEFORE).startswith(check_prefix(text))
