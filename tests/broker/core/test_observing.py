"""What an operator's screen gets to see, and that looking holds up nobody."""

from __future__ import annotations

import pytest
from wired import Chat, Client

from broker.core.memory.model import Peer
from broker.core.observing import STEP, Census, latest
from broker.core.settings import Caps
from messages.codec import encode
from messages.moderation import Ban, Kick
from messages.observing import MOST_ENTRIES, MOST_PEERS, Observation, Observe, PeerOrder
from messages.requests import Ping, Send, Whoami


@pytest.fixture
def chat() -> Chat:
    return Chat(own_uid=0, log_place="/var/log/chat")


@pytest.fixture
def shell(chat: Chat) -> Client:
    return chat.connect(uid=0, admin=True)


def names(found: Observation) -> list[str | None]:
    return [one.name for one in found.peers]


def test_it_tells_who_is_connected_and_how_much_they_ask(chat: Chat, shell: Client) -> None:
    alice, _bob = chat.users("alice", "bob")
    chat.connect("192.0.2.7")
    at = chat.now.at
    for _ in range(3):
        alice.ask(Ping)
    chat.forward(2)
    found = shell.ask(Observe, order=PeerOrder.NEWEST)
    assert (found.connections, found.matching, found.log) == (3, 3, "/var/log/chat")
    stranger, bob, first = found.peers
    assert (stranger.name, stranger.address, stranger.since, stranger.requests) == (None, "192.0.2.7", 0, 0)
    assert (bob.name, bob.since, bob.requests, bob.idle) == ("bob", at, 1, 2)
    assert (first.name, first.requests) == ("alice", 4)
    assert len({one.number for one in found.peers}) == 3


def test_no_secret_is_in_it(chat: Chat, shell: Client) -> None:
    alice = chat.login("alice", identity="K" * 40)
    alice.ask(Send, "#lobby", "in confidence")
    text = encode(shell.ask(Observe)).decode()
    session = next(iter(chat.core.state.sessions))
    for secret in (session, "K" * 40, "in confidence"):
        assert secret not in text


def test_the_busiest_come_first_and_the_list_is_bounded(chat: Chat, shell: Client) -> None:
    chat.users(*(f"user{number}" for number in range(MOST_PEERS + 5)))
    shell.ask(Observe)
    chat.forward(1)
    clients = list(chat._clients.values())
    for count, client in ((2, clients[50]), (3, clients[104])):
        for _ in range(count):
            client.ask(Ping)
    found = shell.ask(Observe)
    assert names(found)[:3] == ["user103", "user49", "user0"]
    assert (len(found.peers), found.matching) == (MOST_PEERS, MOST_PEERS + 5)
    assert names(shell.ask(Observe, most=1)) == ["user103"]  # within a second nothing is counted anew
    chat.forward(1)
    assert names(shell.ask(Observe, most=1)) == ["user0"]


def test_connections_in_trouble_can_come_first(chat: Chat, shell: Client) -> None:
    chat.core.reload(chat.core.settings)
    alice, bob, carol, _dave = chat.users("alice", "bob", "carol", "dave")
    bob.peer.barred = True
    chat.core.lag(carol.peer)
    alice.peer.held_until = chat.now.elapsed + 1
    found = shell.ask(Observe, PeerOrder.TROUBLED)
    assert names(found) == ["bob", "carol", "alice", "dave"]
    assert [(one.barred, one.lagging > 0, one.throttled) for one in found.peers] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
        (False, False, False),
    ]
    assert (found.barred, found.lagging, found.throttled) == (1, 1, 1)


def test_who_sends_too_much_is_throttled() -> None:
    chat = Chat(own_uid=0, caps=Caps(rate=1, burst=64))
    shell, (alice,) = chat.connect(uid=0, admin=True), chat.users("alice")
    for _ in range(100):
        alice.put(Whoami)
    (found,) = shell.ask(Observe).peers
    assert (found.name, found.requests, found.throttled) == ("alice", 101, True)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (PeerOrder.NAME, ["Alice", "bob", "carol", None]),
        (PeerOrder.IDLE, ["carol", "bob", "Alice", None]),
        (PeerOrder.ADDRESS, [None, "Alice", "bob", "carol"]),
        (PeerOrder.NEWEST, [None, "Alice", "bob", "carol"]),
    ],
)
def test_there_are_other_orders(
    chat: Chat, shell: Client, order: PeerOrder, expected: list[str | None]
) -> None:
    for name in ("carol", "bob", "Alice"):
        chat.login(name)
        chat.forward(1)
    chat.connect("10.0.0.0")
    assert names(shell.ask(Observe, order)) == expected


def test_what_is_looked_for_is_in_a_name_or_an_address(chat: Chat, shell: Client) -> None:
    chat.users("alice", "bob")
    chat.connect("192.0.2.7")
    for find, expected in (("ALI", ["alice"]), ("192.0", [None]), ("10.0.0", ["alice", "bob"]), ("x", [])):
        found = shell.ask(Observe, find=find)
        assert (names(found), found.matching, found.connections) == (expected, len(expected), 3)


def test_only_new_entries_of_the_audit_log_come(chat: Chat, shell: Client) -> None:
    for number in range(MOST_ENTRIES + 3):
        shell.ask(Ban, f"mallory{number}")
    found = shell.ask(Observe).entries
    assert [one.target for one in found] == [f"mallory{n}" for n in range(MOST_ENTRIES + 2, 2, -1)]
    assert shell.ask(Observe, after=found[0].number).entries == []
    assert [one.number for one in shell.ask(Observe, after=found[2].number).entries] == [
        found[0].number,
        found[1].number,
    ]


def test_an_operator_at_a_shell_kicks_a_user(chat: Chat, shell: Client) -> None:
    alice, bob = chat.users("alice", "bob")
    shell.ask(Kick, "bob", reason="spam")
    assert "the operator removed you from the chat: spam" in bob.texts()
    assert "the operator removed bob from the chat: spam" in alice.texts()
    (entry,) = shell.ask(Observe).entries
    assert (entry.by, entry.action, entry.target) == ("operator (uid 0)", "kick", "bob")


def test_many_connections_are_looked_at_in_steps(chat: Chat) -> None:
    for number in range(STEP * 2 + 1):
        chat.core.connect(Peer(b"\0%d" % number, "10.0.0.1", 0.0))
    census = Census(chat.core._context, PeerOrder.NEWEST, "", 2)
    counts = [census.connections for _ in census.steps()]
    assert counts == [STEP, STEP * 2, STEP * 2 + 1]
    assert [peer.number for peer in census.first] == [STEP * 2 + 1, STEP * 2]
    found: list[int] = []
    assert len(list(latest(range(STEP * 2), 3, int, found))) == 2
    assert found == [STEP * 2 - 1, STEP * 2 - 2, STEP * 2 - 3]


def test_a_connection_that_goes_meanwhile_is_not_listed(chat: Chat, shell: Client) -> None:
    _alice, bob = chat.users("alice", "bob")
    asked = shell.put(Observe)
    chat.core.lose([bob.peer], "connection lost")
    chat.flush()
    assert names(shell.reply(asked)) == ["alice"]


def test_others_are_served_before_a_look_is_finished(chat: Chat, shell: Client) -> None:
    (alice,) = chat.users("alice")
    asked = shell.put(Observe)
    alice.ask(Ping)
    assert len(chat.core.jobs) == 0
    assert shell.reply(asked).connections == 1
