"""One order for all, without gaps and in real time: several clients whose connections come and go."""

from __future__ import annotations

from itertools import count
from random import Random

import pytest
from linked import Member, World
from test_cores_wired import LINKS, NAMES, Storm, assert_all_is_well, assert_all_know_who_got_what
from torture.conftest import BrokerFactory
from torture.durable_broker import DurableBroker
from torture.figures import figure
from torture.party import Promise, check_real_time, hasten, party_behind
from torture.proxy import Faults, Proxy
from torture.stored import read_log

from client.core.events import SendAccepted
from messages.requests import Join

SEEDS = range(5_000, 5_000 + figure(20, 1_000))
"""Of runs over wired cores."""

RUNS = range(figure(1, 20))
"""Runs with real processes and connections."""

GUESTS, SENDS = 4, 4_000


class TimedMember(Member):
    """Notes when each send began and when it was accepted, on a clock that all members share."""

    ticks = count(1)

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world, name)
        self.promises: dict[str, Promise] = {}
        self._take, self.view.take = self.view.take, self._timed  # type: ignore[method-assign]

    def say(self, to: str, text: str) -> None:
        self.promises[text] = Promise(to, next(self.ticks))
        super().say(to, text)

    def _timed(self, event: object) -> None:
        if isinstance(event, SendAccepted):
            promise = self.promises[event.sent.request.text]
            promise.ended, promise.seq = next(self.ticks), event.reply.seq
        self._take(event)


def timed_storm(seed: int) -> Storm:
    """Return a world whose broker restarts with its log, whose links are cut and whose clients are timed."""
    world = World()
    world.members = [TimedMember(world, name) for name in NAMES]
    world.calm_down()
    for member in world.members:
        member.session.ask(Join, room="#dev")
    world.calm_down()
    return Storm(world, seed, [*LINKS, "restart"])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_view_is_a_slice_of_the_log_and_the_log_is_in_the_order_of_real_time(seed: int) -> None:
    storm = timed_storm(seed)
    storm.blow()
    assert_all_is_well(storm)
    assert_all_know_who_got_what(storm.world)
    promises = {text: p for member in storm.world.members for text, p in member.promises.items()}
    places = storm.world.log(storm.world.store.load().epoch)
    for conversation in {conversation for conversation, _ in places.values()}:
        inside = [(seq, text) for text, (name, seq) in places.items() if name == conversation]
        check_real_time([promises[text] for _, text in sorted(inside)])


@pytest.mark.parametrize("second", [(3, 4), (2, 3), (1, 4), (0, 5)])
def test_an_order_that_is_possible_in_real_time_passes(second: tuple[int, int]) -> None:
    check_real_time([promise(1, 2), promise(*second)])


def test_an_order_against_real_time_is_found() -> None:
    with pytest.raises(AssertionError, match="before"):
        check_real_time([promise(3, 4), promise(1, 2)])


def promise(begun: int, ended: int) -> Promise:
    made = Promise("#lobby", begun)
    made.ended = ended
    return made


class Mishaps:
    """Cuts all connections and kills the broker in turn, each after some random number of turns."""

    def __init__(self, seed: int, proxy: Proxy, broker: DurableBroker) -> None:
        self._random = Random(seed)
        self._proxy = proxy
        self._broker = broker
        self._left = 1
        self.cuts = self.kills = 0

    def __call__(self) -> None:
        self._left -= 1
        if self._left:
            return
        self._left = self._random.randint(3, 12)
        if self.kills < self.cuts:
            self._broker.kill()
            self._broker.start_again()
            self.kills += 1
        else:
            self._proxy.cut_all()
            self.cuts += 1


@pytest.mark.parametrize("run", RUNS)
def test_so_it_is_over_real_connections_that_are_cut_and_a_broker_that_is_killed(
    make_broker: BrokerFactory, monkeypatch: pytest.MonkeyPatch, run: int
) -> None:
    hasten(monkeypatch, 20)
    broker = make_broker()
    with party_behind(broker.url, run, Faults(cut=0.01), GUESTS) as (party, proxy):
        mishaps = Mishaps(run, proxy, broker)
        party.talk(SENDS, mishaps)
        proxy.mend()
        party.until_all_have_all()
    assert broker.stop() == 0
    party.check(read_log(broker.data))
    assert proxy.cuts > GUESTS
    assert mishaps.kills > 0
    print(f"\nrun {run}: {mishaps.kills} kills, {proxy.cuts} cuts")
