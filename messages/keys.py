"""CURVE keys as text: in Z85 for ZeroMQ, in base64 for people, and their fingerprints.

A key has 32 bytes: 40 characters of Z85 (https://rfc.zeromq.org/spec/32/), 43 of base64 (RFC 4648).
The content of key files is written and read here as text. The programs read and write the files.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import stat
from dataclasses import dataclass, field

KEY_BYTES = 32
"""Bytes of a key."""

BROKER_KEY_FILE = "curve.key"
"""The name of the broker's key file in its data directory."""

MAX_KEY_FILE = 1_024
"""Bytes. A larger file is no key file."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_FILE = re.compile(r"# [^\n]*\npublic (\S{40})\nsecret (\S{40})\n\Z")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both halves of a key, in Z85. `repr` leaves out the secret half."""

    public: str
    secret: str = field(repr=False)


def key_to_bytes(key: str) -> bytes:
    """Return the 32 bytes of a key in Z85. Raise ValueError with a sentence if it is none."""
    raw = b""
    try:
        for start in range(0, len(key), 5):
            number = 0
            for digit in key[start : start + 5]:
                number = number * 85 + _VALUES[digit]
            raw += number.to_bytes(4)
    except (KeyError, OverflowError):
        raw = b""
    if len(raw) != KEY_BYTES or len(key) != KEY_BYTES * 5 // 4:
        raise ValueError("a key has 40 characters of Z85")
    return raw


def key_from_bytes(raw: bytes) -> str:
    """Return a key of 32 bytes in Z85."""
    key = ""
    for start in range(0, KEY_BYTES, 4):
        number = int.from_bytes(raw[start : start + 4])
        key += "".join(_DIGITS[number // 85**power % 85] for power in range(4, -1, -1))
    return key


def key_to_address(key: str) -> str:
    """Return a key (Z85) as addresses and `known_brokers` have it: 43 characters of base64url."""
    return base64.urlsafe_b64encode(key_to_bytes(key)).decode().rstrip("=")


def key_from_address(text: str) -> str:
    """Return the key in an address, in Z85. Raise ValueError with a sentence if it is none."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raw = b""
    if len(raw) != KEY_BYTES or len(text) != 43:
        raise ValueError("a broker's key has 43 letters, digits, - and _; copy the whole address")
    return key_from_bytes(raw)


def fingerprint(key: str) -> str:
    """Return a public key's fingerprint for people: `SHA256:` and 43 characters of base64."""
    return f"SHA256:{base64.b64encode(hashlib.sha256(key_to_bytes(key)).digest()).decode().rstrip('=')}"


def format_key_pair(keys: KeyPair, title: str) -> str:
    """Return the content of a key file. Its first line tells people what it is."""
    return f"# {title}\npublic {keys.public}\nsecret {keys.secret}\n"


def parse_key_pair(text: str) -> KeyPair:
    """Read the content of a key file. Raise ValueError if it is not a whole key file.

    The caller checks that both halves belong together.
    """
    found = _FILE.match(text)
    if not found:
        raise ValueError("not a whole key file")
    for key in found.groups():
        key_to_bytes(key)
    return KeyPair(*found.groups())


def refuse_shared(mode: int, owner: int, reader: int, place: int | None = None) -> None:
    """Raise ValueError with a sentence if others than its reader can use a key file.

    `owner` and `reader` are user ids; see stat(2). If the owner of the file's directory is given as `place`,
    root may read the file of a user who owns both.
    """
    if not stat.S_ISREG(mode):
        raise ValueError("is not a plain file; move it away")
    if owner != reader and not (reader == 0 and owner == place):
        raise ValueError("belongs to somebody else; make it yours with chown, or move it away")
    if mode & 0o077:
        raise ValueError(f"can be used by others (mode {stat.S_IMODE(mode):04o}); run chmod 600 on it")
