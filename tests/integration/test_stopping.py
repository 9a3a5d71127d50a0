"""How a broker ends: what was taken is answered, everyone is told, nothing is left open."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
import zmq
from eventually import DEADLINE, eventually
from live_broker import Stage

from broker.server import Broker


def test_a_broker_that_stops_says_goodbye_to_everyone(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    stage.stop()
    for client in (alice, bob):
        goodbye = client.event("goodbye")
        assert (goodbye["reason"], goodbye["text"]) == ("shutting-down", "the broker is shutting down")
        assert client.inbox == []


def test_what_was_sent_before_the_stop_is_answered_before_the_goodbye(stage: Stage) -> None:
    alice, bob = stage.users("alice", "bob")
    asked = [alice.put("send", to="#lobby", text=str(number)) for number in range(200)]
    assert alice.reply(asked[0])["seq"] == 1
    stage.stop()
    assert alice.event("goodbye")
    accepted = [document["re"] for document in alice.inbox]
    assert accepted == asked[1 : len(accepted) + 1]
    assert bob.event("goodbye")
    assert [document["text"] for document in bob.inbox] == [str(n) for n in range(len(accepted) + 1)]


def test_a_broker_stops_at_once_and_closes_its_sockets(stage: Stage) -> None:
    stage.users("alice", "bob")
    before = time.monotonic()
    stage.stop()
    assert time.monotonic() - before < DEADLINE / 10
    assert all(listener.socket.closed for listener in stage.broker.router._listeners)


def test_a_broker_with_a_context_of_its_own_ends_it(short_path: Path) -> None:
    before = set(Path("/dev/fd").iterdir())
    broker = Broker()
    broker.bind(f"ipc://{short_path}/chat")
    broker.stop()
    broker.run()
    broker.close()
    assert broker._context.closed
    assert set(Path("/dev/fd").iterdir()) <= before  # those of other tests may be closed meanwhile


def test_a_broker_that_never_ran_can_be_closed_and_stopped_afterwards(short_path: Path) -> None:
    broker = Broker()
    broker.bind(f"ipc://{short_path}/chat")
    broker.close()
    broker.stop()
    assert broker._context.closed


def test_an_endpoint_is_free_after_a_broker_stopped(stage: Stage) -> None:
    stage.users("alice")
    stage.stop()
    again = Broker(context=stage.context)

    def bound() -> str:
        with suppress(zmq.ZMQError):  # ZeroMQ closes in the background
            return again.bind(stage.url)
        return ""

    try:
        assert eventually(bound, "the endpoint is free") == stage.url
    finally:
        again.close()


def test_an_endpoint_in_use_cannot_be_bound() -> None:
    one, other = Broker(), Broker()
    try:
        url = one.bind("tcp://127.0.0.1:0")
        with pytest.raises(zmq.ZMQError):
            other.bind(url)
    finally:
        one.close()
        other.close()
