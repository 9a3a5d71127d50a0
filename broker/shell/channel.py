"""The verbs' end of the admin channel."""

from __future__ import annotations

import errno
import socket
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click
import zmq

from broker.directory.admin_socket import socket_path
from broker.shell.errors import NoBrokerError, RefusedError
from messages.admin import AdminReply
from messages.base import Request
from messages.codec import decode_admin_reply, encode
from messages.errors import ProtocolError
from messages.replies import Error

ANSWER_SECONDS = 10.0
"""A broker that takes longer than this to answer counts as hanging."""


class Channel:
    """A connection to the broker of a data directory, for one verb."""

    def __init__(self, directory: Path, seconds: float = ANSWER_SECONDS) -> None:
        """Connect. Raise NoBrokerError if no broker listens there."""
        self._seconds = seconds
        self._ids = count(1)
        path = reachable(directory)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.connect(f"ipc://{path}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._context.term()

    def ask(self, kind: type[Request], *values: Any, **fields: Any) -> AdminReply:
        """Send a request, and return its reply.

        Raise RefusedError if the broker refuses it, NoBrokerError if it does not answer, and UsageError if a
        value is not allowed.
        """
        request = make_request(str(next(self._ids)), kind, *values, **fields)
        self._socket.send(encode(request))
        if not self._socket.poll(round(self._seconds * 1000)):
            raise NoBrokerError(f"the broker has not answered for {self._seconds:.0f} s; look at its log")
        return read_reply(self._socket.recv())


def make_request(id: str, kind: type[Request], *values: Any, **fields: Any) -> Request:
    """Return a request. Raise UsageError if a value is not allowed."""
    try:
        return kind(id, *values, **fields)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def read_reply(frame: bytes) -> AdminReply:
    """Return the reply in a frame. Raise RefusedError if it is a refusal, NoBrokerError if it is unknown."""
    try:
        reply = decode_admin_reply(frame)
    except ProtocolError:
        raise NoBrokerError("another version of the broker answers; use the chat-broker that runs") from None
    if isinstance(reply, Error):
        raise RefusedError(reply.text)
    return reply


def reachable(directory: Path) -> str:
    """Return the path of the admin channel if a program listens on it, else raise NoBrokerError."""
    try:
        path = socket_path(directory)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(path)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            text = f"{directory} is another user's; run this as the user who runs the broker, or as root"
        else:
            text = f"no broker answers in {directory}; start it without --no-admin, or give its --data"
        raise NoBrokerError(text) from None
    return path
