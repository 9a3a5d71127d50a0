"""Exactly once on any network: a proxy with many faults between clients and a broker."""

from __future__ import annotations

import pytest
from torture.conftest import BrokerFactory
from torture.figures import figure
from torture.party import hasten, party_behind
from torture.proxy import Faults
from torture.stored import read_log

SEED = 20_264
GUESTS = 4
FAULTS = Faults(drop=0.15, repeat=0.15, cut=0.005)


def test_over_a_network_that_drops_repeats_and_cuts_each_send_is_stored_once_and_seen_once(
    make_broker: BrokerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasten(monkeypatch, 20)
    broker, sends = make_broker(), figure(3_000, 1_000_000)
    with party_behind(broker.url, SEED, FAULTS, GUESTS) as (party, proxy):
        party.talk(sends)
        proxy.mend()
        party.until_all_have_all()
    assert broker.stop() == 0
    party.check(read_log(broker.data))
    assert min(proxy.dropped, proxy.repeated, proxy.cuts) > 0
    print(
        f"\n{sends:,} sends: {proxy.dropped:,} frames dropped, {proxy.repeated:,} repeated, {proxy.cuts} cuts"
    )
