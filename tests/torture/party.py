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
from torture.stored import Row, misapplied

from client.core.events import Ended, Missing, Replied, SendAccepted, SendFailed
from client.core.session import Session
from client.transport import connection
from client.transport.connection import Connection
from messages.amendments import Delete, Edit, Pin, React
from messages.base import Request
from messages.codec import encode
from messages.events import Amendment, Message
from messages.names import LOBBY
from messages.replies import Accepted, Error

WINDOW = 300
"""Sends of one guest that are not accepted yet, at most."""


def hasten(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    """Let the clients' clock run faster, so that their time-outs for dropped frames come sooner."""
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() * factor, time=time.time)
    monkeypatch.setattr(connection, "time", clock)


class Promise:
    """One send: when it began and when it was accepted, on the clock of the party, and its id and seq."""

    __slots__ = ("begun", "ended", "id", "reply_to", "seq", "to")

    def __init__(self, to: str, begun: int, reply_to: int = 0) -> None:
        self.to = to
        self.begun = begun
        self.reply_to = reply_to
        self.ended = self.seq = 0
        self.id = ""


class Shown:
    """What a guest was shown of one conversation, in order. It is small, as there are many."""

    def __init__(self) -> None:
        self.seqs = array("Q")
        self.entries = array("q")
        self.texts = array("q")

    def add(self, entry: Message | Amendment) -> None:
        kind, of = ("", entry.reply_to) if isinstance(entry, Message) else (_kind(entry), entry.of)
        self.seqs.append(entry.seq)
        self.entries.append(hash((kind, of, entry.id)))
        self.texts.append(hash(entry.text if isinstance(entry, Message) else ""))


def _kind(entry: Amendment) -> str:
    return type(entry).__name__.lower()


EDITED = " edited"


class Guest:
    """One user of a party. It changes some of its messages and reacts to some of the others'.

    What a guest does to a message follows from the last digit of its number: 0 is deleted, and nobody else
    changes it; 1 is edited; 3 is pinned, and then unpinned. A 4 or a 9 is an answer. So each change makes an
    entry. What takes something back waits for the reply, as a network that drops frames changes their order.
    """

    def __init__(self, name: str, url: str, ticks: Iterator[int]) -> None:
        ids = count(1)
        self.name = name
        self.session = Session(name, lambda: f"{name}-{next(ids)}", encode)
        self.connection = Connection(self.session, url)
        self.shown: defaultdict[str, Shown] = defaultdict(Shown)
        self.promises: dict[str, Promise] = {}
        self.unaccepted = 0
        self.received = 0
        self.amended: Counter[str] = Counter()
        """How many amendments this guest has asked for, by conversation."""
        self.unanswered = 0
        """How many amendments are not answered yet."""
        self.wrong: list[object] = []
        self._heard: dict[str, int] = {}  # the last message in each conversation
        self._ticks = ticks

    def say(self, to: str) -> None:
        number = len(self.promises)
        text = f"{self.name} {number}"
        answered = self._heard.get(to) if number % 5 == 4 else None
        self.promises[text] = Promise(to, next(self._ticks), answered or 0)
        self.unaccepted += 1
        self.session.send(to, text, answered)

    def describe(self) -> str:
        state = f"{self.name} is {self.session.state.value}, got {self.received}"
        return f"{state}, waits for {self.unaccepted} and {self.unanswered}; wrong: {self.wrong[:3]}"

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
                self._heard[event.conversation] = event.seq
                if event.text and not event.text.removesuffix(EDITED).endswith("0"):
                    self._react(event)
            case Amendment():
                self.shown[event.conversation].add(event)
                self.received += 1
            case SendAccepted(sent, reply):
                promise = self.promises[sent.request.text]
                if promise.ended:
                    self.wrong.append(event)
                promise.ended, promise.seq = next(self._ticks), reply.seq
                promise.id = sent.request.id
                self.unaccepted -= 1
                self._change(sent.request.text, sent.request.to, reply.seq)
            case Replied(request, Accepted()):
                self.unanswered -= 1
                self._take_back(request)
            case SendFailed() | Missing() | Replied(reply=Error()):
                self.wrong.append(event)
            case Ended():  # another connection of one's own still holds the name: insist
                self.session.login(self.name)

    def _react(self, message: Message) -> None:
        """React to some of the messages."""
        if message.seq % 3 == 0:
            self._amend(React, message.conversation, message.seq, reaction="👍")

    def _take_back(self, request: Request) -> None:
        """Take a pin back, and some of the reactions."""
        match request:
            case Pin(on=True):
                self._amend(Pin, request.conversation, request.seq, on=False)
            case React(on=True) if request.seq % 6 == 0:
                place, seq = request.conversation, request.seq
                self._amend(React, place, seq, reaction=request.reaction, on=False)

    def _change(self, text: str, place: str, seq: int) -> None:
        """Change one's own message, if it is one of those that change."""
        match text[-1]:
            case "0":
                self._amend(Delete, place, seq)
            case "1":
                self._amend(Edit, place, seq, text=text + EDITED)
            case "3":
                self._amend(Pin, place, seq)

    def _amend(self, kind: type[Request], place: str, seq: int, **fields: object) -> None:
        self.session.ask(kind, conversation=place, seq=seq, **fields)
        self.amended[place] += 1
        self.unanswered += 1

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
                raise AssertionError([guest.describe() for guest in self.guests])

    def until_all_have_all(self) -> None:
        """Run all guests until each was shown all of its messages."""
        meant = {guest: self._meant_for(guest) for guest in self.guests}

        def missing() -> int:
            counts = ((guest, count + self._amendments_for(guest)) for guest, count in meant.items())
            return sum(max(count - guest.received, 0) + guest.unanswered for guest, count in counts)

        while before := missing():  # with each message that comes there may be one more amendment
            received = sum(guest.received for guest in self.guests)
            self.until(
                lambda before=before, received=received: (
                    missing() < before or sum(guest.received for guest in self.guests) > received
                )
            )  # type: ignore[misc]

    def _meant_for(self, guest: Guest) -> int:
        others = [other for other in self.guests if other is not guest]
        return sum(p.to in (LOBBY, f"@{guest.name}") for other in others for p in other.promises.values())

    def _amendments_for(self, guest: Guest) -> int:
        """Return how many amendments a guest is to be shown; also its own are."""
        others = sum(other.amended[LOBBY] + other.amended[f"@{guest.name}"] for other in self.guests)
        return others + sum(count for place, count in guest.amended.items() if place != LOBBY)

    def close(self) -> None:
        for guest in self.guests:
            guest.close()

    def check(self, rows: list[Row]) -> None:
        """Fail unless the log has each entry once, and each guest saw each once, in order and in time."""
        assert not [guest.wrong for guest in self.guests if guest.wrong]
        assert not misapplied(rows)
        by_id = {row.id: row for row in rows}
        messages = [row for row in rows if not row.kind]
        assert len(by_id) == len(rows)
        assert len(messages) == sum(len(guest.promises) for guest in self.guests)
        assert len(rows) - len(messages) == sum(guest.amended.total() for guest in self.guests)
        said: dict[str, tuple[str, Promise]] = {}
        for guest in self.guests:
            for text, promise in guest.promises.items():
                row, said[promise.id] = by_id[promise.id], (text, promise)
                assert (row.seq, row.sender, row.of) == (promise.seq, guest.name, promise.reply_to)
                assert row.text == {"0": "", "1": text + EDITED}.get(text[-1], text)
        for guest in self.guests:
            self._check_views(guest, rows, said)
        for conversation in {row.conversation for row in rows}:
            check_real_time([said[row.id][1] for row in messages if row.conversation == conversation])

    def _check_views(self, guest: Guest, rows: list[Row], said: dict[str, tuple[str, Promise]]) -> None:
        """Fail unless a guest was shown exactly its entries of the log, in order, with a text they had."""
        by_place = {(row.conversation, row.seq): row for row in rows}
        views: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            message = by_place[row.conversation, row.of] if row.kind else row
            to = said[message.id][1].to
            people = {message.sender, to.removeprefix("@")}
            if row.kind or row.sender != guest.name:
                if to == LOBBY:
                    views[LOBBY].append(row)
                elif guest.name in people:
                    views[f"@{(people - {guest.name}).pop()}"].append(row)
        assert guest.shown.keys() == views.keys(), guest.name
        for name, expected in views.items():
            shown = guest.shown[name]
            found = list(zip(shown.seqs, shown.entries, strict=True))
            wanted = [(row.seq, hash((row.kind, row.of, row.id))) for row in expected]
            assert found == wanted, f"{guest.name} in {name}: {difference(found, wanted)}"
            for row, text in zip(expected, shown.texts, strict=True):
                first = said[row.id][0] if not row.kind else ""
                assert text in {hash(first), hash(row.text)}, f"{guest.name} saw a wrong text of {row.seq}"


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
