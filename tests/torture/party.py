"""Real clients' sessions and connections, all run by one thread, and what each client was shown."""

from __future__ import annotations

import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from types import SimpleNamespace

import pytest
from eventually import DEADLINE
from torture.proxy import Faults, Proxy
from torture.stored import Row

from client.core.events import Ended, Missing, SendAccepted, SendFailed
from client.core.session import Session
from client.transport import connection
from client.transport.connection import Connection
from messages.amendments import React
from messages.codec import encode
from messages.events import Amendment, Message
from messages.names import LOBBY

WINDOW = 300
"""Sends of one guest that are not accepted yet, at most."""


def hasten(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    """Let the clients' clock run faster, so that their time-outs for dropped frames come sooner."""
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() * factor, time=time.time)
    monkeypatch.setattr(connection, "time", clock)


class Promise:
    """One send: when it began and when it was accepted, on the clock of the party, and its seq."""

    __slots__ = ("begun", "conversation", "ended", "seq", "to")

    def __init__(self, to: str, begun: int) -> None:
        self.to = to
        self.begun = begun
        self.ended = self.seq = 0
        self.conversation = ""


class Shown:
    """What a guest was shown of one conversation, in order. It is small, as there are many."""

    def __init__(self) -> None:
        self.seqs = array("Q")
        self.texts = array("q")

    def add(self, entry: Message | Amendment) -> None:
        self.seqs.append(entry.seq)
        self.texts.append(hash(entry.text if isinstance(entry, Message) else f"👍 to {entry.of}"))

    def entries(self) -> list[tuple[int, int]]:
        return list(zip(self.seqs, self.texts, strict=True))


class Guest:
    """One user of a party."""

    def __init__(self, name: str, url: str, ticks: Iterator[int]) -> None:
        ids = count(1)
        self.name = name
        self.session = Session(name, lambda: f"{name}-{next(ids)}", encode)
        self.connection = Connection(self.session, url)
        self.shown: defaultdict[str, Shown] = defaultdict(Shown)
        self.promises: dict[str, Promise] = {}
        self.unaccepted = 0
        self.received = 0
        self.reacted: Counter[str] = Counter()
        """How often this guest has reacted, by conversation."""
        self.wrong: list[object] = []
        self._ticks = ticks

    def say(self, to: str) -> None:
        text = f"{self.name} {len(self.promises)}"
        self.promises[text] = Promise(to, next(self._ticks))
        self.unaccepted += 1
        self.session.send(to, text)

    def turn(self) -> None:
        self.connection.turn(0.001)
        while (event := self.session.next_event()) is not None:
            self._take(event)
            self.session.handed_over(event)

    def _take(self, event: object) -> None:
        match event:
            case Message():
                self.shown[event.conversation].add(event)
                self.received += 1
                self._react(event)
            case Amendment():
                self.shown[event.conversation].add(event)
                self.received += 1
            case SendAccepted(sent, reply):
                promise = self.promises[sent.request.text]
                if promise.ended:
                    self.wrong.append(event)
                promise.ended, promise.seq = next(self._ticks), reply.seq
                self.unaccepted -= 1
            case SendFailed() | Missing():
                self.wrong.append(event)
            case Ended():  # another connection of one's own still holds the name: insist
                self.session.login(self.name)

    def _react(self, message: Message) -> None:
        """React to some of the messages, once to each."""
        if message.seq % 3 == 0:
            place, seq = message.conversation, message.seq
            self.session.ask(React, conversation=place, seq=seq, reaction="👍")
            self.reacted[place] += 1

    def close(self) -> None:
        self.session.logout()
        self.connection.close()


class Party:
    """Several guests who talk in the lobby and with each other."""

    def __init__(self, urls: Iterable[str], seed: int) -> None:
        ticks = count(1)
        self.guests = [Guest(f"guest{number}", url, ticks) for number, url in enumerate(urls)]
        self._random = Random(seed)

    def gather(self) -> None:
        """Wait until all guests know all direct conversations, so that each can write to each."""
        for guest in self.guests:
            self.until(lambda guest=guest: guest.session.conversations)  # type: ignore[misc]

    def talk(self, sends: int, happening: Callable[[], None] = lambda: None) -> None:
        """Send this many messages until they are accepted. `happening` is called repeatedly meanwhile."""
        left = sends
        while left or any(guest.unaccepted for guest in self.guests):
            before = left + sum(guest.unaccepted for guest in self.guests)
            for guest in self.guests:
                while left and guest.unaccepted < WINDOW and self._random.random() < 0.98:
                    guest.say(self._addressee(guest))
                    left -= 1
            happening()
            self._until_progress(before - left)

    def _until_progress(self, before: int) -> None:
        self.until(lambda: not (now := sum(g.unaccepted for g in self.guests)) or now < before)

    def _addressee(self, guest: Guest) -> str:
        other = self._random.choice([other for other in self.guests if other is not guest])
        return self._random.choice((LOBBY, LOBBY, f"@{other.name}"))

    def until(self, condition: Callable[[], object]) -> None:
        """Run all guests until a condition holds. Fail after the deadline."""
        deadline = time.monotonic() + DEADLINE
        while not condition():
            for guest in self.guests:
                guest.turn()
            if time.monotonic() > deadline:
                raise AssertionError(
                    str([(g.name, g.session.state, g.unaccepted, g.received) for g in self.guests])
                )

    def until_all_have_all(self) -> None:
        """Run all guests until each was shown all of its messages."""
        meant = {guest: self._meant_for(guest) for guest in self.guests}

        def missing() -> int:
            counts = ((guest, count + self._reactions_for(guest)) for guest, count in meant.items())
            return sum(max(count - guest.received, 0) for guest, count in counts)

        while before := missing():  # with each message that comes there may be one more reaction
            received = sum(guest.received for guest in self.guests)
            self.until(
                lambda before=before, received=received: (
                    missing() < before or sum(guest.received for guest in self.guests) > received
                )
            )  # type: ignore[misc]

    def _meant_for(self, guest: Guest) -> int:
        others = [other for other in self.guests if other is not guest]
        return sum(p.to in (LOBBY, f"@{guest.name}") for other in others for p in other.promises.values())

    def _reactions_for(self, guest: Guest) -> int:
        """Return how many reactions a guest is to be shown; also its own are."""
        direct = sum(other.reacted[f"@{guest.name}"] for other in self.guests)
        return (
            sum(other.reacted[LOBBY] for other in self.guests)
            + direct
            + sum(count for place, count in guest.reacted.items() if place != LOBBY)
        )

    def close(self) -> None:
        for guest in self.guests:
            guest.close()

    def check(self, rows: list[Row]) -> None:
        """Fail unless the log has each message once, and each guest saw each once, in order and in time."""
        assert not [guest.wrong for guest in self.guests if guest.wrong]
        messages = [row for row in rows if not row.kind]
        by_text = {row.text: row for row in messages}
        assert len(by_text) == len(messages) == sum(len(guest.promises) for guest in self.guests)
        assert len(rows) - len(messages) == sum(guest.reacted.total() for guest in self.guests)
        for guest in self.guests:
            for text, promise in guest.promises.items():
                assert (by_text[text].seq, by_text[text].sender) == (promise.seq, guest.name)
        promises = {text: promise for guest in self.guests for text, promise in guest.promises.items()}
        for guest in self.guests:
            views: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
            by_place = {(row.conversation, row.seq): row for row in messages}
            for row in rows:
                said = by_place[row.conversation, row.of or row.seq]
                to = promises[said.text].to
                people = {said.sender, to.removeprefix("@")}
                if row.kind and (to == LOBBY or guest.name in people):
                    (other,) = [LOBBY] if to == LOBBY else people - {guest.name}
                    name = LOBBY if to == LOBBY else f"@{other}"
                    views[name].append((row.seq, hash(f"👍 to {row.of}")))
                elif row.kind:
                    continue
                elif row.sender != guest.name and to in (LOBBY, f"@{guest.name}"):
                    views[LOBBY if to == LOBBY else f"@{row.sender}"].append((row.seq, hash(row.text)))
            check_views(guest, views)
        for conversation in {row.conversation for row in rows}:
            check_real_time([promises[row.text] for row in messages if row.conversation == conversation])


@contextmanager
def party_behind(url: str, seed: int, faults: Faults, guests: int) -> Iterator[tuple[Party, Proxy]]:
    """Give guests who know each other, and the proxy to the broker. Close both at the end."""
    proxy = Proxy(url, seed, faults, guests)
    try:
        party = Party(proxy.urls, seed)
        try:
            party.gather()
            yield party, proxy
        finally:
            party.close()
    finally:
        proxy.close()


def check_views(guest: Guest, views: dict[str, list[tuple[int, int]]]) -> None:
    """Fail unless a guest was shown exactly its messages of the log, in order."""
    assert guest.shown.keys() == views.keys(), guest.name
    for name, expected in views.items():
        shown = guest.shown[name].entries()
        assert shown == expected, f"{guest.name} in {name}: {difference(shown, expected)}"


def difference(shown: list[tuple[int, int]], expected: list[tuple[int, int]]) -> str:
    """Describe how a view differs from the log."""
    seqs = [seq for seq, _ in shown]
    missing, foreign = sorted(set(expected) - set(shown)), sorted(set(shown) - set(expected))
    order = f"twice {len(seqs) - len(set(seqs))}, out of order {seqs != sorted(seqs)}"
    return f"not shown {missing[:5]}, not in the log {foreign[:5]}, {order}"


def check_real_time(promises: Iterable[Promise]) -> None:
    """Fail unless each send has a lower seq than all sends begun after it was accepted. Takes them by seq."""
    latest = 0
    for promise in promises:
        assert promise.ended > latest, "it was accepted before something that has a lower seq was begun"
        latest = max(latest, promise.begun)
