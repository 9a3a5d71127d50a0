"""The verbs' end of the admin channel, against programs that are no broker of this version."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from broker.directory.admin_socket import socket_path
from broker.shell.channel import Channel
from broker.shell.errors import NoBrokerError
from messages.admin import Status

Router = zmq.Socket[bytes]


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    """A socket where a broker has its admin channel."""
    context: zmq.Context[Router] = zmq.Context()
    with context, context.socket(zmq.ROUTER) as bound:
        bound.linger = 0
        bound.bind(f"ipc://{socket_path(tmp_path)}")
        yield bound


def test_a_broker_that_hangs_is_named(router: Router, tmp_path: Path) -> None:
    with Channel(tmp_path, seconds=0.1) as channel, pytest.raises(NoBrokerError, match="has not answered"):
        channel.ask(Status)


def test_another_version_is_named(router: Router, tmp_path: Path) -> None:
    def answer() -> None:
        sender, _ = router.recv_multipart()
        router.send_multipart([sender, b'{"type":"from-tomorrow","re":"1"}'])

    thread = threading.Thread(target=answer)
    thread.start()
    with Channel(tmp_path) as channel, pytest.raises(NoBrokerError, match="another version"):
        channel.ask(Status)
    thread.join()
