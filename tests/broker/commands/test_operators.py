from wired import Chat

from broker.core.outbox import Fact
from messages.replies import Done
from messages.requests import Confirm, Debug, Join, Nick, Send


def test_the_connections_are_for_the_operator_and_the_client_sees_nothing_of_them() -> None:
    chat = Chat()
    alice, bob, carol = chat.users("alice", "bob", "carol")
    chat.connect()
    alice.ask(Join, "#zmq")
    for _ in range(3):
        alice.ask(Send, "#lobby", "hello")
    alice.ask(Send, "@bob", "hello")
    bob.ask(Confirm, "#lobby", 2)
    bob.ask(Nick, "robert")
    chat.core.lose([carol.peer], "connection lost")
    chat.flush()
    chat.forward(7)
    for client in (alice, bob):
        client.events()
    chat.notes.clear()
    assert bob.ask(Debug, id="1") == Done("1")
    assert alice.inbox == bob.inbox == []
    (note,) = chat.notes
    assert note.fact is Fact.CONNECTIONS
    assert note.fields == {
        "name": "robert",
        "rows": [
            {"name": "alice", "address": "10.0.0.1", "rooms": "#lobby #zmq", "queue": 4, "idle": 7},
            {"name": "robert", "address": "10.0.0.1", "rooms": "#lobby", "queue": 2, "idle": 0},
            {"name": "carol", "address": "(lost)", "rooms": "#lobby", "queue": 3, "idle": 7},
        ],
    }
