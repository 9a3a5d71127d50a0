from __future__ import annotations

import pytest
from looks import STARTED, entry, look, peer

from broker.top.history import MOST_LOOKS, WINDOW_SECONDS, History, Rates


def test_rates_are_differences_by_the_brokers_clock() -> None:
    history = History()
    history.add(look(10.0, numbers={"sends_total": 5, "deliveries_total": 50}, frames=7, commits={3: 2}))
    assert history.rates is None
    history.add(
        look(
            12.0,
            numbers={"sends_total": 25, "deliveries_total": 250, "process_cpu_seconds_total": 1.0},
            frames=107,
            commits={3: 12},
            refused={"internal": 4},
        )
    )
    assert history.rates == Rates(2.0, 50.0, 10.0, 100.0, 2.0, 5.0, 0.5)
    assert list(history.trail) == [history.rates]


def test_a_look_at_the_same_moment_changes_nothing() -> None:
    history = History()
    for seconds in (10.0, 10.0, 9.0):
        history.add(look(seconds))
    assert history.last == look(10.0)
    assert history.rates is None


def test_after_a_restart_it_begins_anew_and_asks_for_the_whole_audit_log() -> None:
    history = History()
    history.add(look(10.0, peer(1, requests=5), numbers={"sends_total": 500}, entries=[entry(7)]))
    history.add(look(11.0, peer(1, requests=5), numbers={"sends_total": 501}))
    history.add(look(1.0, peer(1, requests=2), started=STARTED + 60_000, entries=[entry(8)]))
    assert history.rates is None
    assert not history.trail
    assert history.requests_a_second(1) is None
    assert history.after == 0
    history.add(look(2.0, started=STARTED + 60_000, entries=[entry(8), entry(7)]))
    assert [one.number for one in history.entries] == [7, 8]


def test_a_connection_has_a_rate_as_soon_as_it_was_seen_twice() -> None:
    history = History()
    history.add(look(10.0, peer(1, requests=100)))
    assert history.requests_a_second(1) is None
    history.add(look(10.5, peer(1, requests=110), peer(2, requests=5)))
    assert history.requests_a_second(1) == pytest.approx(20.0)
    assert history.requests_a_second(2) is None


def test_entries_of_the_audit_log_come_once_and_in_order() -> None:
    history = History()
    history.add(look(1.0, entries=[entry(3), entry(2)]))
    assert history.after == 3
    history.add(look(2.0, entries=[entry(5), entry(4), entry(3)]))
    assert [one.number for one in history.entries] == [2, 3, 4, 5]


def test_histograms_and_refusals_are_those_of_the_last_minute() -> None:
    history = History()
    history.add(look(0.0, commits={0: 5}, refused={"internal": 1}))
    assert sum(history.commits.counts) == 5
    assert history.refusals() == {"internal": 1}
    assert history.seconds == 0.0
    history.add(look(WINDOW_SECONDS, commits={0: 5, 4: 2}, refused={"internal": 1, "banned": 9}))
    assert [place for place, count in enumerate(history.commits.counts) if count] == [4]
    assert history.refusals() == {"banned": 9}
    history.add(look(WINDOW_SECONDS * 1.5, commits={0: 6, 4: 2}, refused={"internal": 2, "banned": 9}))
    assert sum(history.commits.counts) == 1
    assert history.refusals() == {"internal": 1}
    assert history.seconds == WINDOW_SECONDS / 2


def test_it_is_bounded_however_often_it_looks() -> None:
    history = History()
    for number in range(1, MOST_LOOKS * 2):
        history.add(look(number / 100, batches={0: number}, entries=[entry(number)]))
    assert sum(history.batches.counts) == MOST_LOOKS - 1
    assert len(history.trail) == MOST_LOOKS
