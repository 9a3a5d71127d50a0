"""Our handler of ZeroMQ's authentication requests: it says which keys may connect, in a thread of its own.

ZeroMQ asks it once for each handshake (ZAP, https://rfc.zeromq.org/spec/27/). A thread, and not the broker's
loop, so that a policy that hangs keeps newcomers out and nobody else. Without an answer nobody gets in.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import zmq

from messages.keys import KEY_BYTES, key_from_bytes

ENDPOINT = "inproc://zeromq.zap.01"
"""Where ZeroMQ asks; one handler for each context."""

DOMAIN = b"chat"
"""What the broker's sockets call themselves."""

_VERSION, _MECHANISM = b"1.0", b"CURVE"
_FRAMES = 7  # version, request id, domain, address, routing id, mechanism, key
_STOP_SECONDS = 2.0

HANG_SECONDS = 5.0
"""The thread hangs if it has not said for so long that it turns. It says so five times as often."""

Admit = Callable[[str, str], bool]
"""Whether a public key (Z85, 40 characters) may connect from an address. Called in the handler's thread."""


def admit_all(_key: str, _address: str) -> bool:
    """Admit every key."""
    return True


def plain_address(address: str) -> str:
    """Return an address of a peer, that of IPv4 as such also where it came over a socket of IPv6."""
    return address.removeprefix("::ffff:")


class Authenticator:
    """Answers for a context from when it is made until `stop`. Raise zmq.ZMQError if another one does."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        admit: Admit = admit_all,
        hang_seconds: float = HANG_SECONDS,
    ) -> None:
        self._admit = admit
        self._hang_seconds = hang_seconds
        self.turned = time.monotonic()
        """When the thread last said that it turns (monotonic seconds)."""
        self._socket = context.socket(zmq.REP)
        try:
            self._socket.set(zmq.LINGER, 0)
            self._socket.bind(ENDPOINT)
        except zmq.ZMQError:
            self._socket.close()
            raise
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._serve, name="authenticator", daemon=True)
        self._thread.start()

    @property
    def works(self) -> bool:
        """Whether newcomers are answered: the thread is alive and turns. Callable from any thread."""
        return self._thread.is_alive() and time.monotonic() - self.turned < self._hang_seconds

    def stop(self) -> bool:
        """Answer no more, so that nobody gets in; return False if the policy hangs and it cannot end."""
        stop_write, self._stop_write = self._stop_write, -1
        if stop_write >= 0:
            os.close(stop_write)
        self._thread.join(_STOP_SECONDS)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        poller = zmq.Poller()
        poller.register(self._socket, zmq.POLLIN)
        poller.register(self._stop_read, zmq.POLLIN)
        turn = round(self._hang_seconds * 1_000 / 5)
        try:
            while self._stop_read not in (ready := dict(poller.poll(turn))):
                self.turned = time.monotonic()
                if self._socket in ready:
                    self._socket.send_multipart(self.answer(self._socket.recv_multipart()))
        finally:
            self._socket.close()
            os.close(self._stop_read)

    def answer(self, request: list[bytes]) -> list[bytes]:
        """Return the reply to a request: 200 and the key as user id, 400 for no, 300 and 500 for trouble.

        With 300 a client tries again by itself; with the others ZeroMQ gives the connection up.
        """
        if len(request) != _FRAMES or request[0] != _VERSION:
            return _reply(request[1:2], b"500", b"not a request")
        _, request_id, domain, address, _, mechanism, key = request
        if domain != DOMAIN or mechanism != _MECHANISM or len(key) != KEY_BYTES:
            return _reply([request_id], b"400", b"not a key")
        try:
            user_id = key_from_bytes(key)
            admitted = self._admit(user_id, plain_address(address.decode()))
        except Exception:  # noqa: BLE001,RUF100 - whatever goes wrong, nobody gets in and the next one is answered
            return _reply([request_id], b"300", b"cannot tell now")
        if admitted is not True:
            return _reply([request_id], b"400", b"not admitted")
        return _reply([request_id], b"200", b"", user_id.encode())


def _reply(request_id: list[bytes], status: bytes, text: bytes, user_id: bytes = b"") -> list[bytes]:
    return [_VERSION, *(request_id or [b""]), status, text, user_id, b""]
