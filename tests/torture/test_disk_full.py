"""A full disk: only stored messages are acknowledged, reading goes on, and storing resumes later."""

from __future__ import annotations

import resource
from itertools import count
from pathlib import Path
from random import Random

import pytest
from eventually import eventually
from live_broker import Document
from torture.conftest import BrokerFactory, Connect
from torture.durable_broker import DurableBroker
from torture.figures import figure
from torture.stored import Acked, Findings, Ledger, compare, read_log
from torture.traced import moments, strace

SEED = 20_267
HOUSES = 10
"""Brokers whose disks are full at the same time: each looks once a second whether it can store again."""

ROUNDS = figure(1, 50)
"""Points at which the disk of each of them is full."""

MOST_BURSTS = 2_000


class House:
    """A broker on a disk of limited space, one user who writes, and a record of the replies."""

    def __init__(self, broker: DurableBroker, connect: Connect, number: int) -> None:
        self.broker = broker
        self.ledger = Ledger()
        self.refused: dict[str, Document] = {}
        self.given_up: set[str] = set()
        self._number = number
        self._connect = connect
        self._connections = count(1)
        self._random = Random(SEED + number)
        self.log_in()

    def log_in(self) -> None:
        name = f"writer{self._number}-{next(self._connections)}"
        self._user = self._connect(self.broker.url, name).login("writer")

    # The disk

    def leave(self, room: int) -> None:
        """Let no file of the broker grow to more than what its largest has now and some bytes."""
        largest = max(
            path.stat().st_size for path in self.broker.data.iterdir() if path.name != "chat.db-shm"
        )
        self._limit(max(0, largest + room))

    def make_room(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        resource.prlimit(self.broker.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    # The user

    def write_until_refused(self) -> None:
        """Send until the broker cannot store any more."""
        for _ in range(MOST_BURSTS):
            sends = [self._new_send() for _ in range(self._random.randint(1, 8))]
            if not self._send(sends):
                return
        raise AssertionError(f"the disk of {self.broker.data} does not get full")

    def _new_send(self) -> Document:
        text = f"{self._random.random()} " + self._random.choice(("", "x" * 100, "x" * 3_900))
        return self._user.request("send", to="#lobby", text=text)

    def _send(self, sends: list[Document]) -> bool:
        """Send messages at once; return whether all were accepted. Only a store that fails may refuse one."""
        for sent in sends:
            self._user.put(**{("kind" if key == "type" else key): value for key, value in sent.items()})
        for sent in sends:
            reply = self._user.reply(sent["id"])
            if reply["type"] == "accepted":
                self.refused.pop(sent["id"], None)
                self.ledger.enter(Acked(sent["id"], reply["conversation"], reply["seq"], sent["text"]))
            else:
                assert (reply["code"], reply["retryable"]) == ("unavailable", True), reply
                self.refused[sent["id"]] = sent
        return not any(sent["id"] in self.refused for sent in sends)

    def check_reading(self) -> None:
        """Fail unless the last message that was accepted can be read."""
        page = self._user.ask("history", conversation="#lobby", limit=1)
        last = max(self.ledger.acked.values(), key=lambda acked: acked.seq)
        assert [(m["seq"], m["id"]) for m in page["messages"]] == [(last.seq, last.id)]

    def get_full(self) -> None:
        """Fill the disk, and check that the broker still reads and refuses to store."""
        assert self._send([self._new_send()])
        self.leave(self._random.randint(-20_000, self._random.choice((8_000, 80_000, 800_000))))
        self.write_until_refused()
        self.check_reading()
        assert not self._send([self._new_send()])
        for refused in self._random.sample(sorted(self.refused), len(self.refused) // 2):
            self.given_up.add(refused)
            del self.refused[refused]

    def heal(self) -> None:
        """Free space, for the same process or sometimes for the next one."""
        if self._random.random() < 0.3:
            self.broker.kill()
            self.broker.start_again()
            self.log_in()
        else:
            self.make_room()

    def write_again(self) -> None:
        """Send what was refused once more, until it is accepted."""
        eventually(lambda: self._send(list(self.refused.values())), "the broker stores again")

    def check_log(self) -> None:
        """Fail unless the log is what was acknowledged, and nothing that was refused for good is in it."""
        rows = read_log(self.broker.data)
        assert compare(self.ledger, rows) == Findings(), f"seed {SEED}, house {self._number}"
        assert not self.given_up & {row.id for row in rows}
        assert len(rows) == len(self.ledger.acked)


def test_at_whatever_point_the_disk_is_full_nothing_is_acknowledged_falsely_and_storing_goes_on_later(
    make_broker: BrokerFactory, connect: Connect
) -> None:
    houses = [House(make_broker(data=f"disk{number}"), connect, number) for number in range(HOUSES)]
    for _ in range(ROUNDS):
        for step in (House.get_full, House.heal, House.write_again):
            for house in houses:
                step(house)
    for house in houses:
        assert house.broker.stop() == 0, house.broker.process.err
        house.check_log()
    acked = sum(len(house.ledger.acked) for house in houses)
    refused = sum(len(house.given_up) for house in houses)
    print(f"\n{HOUSES * ROUNDS} full disks: {acked:,} acknowledged and stored, {refused:,} refused and not")


def test_where_the_disk_says_that_it_is_full_the_operator_is_told_and_nothing_is_lost(
    make_broker: BrokerFactory, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # what it covered would be damaged
    full = strace(tmp_path / "calls", "-e", "inject=pwrite64:error=ENOSPC:when=150+60")
    house = House(make_broker(prefix=full), connect, HOUSES)
    for _ in range(ROUNDS):
        house.write_until_refused()
        house.check_reading()
        house.write_again()
    assert house.broker.stop() == 0, house.broker.process.err
    assert any("is full; free some space" in line for line in house.broker.process.err), (
        house.broker.process.err
    )
    assert any("(INJECTED)" in moment.text for moment in moments(tmp_path / "calls"))
    house.check_log()
