"""What a message costs, counted instead of timed: noise can neither hide a regression nor make one up."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from types import FrameType

import pytest
from wired import Chat, Client

from benchmarks.generator import Generator
from benchmarks.peers import PEERS
from benchmarks.talk import Talk
from benchmarks.workloads import WORKLOADS
from broker.core.memory.model import Peer
from broker.core.outbox import Delivery
from broker.transport import batch
from messages.codec import encode, encode_all
from messages.documents import Document
from messages.events import Message
from messages.requests import Confirm, Send

MARKER = b"~^|~^"
MESSAGES = 64


def room_of(members: int) -> Chat:
    chat = Chat()
    chat.users(*(f"m{number}" for number in range(members)))
    return chat


def say(chat: Chat, count: int) -> list[Delivery]:
    """Let the first member say something in one batch."""
    client = chat._clients[next(iter(chat._clients))]
    for number in range(count):
        client.put(Send, "#lobby", f"hello {number:03}")
    return chat.core.commit()[0]


def pairs(count: int) -> tuple[Chat, list[Client]]:
    """Users of whom each two have written to one another."""
    chat = Chat(log_messages=False)
    clients = chat.users(*(f"m{number}" for number in range(2 * count)))
    for number, client in enumerate(clients):
        client.ask(Send, f"@m{number ^ 1}", "hello")
    return chat, clients


def calls(work: Callable[[], object]) -> int:
    """Return how many functions written in Python some work calls."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def handle(chat: Chat, frames: Sequence[tuple[Peer, bytes]]) -> None:
    """Take in a batch, commit it, and gather its frames."""
    for peer, frame in frames:
        chat.intake.take(peer, frame)
    batch.gather(chat.core.commit()[0])


def direct_frame(sender: int, size: int, serial: str) -> bytes:
    return b"\n".join(encode(Send(f"{serial}.{n}", f"@m{sender ^ 1}", "hello")) for n in range(size))


@pytest.mark.parametrize(("frames", "size", "most"), [(1, 1, 80), (20, 1, 53), (20, 16, 8)])
def test_a_direct_message_takes_few_calls(frames: int, size: int, most: float) -> None:
    chat, clients = pairs(10)
    told = [(clients[sender].peer, direct_frame(sender, size, "x")) for sender in range(frames)]
    assert calls(lambda: handle(chat, told)) <= most * frames * size


def test_a_direct_message_is_one_event_and_one_reply_and_one_entry_of_the_undo_log() -> None:
    chat, (alice, bob) = pairs(1)
    alice.put_all(*(Send(str(number), "@m1", "hello") for number in range(MESSAGES)))
    for number in range(MESSAGES):
        bob.put(Send, "@m0", f"hello {number}")
    assert chat.core.state.changes.mark() == 1 + MESSAGES
    to = [[peer for peer in peers if peer is not but] for peers, _, but in chat.core.commit()[0]]
    assert to == [[bob.peer], [alice.peer]] + [[alice.peer], [bob.peer]] * MESSAGES


@pytest.mark.parametrize("members", [2, 50])
def test_a_message_is_one_delivery_and_one_reply_however_many_get_it(members: int) -> None:
    assert len(say(room_of(members), MESSAGES)) == 2 * MESSAGES


def test_messages_of_one_frame_are_one_delivery_and_one_row_of_replies() -> None:
    chat = room_of(50)
    client = chat._clients[next(iter(chat._clients))]
    client.put_all(*(Send(str(number), "#lobby", "hello") for number in range(MESSAGES)))
    told, replies = chat.core.commit()[0]
    assert len(told.documents) == len(replies.documents) == MESSAGES


def test_messages_of_one_frame_are_two_documents_for_clients_that_know_runs() -> None:
    chat = room_of(50)
    clients = list(chat._clients.values())
    for client in clients:
        client.peer.runs = True
    clients[0].put_all(*(Send(f"{number:05}", "#lobby", "x" * 100) for number in range(MESSAGES)))
    told, replies = chat.core.commit()[0]
    assert len(told.documents) == len(replies.documents) == 1
    assert told.peers is chat.core.state.lobby.peers, "the room is one audience"
    assert len(encode_all(told.documents)) <= 130 * MESSAGES
    assert len(encode_all(replies.documents)) <= 12 * MESSAGES


def test_a_confirm_is_one_receipt_for_all_who_have_spoken() -> None:
    chat = room_of(10)
    clients = list(chat._clients.values())
    for client in clients:
        client.ask(Send, "#lobby", "hello")
    clients[0].put(Confirm, "#lobby", 10)
    receipts, done = chat.core.commit()[0]
    assert len(receipts.documents) == len(done.documents) == 1
    assert {*receipts.peers} == {client.peer for client in clients[1:]}


def test_a_message_allocates_no_more_for_fifty_members_than_for_two() -> None:
    def allocated(members: int) -> float:
        chat = room_of(members)
        say(chat, MESSAGES)
        gc.collect()
        before = sys.getallocatedblocks()
        kept = say(chat, MESSAGES)
        after = sys.getallocatedblocks()
        return (after - before) / len(kept)

    few, many = allocated(2), allocated(50)
    assert many <= few + 1
    assert many <= 12


def test_a_document_is_encoded_once_however_many_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[Document] = []
    encode = batch.encode_all
    monkeypatch.setattr(
        batch, "encode_all", lambda documents: (encoded.extend(documents), encode(documents))[1]
    )
    peers = tuple(Peer(b"\0%d" % number, "10.0.0.1", 0.0) for number in range(50))
    messages = [Message("#lobby", seq, str(seq), "alice", "hello", 0) for seq in range(MESSAGES)]
    deliveries = [Delivery(peers, (message,), peers[seq % 2]) for seq, message in enumerate(messages)]
    gathered = dict(batch.gather(deliveries))
    assert encoded == messages
    assert [len(frames) for frames in gathered.values()] == [1] * len(peers)


def test_what_comes_in_one_frame_goes_to_each_member_in_one_frame() -> None:
    peer = PEERS["chat-broker"]
    talk = Talk(WORKLOADS["fanout-10-100-32"], peer, MARKER)
    with peer.running() as server:
        generator = Generator(peer, server, MARKER)
        try:
            generator.enter(talk.ways(), together=10)
            for connection in generator.connections:
                connection.recorded = bytearray()
            voice = talk.voices[0]
            generator.send(
                generator.connections[voice.speaker], peer.say(voice.to, voice.make_texts(MESSAGES), 1)
            )
            talk.drain(generator)
            for hearer in voice.hearers:
                heard = bytes(generator.connections[hearer].recorded or b"")
                whole = heard[heard.index(MARKER) : heard.rindex(MARKER)]
                assert whole.count(b'"id":') == MESSAGES - 1
                assert b"\n" not in whole, "the messages are one document"
                assert b"\0" not in whole, "a frame's head lies between two messages"
        finally:
            generator.close()
