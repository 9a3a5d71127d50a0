"""What somebody sees who listens on the network."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from eventually import DEADLINE
from security.places import fortress

TEXT = "the vault opens at noon"


class Tap:
    """A TCP proxy for one connection that keeps all it carries."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.seen = b""
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._carry, name="tap")
        self._thread.start()

    def _carry(self) -> None:
        self._listener.settimeout(DEADLINE)
        near, _ = self._listener.accept()
        with near, socket.create_connection(self._target) as far:
            other = {near: far, far: near}
            while True:
                for source in select.select([near, far], [], [])[0]:
                    try:
                        data = source.recv(65_536)
                    except ConnectionError:
                        data = b""
                    if not data:
                        return
                    self.seen += data
                    other[source].sendall(data)

    def close(self) -> None:
        self._thread.join(DEADLINE)
        self._listener.close()


@contextmanager
def tapped(target: tuple[str, int]) -> Iterator[Tap]:
    tap = Tap(target)
    try:
        yield tap
    finally:
        tap.close()


@pytest.mark.parametrize("encrypted", [True, False], ids=["curve", "plain"])
def test_the_text_is_on_the_wire_with_plain_and_never_with_curve(encrypted: bool) -> None:
    with fortress() as place:
        host, _, port = (place.url if encrypted else place.plain_url).removeprefix("tcp://").rpartition(":")
        with tapped((host, int(port))) as tap:
            connect = place.dealer if encrypted else place.plain
            alice = connect("alice", url=tap.url).login()
            assert alice.ask("send", to="#lobby", text=TEXT)["type"] == "accepted"
            bob = place.plain("bob").login()
            bob.ask("send", to="#lobby", text=TEXT[::-1])
            assert alice.message() == TEXT[::-1]
            place.drop(alice)
        for secret in (TEXT, TEXT[::-1], "alice", alice.session, '"type"'):
            assert (secret.encode() in tap.seen) is not encrypted, secret
        assert len(tap.seen) > 500
