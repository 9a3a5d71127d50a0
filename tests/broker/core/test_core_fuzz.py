"""Hostile documents at the core, the same in each run."""

from random import Random

from fuzzed import document, hit
from torture.figures import figure
from wired import Chat

from broker.core.outbox import LogEvent
from broker.core.settings import Caps
from messages.replies import AnyReply
from messages.requests import Login
from messages.version import PROTOCOL

CASES = figure(20_000, 10_000_000)

BATCH = 20


def test_whatever_documents_come_each_is_answered_once_and_none_is_a_fault_of_the_broker() -> None:
    random = Random("core")
    chat = Chat(caps=Caps(rate=0.0))
    clients = [chat.connect() for _ in range(4)]
    handled = 0
    for start in range(0, CASES, BATCH):
        for client, name in zip(clients, ("alice", "bob", "carol", "dora"), strict=True):
            if client.peer.session is None and random.random() < 0.5:
                client.ask(Login, PROTOCOL, name)
        client = random.choice(clients)
        client.inbox.clear()
        asked = [hit(client, document(random, start + number)) for number in range(BATCH)]
        chat.flush()
        answers = [reply.re for reply in client.inbox if isinstance(reply, AnyReply)]
        assert sorted(map(str, answers)) == sorted(map(str, asked))
        handled += len(asked)
        if random.random() < 0.05:
            chat.forward(random.choice((1, 20, 50)))
            for gone in [client for client in clients if client.peer not in chat.core.peers]:
                clients[clients.index(gone)] = chat.connect()
        for each in clients:
            each.inbox.clear()
        assert not chat.noted(LogEvent.FAULT)
        chat.notes.clear()
    assert handled >= CASES
