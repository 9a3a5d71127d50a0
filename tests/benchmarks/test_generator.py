"""The load generator's connections."""

from __future__ import annotations

import socket
from contextlib import closing
from threading import Thread
from types import SimpleNamespace
from typing import cast

import pytest

from benchmarks.generator import CheckFailed, Generator
from benchmarks.peers import PEERS
from benchmarks.peers.peer import Running, Step


def test_one_who_is_cut_before_the_login_connects_again_and_later_it_is_a_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answer in (b"half", b"welcome"):
                connection, _ = server.accept()
                with connection:
                    assert connection.recv(5) == b"hello"
                    connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        running = cast("Running", SimpleNamespace(port=server.getsockname()[1]))
        with closing(Generator(PEERS["chat-broker"], running, b"~")) as generator:
            generator.enter([[Step(b"hello", b"welcome")]], 1)
            assert generator.connections[0].steps == []
            with pytest.raises(CheckFailed, match="hung up on a user"):
                generator.turn(10.0)
        thread.join()
