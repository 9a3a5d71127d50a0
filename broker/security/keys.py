"""The broker's key pair: a file that only its owner can read, made once and never overwritten.

The client has its own code for the same: see docs/adr/0021-two-readers-of-key-files.md.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import zmq

from broker.ownership import give_to_owner
from messages.keys import BROKER_KEY_FILE as KEY_FILE
from messages.keys import (
    MAX_KEY_FILE,
    KeyPair,
    fingerprint,
    format_key_pair,
    parse_key_pair,
    refuse_shared,
)

__all__ = [
    "KEY_FILE",
    "KeyFileError",
    "KeyPair",
    "find",
    "fingerprint",
    "load",
    "load_or_make",
    "make_keys",
    "make_with",
    "read_pair",
    "text_of",
]

_TITLE = "The secret key of a chat broker. Anyone who has it can pass for this broker, so keep it secret."


_TRIES = 100  # to make a file while other programs start, too


class KeyFileError(Exception):
    """The key file cannot be used. The text is a sentence that says what to do."""


def make_keys() -> KeyPair:
    """Return a new key pair."""
    public, secret = zmq.curve_keypair()
    return KeyPair(public.decode(), secret.decode())


def load_or_make(path: Path) -> KeyPair:
    """Return the key pair of a file. If there is no file, make it. Raise KeyFileError with a sentence."""
    with _sentences(path):
        _clear_unfinished(path)
        try:
            return _load(path)
        except FileNotFoundError:
            make_with(path, text_of(make_keys()))
            return _load(path)  # another process may have made it first


def load(path: Path) -> KeyPair:
    """Return the key pair of a file. Raise KeyFileError with a sentence, also if there is no file."""
    with _sentences(path):
        try:
            return _load(path)
        except FileNotFoundError:
            raise KeyFileError(
                f"{path} does not exist; start the broker, "
                "or name its data directory with --data or the file of its key with --key"
            ) from None


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise KeyFileError(f"{path} is a symbolic link; put the key file itself there") from None
        raise KeyFileError(f"cannot use the key {path}: {error.strerror}") from None


def find(path: Path) -> KeyPair | None:
    """Return the key pair of a file, or None if there is no file. Raise KeyFileError with a sentence."""
    return load(path) if os.path.lexists(path) else None


def make_with(path: Path, text: str) -> None:
    """Make the file of a key, as `format_key_pair` returns it, unless there is one. Raise OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):  # a program that started just now has cleared the unfinished file
            return _write(path, text)
    return _write(path, text)


def read_pair(text: str) -> KeyPair:
    """Return the key pair in the text of a key file. Raise ValueError if it is not whole."""
    keys = parse_key_pair(text)
    if zmq.curve_public(keys.secret.encode()).decode() != keys.public:
        raise ValueError("the halves of the key do not belong together")
    return keys


def text_of(keys: KeyPair) -> str:
    """Return the text of the file of a key pair."""
    return format_key_pair(keys, _TITLE)


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
        return read_pair(text.decode("ascii"))
    except ValueError:
        raise KeyFileError(
            f"{path} is not a whole key; restore it from a backup, or move it away and a new one is made"
        ) from None


def _clear_unfinished(path: Path) -> None:
    """Remove the files of programs that were killed while they made this key."""
    unfinished = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{16}}")
    with suppress(OSError):  # there is no directory, or it is not readable
        for beside in path.parent.iterdir():
            if unfinished.fullmatch(beside.name):
                beside.unlink()


def _write(path: Path, text: str) -> None:
    """Write a temporary file, and link it to `path` when it is whole, unless `path` exists."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            give_to_owner(descriptor, path.parent)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path, follow_symlinks=False)
    finally:
        beside.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
