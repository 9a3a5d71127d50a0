"""Users who come, talk and leave cost no lasting descriptors or memory of the broker."""

from __future__ import annotations

import faulthandler
import time
from typing import Any

import pytest
import zmq
from eventually import eventually
from live_broker import Dealer
from torture.conftest import BrokerFactory, Connect
from torture.durable_broker import DurableBroker
from torture.figures import seconds_of_leaking
from torture.processes import MIB, descriptors, resident

SECONDS = seconds_of_leaking()
"""How long people come and go, a third of which the broker has to warm up."""

GUESTS = 20
"""Names that come and go in turn; the broker knows each of them for ever."""

GROWTH = 4 * MIB
"""Of memory, after the warm-up: pages that the allocator and SQLite hold now and then."""


@pytest.fixture(autouse=True)
def last_as_long_as_asked() -> None:
    """Turn off the dump of stacks of a hanging test: to dump the stack of a running thread can crash."""
    faulthandler.cancel_dump_traceback_later()


class Inn:
    """A broker with a host who stays, and guests who come and go."""

    def __init__(self, broker: DurableBroker, host: Dealer) -> None:
        self.broker = broker
        self.visits = 0
        self._host = host

    def visit(self, context: zmq.Context[Any]) -> None:
        """Log in, talk in the lobby, in a room and with the host, and leave with or without a logout."""
        self.visits += 1
        guest = Dealer(context, self.broker.url, f"visit{self.visits}")
        try:
            guest.login(f"guest{self.visits % GUESTS}")
            guest.ask("join", room="#den")
            for to in ("#lobby", "#den", "@host"):
                assert guest.ask("send", to=to, text=f"visit {self.visits}")["type"] == "accepted"
            guest.ask("history", conversation="#lobby", limit=20)
            if self.visits % 3:
                guest.ask("leave", room="#den")
            if self.visits % 2:
                guest.ask("logout")
        finally:
            guest.socket.close()

    def go_on(self, context: zmq.Context[Any], seconds: float) -> None:
        """Let people come and go for some seconds, and each of the guests once at least."""
        deadline, last = time.monotonic() + seconds, self.visits + GUESTS
        while time.monotonic() < deadline or self.visits <= last:
            self.visit(context)
            self._host.settle()

    def _is_empty(self) -> bool:
        counted = self._host.ask("count")
        if counted["type"] == "error":  # a visit took so long that the broker has signed the host out
            self._host.login(session=self._host.session)
            counted = self._host.ask("count")
        return bool(counted["participants"] == 1)

    def descriptors(self) -> int:
        """Return how many descriptors the broker has open once all guests have gone."""
        eventually(self._is_empty, "all guests have gone")
        self._host.settle()
        found = -1

        def is_steady() -> bool:
            nonlocal found
            before, found = found, descriptors(self.broker.pid)
            return before == found

        eventually(is_steady, "all connections are closed")
        return found


def test_users_who_come_and_go_leave_no_memory_or_descriptors_behind(
    make_broker: BrokerFactory, connect: Connect
) -> None:
    broker = make_broker("--heartbeat", "0.5")
    inn = Inn(broker, connect(broker.url, "host").login())
    with zmq.Context() as context:
        inn.go_on(context, SECONDS / 3)
        memory, opened, visits = resident(broker.pid), inn.descriptors(), inn.visits
        inn.go_on(context, SECONDS * 2 / 3)
        assert inn.descriptors() <= opened  # one may have been closed late before
        grown = resident(broker.pid) - memory
    more = inn.visits - visits
    assert more > GUESTS
    assert grown <= GROWTH, f"{grown / MIB:.1f} MiB more after {more:,} visits"
    print(f"\n{more:,} visits: {grown / MIB:+.1f} MiB, no more than {opened} descriptors")


def test_an_open_descriptor_is_noticed(make_broker: BrokerFactory, connect: Connect) -> None:
    broker = make_broker()
    inn = Inn(broker, connect(broker.url, "host").login())
    before = inn.descriptors()
    connect(broker.url, "stranger").ask("ping")
    assert inn.descriptors() > before
