"""Trust on first use, as with ssh: the client keeps a broker's key, and refuses another key later."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from client.keys import KeyFileError, identity_file, load_or_make, settings_directory
from messages.endpoints import Endpoint
from messages.keys import KeyPair, fingerprint, key_from_address, key_to_address
from messages.text import decode_utf8


class BrokerChangedError(KeyFileError):
    """The broker's key is not the known one."""


@dataclass(slots=True)
class Trust:
    """What an encrypted connection needs: the broker's key and the user's key pair.

    `line` is the broker's line in `file`, 0 if it has none yet, -1 if only the address has the key.
    """

    url: str
    broker_key: str
    keys: KeyPair
    file: Path
    line: int

    @property
    def news(self) -> str:
        """The sentence about a broker that is not known yet; empty if it is known."""
        if self.line:
            return ""
        return f"{self.url} is new here. Its key {fingerprint(self.broker_key)} will be kept in {self.file}."

    def pin(self) -> None:
        """Keep the key of a broker that has proved to own it; raise KeyFileError if it cannot be kept."""
        if self.line:
            return
        try:
            self._append()
        except OSError as error:
            raise _cannot_keep(self.file, error) from None

    def _append(self) -> None:
        entry = f"{self.url} {key_to_address(self.broker_key)} {date.today().isoformat()}\n"
        descriptor = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":  # somebody has edited the file
                entry = f"\n{entry}"
            os.write(descriptor, entry.encode())
        finally:
            os.close(descriptor)
        self.line = len(self.file.read_bytes().splitlines())


def find_trust(endpoint: Endpoint, identity: Path | None = None) -> Trust | None:
    """Return how to connect with encryption, or None if neither the endpoint nor the file has a key.

    Raise BrokerChangedError if their keys differ, KeyFileError if a file cannot be used.
    """
    if endpoint.transport != "tcp":
        return None
    try:
        file = settings_directory() / "known_brokers"
    except KeyFileError:
        if endpoint.key:
            raise
        return None
    known, line = _look_up(file, endpoint.url)
    if endpoint.key and known and endpoint.key != known:
        raise BrokerChangedError(
            f"THE KEY OF {endpoint.url} HAS CHANGED: the address has {fingerprint(endpoint.key)}, the known "
            f"key is {fingerprint(known)}, so somebody may be listening in; ask its operator, and if it "
            f"was changed on purpose, remove line {line} of {file}"
        )
    key = endpoint.key or known
    if not key:
        return None
    keys = load_or_make(identity_file(identity))
    if not line:
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_keep(file, error) from None
    return Trust(endpoint.url, key, keys, file, line)


def _cannot_keep(file: Path, error: OSError) -> KeyFileError:
    return KeyFileError(f"cannot keep the broker's key in {file}: {error.strerror}")


def _look_up(file: Path, url: str) -> tuple[str, int]:
    """Return the known key (Z85) of a broker, and its line; an empty key and 0 if there is none."""
    try:
        lines = decode_utf8(file.read_bytes()).splitlines()
    except FileNotFoundError:
        return "", 0
    except OSError as error:
        raise KeyFileError(f"cannot read {file}: {error.strerror}; move it away") from None
    except ValueError as error:
        raise KeyFileError(f"{file}: {error}, or move it away") from None
    for number, line in enumerate(lines, 1):
        words = line.split()
        if words[:1] != [url]:
            continue
        try:
            return key_from_address(words[1]), number
        except (IndexError, ValueError):
            raise KeyFileError(
                f"line {number} of {file} has no key; remove it and connect with the broker's chat:// address"
            ) from None
    return "", 0
