"""The user's key pair: a file that nobody else can read, made at first use and never overwritten.

The broker has its own code for the same: see docs/adr/0021-two-readers-of-key-files.md.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

import zmq

from messages.directories import base_directory
from messages.keys import MAX_KEY_FILE, KeyPair, format_key_pair, parse_key_pair, refuse_shared

_TITLE = "The secret key of a chat user. Anyone who has it can log in as you, so keep it secret."


_TRIES = 100  # to make a file while other clients start, too


class KeyFileError(Exception):
    """A key file, or the file of known brokers, cannot be used; the sentence says what to do."""


def settings_directory() -> Path:
    """Return chat-client's own directory, by the XDG base directory specification. Raise KeyFileError."""
    try:
        return base_directory(os.environ, "XDG_CONFIG_HOME", ".config") / "chat-client"
    except ValueError as error:
        raise KeyFileError(f"{error}, where your key is kept") from None


def identity_file(given: Path | None = None) -> Path:
    """Return the given file, or the default one."""
    return given or settings_directory() / "identity.key"


def load_or_make(path: Path) -> KeyPair:
    """Return the key pair of a file, and make the file if it does not exist. Raise KeyFileError."""
    try:
        _clear_unfinished(path)
        for _ in range(_TRIES):
            with suppress(FileNotFoundError):  # another client may have made it meanwhile
                return _load(path)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileNotFoundError):  # another one has just started and cleared the unfinished file
                _write(path)
        return _load(path)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise KeyFileError(f"{path} is a symbolic link; put the key file itself there") from None
        raise KeyFileError(
            f"cannot use your key {path}: {error.strerror}; choose another with --identity"
        ) from None


def _load(path: Path) -> KeyPair:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        refuse_shared(found.st_mode, found.st_uid, os.geteuid())
        text = os.read(descriptor, MAX_KEY_FILE + 1)
    except ValueError as error:
        raise KeyFileError(f"your key {path} {error}") from None
    finally:
        os.close(descriptor)
    try:
        keys = parse_key_pair(text.decode("ascii"))
        if zmq.curve_public(keys.secret.encode()).decode() != keys.public:
            raise ValueError
    except ValueError:
        raise KeyFileError(
            f"{path} is not a whole key; restore it from a backup, or move it away and a new one is made"
        ) from None
    return keys


def _clear_unfinished(path: Path) -> None:
    """Remove the files of clients that were killed while they made this key."""
    unfinished = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{16}}")
    with suppress(OSError):  # there is no directory, or it is not readable
        for beside in path.parent.iterdir():
            if unfinished.fullmatch(beside.name):
                beside.unlink()


def _write(path: Path) -> None:
    """Write a new key to a temporary file, and rename it when it is complete, unless the name is taken."""
    public, secret = zmq.curve_keypair()
    text = format_key_pair(KeyPair(public.decode(), secret.decode()), _TITLE)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path, follow_symlinks=False)
    finally:
        temporary.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
