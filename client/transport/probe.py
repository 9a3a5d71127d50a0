"""Finds out why no broker answers at an endpoint, with a separate connection."""

from __future__ import annotations

import socket

from messages.endpoints import parse_endpoint

ENCRYPTS = (
    "the broker encrypts its connections; ask its operator for its chat:// address, and connect to that once"
)

CURVE, PLAIN = b"CURVE", b"NULL"
"""The names of mechanisms in a greeting: with encryption, and without."""

_SECONDS = 1.0
_SIGNATURE, _VERSION = b"\xff" + bytes(8) + b"\x7f", b"\x03"
_PARTS = 4  # the most parts of a greeting
_MECHANISM = slice(12, 32)  # of a greeting, see https://rfc.zeromq.org/spec/23/


def explain(url: str) -> str:
    """Return in a few words why no broker answers at an endpoint. This may take a second or two."""
    if parse_endpoint(url).transport != "tcp":
        return "no broker answers there"
    try:
        with _connect(url) as connection:
            encrypts = _mechanism(connection) == CURVE
            return ENCRYPTS if encrypts else "a server is there, but it does not answer as a chat broker"
    except socket.gaierror:
        return "there is no such host"
    except ConnectionRefusedError:
        return "connection refused, no broker listens there"
    except TimeoutError:
        return "no answer, the host may be down or a firewall in the way"
    except OSError as error:
        return (error.strerror or str(error)).lower()


def mechanism(url: str) -> bytes:
    """Return the security mechanism offered at a tcp endpoint; empty if no ZeroMQ answers there.

    This may take a second or two.
    """
    try:
        with _connect(url) as connection:
            return _mechanism(connection)
    except OSError:
        return b""


def _connect(url: str) -> socket.socket:
    host, port = parse_endpoint(url).host.strip("[]"), int(url.rpartition(":")[2])
    return socket.create_connection((host, port), _SECONDS)


def _mechanism(connection: socket.socket) -> bytes:
    """Return the security mechanism that a ZeroMQ socket names in its greeting; empty if it is not ZeroMQ.

    ZeroMQ's own sockets report another mechanism only if the other side's greeting comes before it hangs up.
    Here it has no reason to hang up, because half a greeting does not name our mechanism.
    """
    greeting = b""
    try:
        connection.sendall(_SIGNATURE + _VERSION)
        for _ in range(_PARTS):
            greeting += connection.recv(_MECHANISM.stop - len(greeting))
            if len(greeting) == _MECHANISM.stop and greeting[:1] == _SIGNATURE[:1]:
                return greeting[_MECHANISM].rstrip(b"\0")
    except OSError:
        pass
    return b""
