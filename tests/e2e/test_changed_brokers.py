"""A broker that clients are connected to comes back as another, or as itself."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zmq
from eventually import DEADLINE, eventually
from programs import House, Program, house

from broker.security.authenticator import admit_all
from broker.security.keys import make_keys
from broker.server import Broker
from messages.endpoints import chat_address
from messages.exits import Exit
from messages.keys import KeyPair, fingerprint


@contextmanager
def broker_at(url: str, keys: KeyPair | None) -> Iterator[str]:
    """Have a broker run at an endpoint, and return what that is."""
    broker = Broker(admit=admit_all)

    def bound() -> str | None:
        try:
            return broker.bind(url, keys)
        except zmq.ZMQError as error:
            if error.errno != zmq.EADDRINUSE:
                raise
            return None

    url = eventually(bound, "the endpoint is free")
    thread = threading.Thread(target=broker.run)
    thread.start()
    try:
        yield url
    finally:
        broker.stop()
        thread.join(DEADLINE)
        assert not thread.is_alive()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        yield built


def known_at(home: House) -> str:
    return f"line 1 of {home.home}/.config/chat-client/known_brokers"


def lost(client: Program) -> None:
    """Wait until a client has found out that its broker has gone."""
    client.says("tries to reconnect")


@pytest.mark.parametrize("encrypts", [True, False], ids=["another key", "plain"])
@pytest.mark.parametrize(
    "verb", [(), ("send", "#lobby", "-"), ("tail", "#lobby")], ids=["chat", "send", "tail"]
)
def test_a_running_client_refuses_a_broker_that_comes_back_as_another(
    home: House, verb: tuple[str, ...], encrypts: bool
) -> None:
    keys = make_keys()
    with broker_at("tcp://127.0.0.1:0", keys) as url:
        client = home.client(chat_address(url, keys.public), "alice", *verb)
        client.says("is new here")
        watcher = home.client(chat_address(url, keys.public), "bob", "--identity", str(home.home / "bob.key"))
        watcher.says("as bob")
        if verb == ("tail", "#lobby"):
            watcher.type("hello\n")
            client.says("hello")
        elif verb:
            client.type("hello\n")
            watcher.says("hello")
        else:
            client.says("as alice")
    lost(client)
    with broker_at(url, make_keys() if encrypts else None):
        assert client.wait() == Exit.REFUSED
    proof = (
        f"PROVE THAT IT HAS THE KEY {fingerprint(keys.public)} of" if encrypts else "DOES NOT ENCRYPT, and"
    )
    (told,) = [line for line in client.err if "THE SERVER THERE" in line]
    assert f"{proof} {known_at(home)}" in told


def test_a_person_is_told_loudly_and_what_was_not_sent_is_counted(home: House) -> None:
    keys = make_keys()
    with broker_at("tcp://127.0.0.1:0", keys) as url:
        person = home.person(chat_address(url, keys.public), "--name", "alice")
        person.sees("as alice")
    person.sees("tries to reconnect")
    person.enter("the cellar key is under the mat")
    person.sees("Kept")
    with broker_at(url, make_keys()):
        person.sees("THE SERVER THERE DOES NOT PROVE")
        person.sees("; 1 message was not confirmed")
        assert person.wait() == Exit.REFUSED


def test_a_broker_that_comes_back_as_itself_behind_what_only_hangs_up_is_no_other(home: House) -> None:
    keys = make_keys()
    with broker_at("tcp://127.0.0.1:0", keys) as url:
        client = home.client(chat_address(url, keys.public), "alice")
        client.says("as alice")
    lost(client)
    port = int(url.rpartition(":")[2])
    with eventually(lambda: listening(port), "the endpoint is free") as proxy:
        for _ in range(5):  # connections that come to nothing, as a proxy's whose broker is away
            proxy.accept()[0].close()
    with broker_at(url, keys):
        client.says("The connection is back.")
        client.end_input()
        assert client.wait() == Exit.DONE


def listening(port: int) -> socket.socket | None:
    try:
        server = socket.create_server(("127.0.0.1", port))
    except OSError:
        return None
    server.settimeout(DEADLINE)
    return server
