"""Fingerprints as people type them: whole, or the first characters."""

from __future__ import annotations

_BASE64 = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_BEFORE = "SHA256:"
_DIGEST_CHARACTERS = 43
_LEAST_PREFIX = 8


def check_prefix(text: str) -> str:
    """Return a fingerprint, or its first characters, without `SHA256:`. Raise ValueError if it is none."""
    prefix = text.removeprefix(_BEFORE)
    if not _LEAST_PREFIX <= len(prefix) <= _DIGEST_CHARACTERS or not set(prefix) <= _BASE64:
        raise ValueError(f"give a fingerprint, or its first {_LEAST_PREFIX} characters or more")
    return prefix


def begins(print_: str, text: str) -> bool:
    """Return whether a fingerprint starts with what a person typed."""
    return print_.removeprefix(_BEFORE).startswith(check_prefix(text))
