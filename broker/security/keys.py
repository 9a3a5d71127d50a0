"""The broker's key pair: a file that nobody else can read, made once and never overwritten."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

import zmq

from messages.keys import (
    MAX_KEY_FILE,
    KeyPair,
    fingerprint,
    format_key_pair,
    parse_key_pair,
    refuse_shared,
)

__all__ = ["KEY_FILE", "KeyFileError", "KeyPair", "fingerprint", "load_or_make", "make_keys"]

KEY_FILE = "curve.key"
"""The key's name in the data directory."""

_TITLE = "The secret key of a chat broker. Whoever has it can pass for this broker: keep it to yourself."


class KeyFileError(Exception):
    """The key file cannot be used; the text is a sentence that says what to do."""


def make_keys() -> KeyPair:
    """Return a new key pair."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public.decode(), secret.decode())


def load_or_make(path: Path) -> KeyPair:
    """Return the key pair of a file, which is made if it is not there. Raise KeyFileError with a sentence."""
    try:
        try:
            return _load(path)
        except FileNotFoundError:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, format_key_pair(make_keys(), _TITLE))
            return _load(path)  # another process may have been first
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise KeyFileError(f"{path} is a symbolic link; put the key itself there") from None
        raise KeyFileError(f"cannot use the key {path}: {error.strerror}") from None


def _load(path: Path) -> KeyPair:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        refuse_shared(found.st_mode, found.st_uid, os.geteuid(), path.parent.stat().st_uid)
        text = os.read(descriptor, MAX_KEY_FILE + 1)
    except ValueError as error:
        raise KeyFileError(f"the key {path} {error}") from None
    finally:
        os.close(descriptor)
    try:
        keys = parse_key_pair(text.decode("ascii"))
        if zmq.curve_public(keys.secret.encode()).decode() != keys.public:
            raise ValueError
    except ValueError:
        raise KeyFileError(
            f"{path} is not a whole key; put it back from a backup, or move it away to have a new one made"
        ) from None
    return keys


def _write(path: Path, text: str) -> None:
    """Write a new file beside its place, and give it its name once it is whole, unless that is taken."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            if os.geteuid() == 0:  # the broker that uses it may run as the directory's owner
                place = path.parent.stat()
                os.fchown(descriptor, place.st_uid, place.st_gid)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path, follow_symlinks=False)
    finally:
        beside.unlink()
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
