"""The authenticator: a thread that answers ZeroMQ's authentication requests, and so admits or refuses keys.

ZeroMQ sends one request for each handshake (ZAP, https://rfc.zeromq.org/spec/27/). Without an answer, the
client cannot connect. The broker's loop does not wait for the thread, so a policy that hangs stops only
new clients.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import zmq

from messages.keys import KEY_BYTES, key_from_bytes

ENDPOINT = "inproc://zeromq.zap.01"
"""The endpoint of ZeroMQ's requests. A context has one handler."""

DOMAIN = b"chat"
"""The ZAP domain of the broker's sockets."""

_VERSION, _MECHANISM = b"1.0", b"CURVE"
_FRAMES = 7  # version, request id, domain, address, routing id, mechanism, key
_STOP_SECONDS = 2.0

HANG_SECONDS = 5.0
"""The thread counts as hanging if it has not turned for this long. It turns five times as often."""

Admit = Callable[[str, str], bool]
"""Returns whether a public key (Z85, 40 characters) may connect from an address. Called in the thread."""


def admit_all(_key: str, _address: str) -> bool:
    """Admit every key."""
    return True


Allows = Callable[[str, str], bool]
"""Whether an admitted key may finish another handshake from an address now. Called in the same thread."""


def allow_all(_key: str, _address: str) -> bool:
    """Allow any number of handshakes."""
    return True


def plain_address(address: str) -> str:
    """Return a peer's address. If it is an IPv4 address mapped to IPv6, return the IPv4 address."""
    return address.removeprefix("::ffff:")


class Authenticator:
    """Answers a context's requests until `stop`. Raises zmq.ZMQError if the context has one already."""

    def __init__(
        self,
        context: zmq.Context[zmq.Socket[bytes]],
        admit: Admit = admit_all,
        hang_seconds: float = HANG_SECONDS,
        allows: Allows = allow_all,
    ) -> None:
        self._admit = admit
        self._allows = allows
        self._hang_seconds = hang_seconds
        self.turned = time.monotonic()
        """The time of the thread's last turn (monotonic seconds)."""
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
        """Whether the thread is alive and turns. Any thread may read this."""
        return self._thread.is_alive() and time.monotonic() - self.turned < self._hang_seconds

    def stop(self) -> bool:
        """Stop answering, so that no client can connect. Return False if the thread hangs in the policy."""
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
        """Return the reply: 200 with the key as user id, 400 to refuse, 300 or 500 for a failure.

        After 300 a client's ZeroMQ tries again. After 400 and 500 it gives up.
        """
        if len(request) != _FRAMES or request[0] != _VERSION:
            return _reply(request[1:2], b"500", b"not a request")
        _, request_id, domain, address, _, mechanism, key = request
        if domain != DOMAIN or mechanism != _MECHANISM or len(key) != KEY_BYTES:
            return _reply([request_id], b"400", b"not a key")
        try:
            user_id = key_from_bytes(key)
            place = plain_address(address.decode())
            admitted = self._admit(user_id, place)
            allowed = admitted is True and self._allows(user_id, place)
        except Exception:  # noqa: BLE001,RUF100 - the key is refused, and the next request answered
            return _reply([request_id], b"300", b"cannot tell now")
        if admitted is not True:
            return _reply([request_id], b"400", b"not admitted")
        if not allowed:
            return _reply([request_id], b"300", b"too many handshakes")
        return _reply([request_id], b"200", b"", user_id.encode())


def _reply(request_id: list[bytes], status: bytes, text: bytes, user_id: bytes = b"") -> list[bytes]:
    return [_VERSION, *(request_id or [b""]), status, text, user_id, b""]
