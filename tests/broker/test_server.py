import subprocess
import sys
from pathlib import Path

from live_broker import Stage

from broker.core.facts.kinds import BoundKey
from broker.security.handshakes import UNBOUND_BURST
from broker.server import Broker
from messages.game import Hand

_PRINT_FIRST_ROUTING_ID = """
import zmq
from broker.server import Broker
broker = Broker()
url = broker.bind("tcp://127.0.0.1:0")
with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
    dealer.connect(url)
    dealer.send(b"hello")
    broker.router._listeners[0].socket.poll(10_000)
    broker.router._turn()
    print(*(routing_id.hex() for routing_id in broker.router._listeners[0].peers))
broker.close()
"""


def test_nobody_can_tell_which_routing_id_comes_next() -> None:
    command = [sys.executable, "-c", _PRINT_FIRST_ROUTING_ID]
    root = Path(__file__).parents[2]
    found = {subprocess.check_output(command, cwd=root, timeout=60, text=True) for _ in range(2)}
    assert len(found) == 2
    assert all(len(bytes.fromhex(routing_id)) == 5 for routing_id in found)


def test_tokens_are_long_and_never_the_same() -> None:
    stage = Stage("inproc://tokens")
    try:
        tokens = {user.session for user in stage.users("alice", "bob", "carol")}
    finally:
        stage.close()
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 32


def test_the_broker_shows_every_hand_in_the_long_run() -> None:
    stage = Stage("inproc://hands")
    try:
        (alice,) = stage.users("alice")
        shown = {alice.ask("play", hand="rock")["opponent_hand"] for _ in range(200)}
    finally:
        stage.close()
    assert shown == set(Hand)


def test_a_broker_needs_nothing_to_be_made() -> None:
    broker = Broker()
    try:
        assert broker.bind("tcp://127.0.0.1:0").startswith("tcp://127.0.0.1:")
        assert broker.core.settings.heartbeat == 15_000
    finally:
        broker.close()


def test_each_broker_in_memory_has_a_log_of_its_own() -> None:
    epochs = set()
    for _ in range(2):
        stage = Stage("inproc://epochs")
        try:
            epochs.add(stage.dealer("alice").ask("login", protocol=1, name="alice")["epoch"])
        finally:
            stage.close()
    assert len(epochs) == 2


def test_keys_of_users_may_finish_more_handshakes_than_others() -> None:
    broker = Broker()
    try:
        broker.core.state.facts.keep(BoundKey("alice's", 1, 0))
        broker.core.commit()
        allowed = [
            sum(broker._allows_handshake(key, address) for _ in range(3_000))
            for key, address in (("alice's", "192.0.2.1"), ("another", "192.0.2.2"))
        ]
    finally:
        broker.close()
    assert allowed[0] > 2 * UNBOUND_BURST > allowed[1] >= UNBOUND_BURST
