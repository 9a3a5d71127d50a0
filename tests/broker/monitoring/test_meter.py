import pytest
from wired import Chat

from broker.core.store import StoreError
from broker.monitoring.meter import BATCH_BOUNDS, COMMIT_BOUNDS, Meter
from messages.requests import Join, Send


def test_a_commit_that_fails_is_counted_and_raised() -> None:
    def fail(_entries: object) -> None:
        raise StoreError("the disk is full")

    meter = Meter()
    with pytest.raises(StoreError, match="full"):
        meter.timed(fail)([])
    assert sum(meter.commits) == 1
    assert meter.commit_seconds > 0


@pytest.mark.parametrize(("frames", "place"), [(1, 0), (2, 1), (3, 2), (64, 6), (65, 7)])
def test_a_batch_is_counted_under_the_first_bound_that_it_does_not_exceed(frames: int, place: int) -> None:
    meter = Meter()
    meter.count_batch(frames)
    assert [number for number, count in enumerate(meter.batches) if count] == [place]
    assert meter.batched == frames
    assert list(BATCH_BOUNDS) == sorted(BATCH_BOUNDS)
    assert list(COMMIT_BOUNDS) == sorted(COMMIT_BOUNDS)


def test_what_is_sent_is_counted_by_kind() -> None:
    chat, meter = Chat(), Meter()
    alice, bob, _carol = chat.users("alice", "bob", "carol")
    alice.put(Send, "#lobby", "hello")
    bob.put(Join, "#l0bby")
    deliveries, _ = chat.core.commit()
    meter.count_sent(deliveries)
    assert (meter.sends, meter.deliveries, meter.refused) == (1, 2, {"name-too-similar": 1})


@pytest.mark.parametrize("knows", [True, False])
def test_a_run_counts_as_its_messages(knows: bool) -> None:
    chat, meter = Chat(), Meter()
    alice, bob, _carol = chat.users("alice", "bob", "carol")
    alice.peer.runs, bob.peer.runs = knows, True
    alice.put_all(*(Send(str(number), "#lobby", "hello") for number in range(5)))
    meter.count_sent(chat.core.commit()[0])
    assert (meter.sends, meter.deliveries) == (5, 10)


def test_a_sample_is_taken_and_reported_at_most_once_a_second() -> None:
    chat, meter, signs = Chat(), Meter(), list[float]()
    meter.on_alive = lambda: signs.append(meter.turned)
    for elapsed in (10.0, 10.9, 11.0, 11.5, 12.5):
        chat.users(f"user{round(elapsed * 10)}")
        meter.sample(chat.core, 3, elapsed)
    assert signs == [10.0, 11.0, 12.5]
    assert (meter.connections, meter.online, meter.known, meter.rooms, meter.dropped) == (5, 5, 5, 1, 3)


def test_a_large_chat_counts_what_takes_a_pass_over_everything_less_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("broker.monitoring.meter.COUNTED_A_SECOND", 1)
    chat, meter = Chat(), Meter()
    chat.users("alice", "bob", "carol")
    counted = []
    for elapsed in range(10, 17):
        meter.sample(chat.core, 0, elapsed)
        counted.append((meter.connections, meter.online))
        chat.users(f"user{elapsed}")
    assert counted == [(3, 3), (4, 3), (5, 3), (6, 6), (7, 6), (8, 6), (9, 6)]
