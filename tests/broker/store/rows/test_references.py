"""Whatever clients do, the rows that the broker stores belong together."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from fuzzed import document, hit
from torture.figures import figure
from wired import BEGINNING, UNLIMITED, Chat, Client

from broker.core.memory.model import Moment
from broker.security.keys import make_keys
from broker.store.sqlite import SqliteStore
from broker.store.verbs.copies import verify
from messages.requests import Login, Send
from messages.version import PROTOCOL

ROUNDS, CASES = figure(3, 300), 800
OWN_UID = 1_000
DAY = 86_400
PEOPLE = ("alice", "bob", "carol", "dora")


@pytest.mark.parametrize("names", ["unique", "shared"])
def test_what_any_requests_have_stored_is_whole(tmp_path: Path, names: str) -> None:
    random = Random(f"{names} names")
    identities = [make_keys().public for _ in range(3)]
    now, held = BEGINNING, list[int]()
    for _ in range(ROUNDS):
        with closing(SqliteStore(tmp_path, "epoch")) as store:
            chat = Chat(
                store,
                names,
                own_uid=OWN_UID,
                forget_days=1,
                retain_days=random.choice((0, 2)),
                max_file=100,
                caps=UNLIMITED,
            )
            chat.now = now
            clients = [
                chat.connect(uid=OWN_UID),
                chat.connect(),
                *(chat.connect(identity=i) for i in identities),
            ]
            for number in range(CASES):
                act(chat, random, clients, number)
            held.append(sum(one.head for one in chat.core.state.conversations.values()))
            now = Moment(chat.now.at + random.choice((0, DAY, 3 * DAY)) * 1_000, chat.now.elapsed)
            while chat.core.upkeep():
                pass
        verify(tmp_path / "chat.db")
    assert max(held) > 0


def act(chat: Chat, random: Random, clients: list[Client], number: int) -> None:
    """Let one client send some documents, or time pass."""
    client = random.choice(clients)
    if client.peer.session is None:
        client.ask(Login, PROTOCOL, random.choice(PEOPLE))
    for part in range(random.randint(1, 4)):
        hit(client, document(random, 4 * number + part))
    if number % 40 == 0:  # random ones are seldom accepted
        client.put(Send, "#lobby", "hello")
    chat.flush()
    if random.random() < 0.02:
        later = Moment(chat.now.at + random.choice((1, DAY // 2, DAY)) * 1_000, chat.now.elapsed + 700)
        chat.now = later
        chat.tick()
        while chat.core.upkeep():
            pass
    for gone in [client for client in clients if client.peer not in chat.core.peers]:
        clients[clients.index(gone)] = chat.connect(identity=gone.peer.identity)
