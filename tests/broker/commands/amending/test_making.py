"""Requests that change nothing, as all is as they ask: their answers, and that they stay without effect."""

from collections.abc import Iterable

import pytest
from wired import Chat, Client, FragileStore

from broker.core.entries import MOST_TAKEN_BACK
from broker.core.facts.unchanged import UnchangedRequests
from broker.core.memory import unchanged
from broker.core.memory.pinning import MOST_UNPINNED
from messages.amendments import Pin, Pins, React
from messages.errors import ErrorCode
from messages.requests import History, Send


def say(client: Client, text: str = "hello") -> int:
    return int(client.ask(Send, "#lobby", text).seq)


def reactions(client: Client, seq: int) -> list[str]:
    (message,) = client.ask(History, "#lobby", after=seq - 1, limit=1).messages
    return [one.reaction for one in message.reactions]


def pinned(client: Client) -> list[int]:
    return [message.seq for message in client.ask(Pins, "#lobby").messages]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_reaction_that_changed_nothing_changes_nothing_when_it_is_sent_again(
    together: bool, restarted: bool
) -> None:
    chat = Chat()
    alice = chat.login("alice")
    seq = say(alice)
    on = alice.ask(React, "#lobby", seq, "👍").seq
    assert alice.ask(React, "#lobby", seq, "👍", id="x").seq == on
    off = alice.ask(React, "#lobby", seq, "👍", on=False, id="y").seq
    if restarted:
        chat.restart()
        alice = chat.login("alice")
    again = [React("x", "#lobby", seq, "👍"), React("y", "#lobby", seq, "👍", on=False)]
    if together:
        again.insert(0, React("new", "#lobby", seq, "🎉"))
        alice.put_all(*again)
        chat.flush()
        assert [alice.reply(one.id).seq for one in again] == [off + 1, on, off]
    else:
        for one, expected in zip(again, (on, off), strict=True):
            alice.put_all(one)
            chat.flush()
            assert alice.reply(one.id).seq == expected
    assert reactions(alice, seq) == ["🎉"][: int(together)]


def test_a_pin_that_changed_nothing_changes_nothing_when_it_is_sent_again(chat: Chat) -> None:
    alice, bob = chat.users("alice", "bob")
    seq = say(alice)
    on = alice.ask(Pin, "#lobby", seq).seq
    assert bob.ask(Pin, "#lobby", seq, id="x").seq == on
    off = alice.ask(Pin, "#lobby", seq, on=False).seq
    assert bob.ask(Pin, "#lobby", seq, id="x").seq == on
    assert pinned(bob) == []
    assert bob.ask(Pin, "#lobby", seq, on=False).seq == off
    assert bob.refused(Pin, "#lobby", seq, on=False, id="x") is ErrorCode.ID_REUSED
    assert bob.refused(React, "#lobby", seq, "x", id="x") is ErrorCode.ID_REUSED
    other = say(alice)
    assert bob.ask(Pin, "#lobby", other, on=False).seq == other


def test_the_last_reactions_taken_back_and_pins_removed_are_known(chat: Chat) -> None:
    alice = chat.login("alice")
    seq = say(alice)
    entries = []
    for number in range(MOST_TAKEN_BACK + 2):
        alice.ask(React, "#lobby", seq, f"r{number}")
        entries.append(alice.ask(React, "#lobby", seq, f"r{number}", on=False).seq)
    found = [alice.ask(React, "#lobby", seq, f"r{n}", on=False).seq for n in range(len(entries))]
    assert found == [seq, seq, *entries[2:]]
    alice.ask(React, "#lobby", seq, "r5")
    again = alice.ask(React, "#lobby", seq, "r5", on=False).seq
    assert alice.ask(React, "#lobby", seq, "r5", on=False).seq == again
    messages = [say(alice) for _ in range(MOST_UNPINNED + 1)]
    for message in messages:
        alice.ask(Pin, "#lobby", message)
    entries = [alice.ask(Pin, "#lobby", message, on=False).seq for message in messages]
    found = [alice.ask(Pin, "#lobby", message, on=False).seq for message in messages]
    assert found == [messages[0], *entries[1:]]


def remembered(chat: Chat) -> Iterable[tuple[int, list[str]]]:
    facts = chat.core.state.facts.of(UnchangedRequests).values()
    return [(fact.user, [one.id for one in fact.requests]) for fact in facts]


def test_few_requests_of_few_users_are_remembered(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "MOST_OF_USER", 3)
    monkeypatch.setattr(unchanged, "MOST_USERS", 2)
    users = chat.users("alice", "bob", "carol")
    seq = say(users[0])
    for user in users[:2]:
        for number in range(4):
            user.ask(React, "#lobby", seq, "👍", on=False, id=f"n{number}")
    assert remembered(chat) == [(1, ["n1", "n2", "n3"]), (2, ["n1", "n2", "n3"])]
    users[0].ask(React, "#lobby", seq, "👍", on=False, id="last")
    users[2].ask(React, "#lobby", seq, "👍", on=False, id="first")
    assert remembered(chat) == [(1, ["n2", "n3", "last"]), (3, ["first"])]


def test_what_could_not_be_stored_is_not_remembered() -> None:
    store = FragileStore("e1")
    chat = Chat(store)
    alice = chat.login("alice")
    seq = say(alice)
    store.broken = True
    assert alice.refused(React, "#lobby", seq, "👍", on=False) is ErrorCode.UNAVAILABLE
    chat.mend()
    assert remembered(chat) == []
