"""Hostile documents at the core, the same in each run."""

from random import Random

from torture.figures import figure
from wired import Chat, Client

from broker.core.outbox import LogEvent
from broker.core.settings import Caps
from messages.codec import decode_request, encode
from messages.errors import ProtocolError
from messages.replies import AnyReply
from messages.requests import AnyRequest, Login, Request
from messages.version import PROTOCOL

CASES = figure(100_000, 10_000_000)

BATCH = 20

NAMES = ("alice", "Alice~2", "bob", "carol", "#", "a" * 32, "é", "e\u0301", "\u202ex", "аlice", "", "0")
PLACES = ("#lobby", "#a", "#" + "x" * 64, "@bob", "@alice", "@nobody", "#nowhere", "@", "#\ud800", "lobby")
VALUES = (None, True, -1, 0, 1, 2**53 - 1, 2**53, 10**30, 1.5, "", " ", "x", "\x1b]0;x\a", [], {}, ["x"])
TEXTS = ("hello", "*", "a* b", "NEAR(", '"', "x" * 4_000, "x" * 4_001, "\u202e", "\0", "rock", "paper")


def value_for(field: str, random: Random) -> object:
    """Return a value that is often one that the field may have."""
    if random.random() < 0.05:
        return random.choice(VALUES)
    if field in ("name", "opponent", "sender"):
        return random.choice(NAMES)
    if field in ("to", "conversation", "room"):
        return random.choice(PLACES)
    if field in ("text", "topic", "words", "hand"):
        return random.choice(TEXTS)
    return random.choice((0, 1, 2, 3, 100, 2**53 - 1, True, None))


def document(random: Random, number: int) -> bytes:
    """Return a line that has the fields of some request, or most of them."""
    kind: type[Request] = random.choice(AnyRequest.__args__)
    fields = {field: value_for(field, random) for field in kind.__struct_fields__ if random.random() < 0.9}
    fields |= {"type": kind.__struct_config__.tag, "id": random.choice((f"f{number}", f"f{number // 3}"))}
    try:
        return bytes(encode(fields))  # type: ignore[arg-type]
    except UnicodeEncodeError:
        return b'{"type":"ping"}'


def hit(client: Client, line: bytes) -> str | None:
    """Send a line in a frame of its own; return the id that must be answered."""
    client.put_frame(line)
    try:
        return str(decode_request(line).id)
    except ProtocolError as error:
        return error.re


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
