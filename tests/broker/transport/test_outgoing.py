"""When committed deliveries are sent: at once, or later with more."""

import tracemalloc

import pytest
import zmq
from wired import Chat

from broker.core.outbox import Delivery
from broker.monitoring.meter import Meter
from broker.transport.batch import Payload
from broker.transport.listener import Caller
from broker.transport.outgoing import (
    BUSY_PAUSE,
    FEW_FRAMES,
    LASTING,
    LONG,
    LONGEST_PAUSE,
    MOST_HELD,
    MOST_PAGES,
    PAUSE,
    UNNOTICED,
    Outgoing,
)
from messages.documents import Document
from messages.events import Message
from messages.files import Content
from messages.replies import Done, Page


class FakeListener:
    """A ROUTER that takes a fixed time for each frame, of which `recipient_offline` is no work."""

    def __init__(self) -> None:
        self.now = 100.0
        self.worked = 5.0
        self.takes = 0.01
        self.waits = 0.0
        self.sent: list[bytes] = []
        self.fails: dict[bytes, zmq.ZMQError] = {}
        self.forgotten: list[Caller] = []

    def send(self, routing_id: bytes, frame: Payload) -> None:
        if routing_id in self.fails:
            raise self.fails[routing_id]
        self.now += self.takes + self.waits
        self.worked += self.takes
        self.sent.append(bytes(frame))

    def forget(self, caller: Caller) -> None:
        self.forgotten.append(caller)


@pytest.fixture
def listener() -> FakeListener:
    return FakeListener()


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
def outgoing(chat: Chat, listener: FakeListener) -> Outgoing:
    return Outgoing(chat.core, Meter(), lambda: listener.now, lambda: listener.worked)


def caller(listener: FakeListener, routing_id: bytes = b"\0one") -> Caller:
    return Caller(routing_id, "10.0.0.1", 0.0, listener=listener)  # type: ignore[arg-type]


def said(seq: int) -> Message:
    return Message("#lobby", seq, str(seq), "alice", "hello", 0)


def test_a_message_is_sent_at_once_if_no_other_request_waits(
    listener: FakeListener, outgoing: Outgoing
) -> None:
    outgoing.hold([Delivery((caller(listener),), (said(1),), None)])
    assert outgoing.is_due(busy=True)
    assert not outgoing.send()
    assert len(listener.sent) == 1
    assert not outgoing


def test_with_nothing_to_send_it_is_never_time_to_send(outgoing: Outgoing) -> None:
    assert not outgoing.is_due(busy=False)


def test_deliveries_during_a_pause_leave_in_one_frame(listener: FakeListener, outgoing: Outgoing) -> None:
    peer = caller(listener)
    listener.takes = LONG / BUSY_PAUSE
    outgoing.hold([Delivery((peer,), (said(1),), None)])
    outgoing.send()
    outgoing.hold([Delivery((peer,), (said(2),), None)])
    assert not outgoing.is_due(busy=True)
    outgoing.hold([Delivery((peer,), (said(3),), None)])
    listener.now += 1.01 * BUSY_PAUSE * listener.takes
    assert outgoing.is_due(busy=True)
    outgoing.send()
    assert [frame.count(b"\n") for frame in listener.sent] == [0, 1]


def test_after_long_pauses_more_is_waited_for_as_long_as_more_requests_are_there(
    listener: FakeListener, outgoing: Outgoing
) -> None:
    peer = caller(listener)
    listener.takes = 2 * LONG / BUSY_PAUSE
    outgoing.hold([Delivery((peer,), (said(1),), None)])
    outgoing.send()
    outgoing.hold([Delivery((peer,), (said(2),), None)])
    listener.now += 1.01 * 2 * LONG
    assert not outgoing.is_due(busy=True)
    listener.now += LASTING * LONG
    assert outgoing.is_due(busy=True)


def test_a_pause_is_shorter_if_no_request_waits(listener: FakeListener, outgoing: Outgoing) -> None:
    outgoing.hold([Delivery((caller(listener),), (said(1),), None)])
    outgoing.send()
    outgoing.hold([Delivery((caller(listener),), (said(2),), None)])
    listener.now += 0.99 * PAUSE * listener.takes - UNNOTICED
    assert not outgoing.is_due(busy=False)
    listener.now += 0.02 * PAUSE * listener.takes
    assert outgoing.is_due(busy=False)
    assert not outgoing.is_due(busy=True)


def test_it_waits_for_more_no_longer_than_the_longest_pause(
    listener: FakeListener, outgoing: Outgoing
) -> None:
    peer = caller(listener)
    listener.takes = 10 * LONGEST_PAUSE
    outgoing.hold([Delivery((peer,), (said(1),), None)])
    outgoing.send()
    outgoing.hold([Delivery((peer,), (said(2),), None)])
    listener.now += 1.99 * LONGEST_PAUSE
    assert not outgoing.is_due(busy=True)
    listener.now += 0.02 * LONGEST_PAUSE
    assert outgoing.is_due(busy=True)


def test_a_pause_is_a_multiple_of_the_time_of_sending_up_to_a_limit(
    listener: FakeListener, outgoing: Outgoing
) -> None:
    outgoing.hold([Delivery((caller(listener),), (said(1),), None)])
    outgoing.send()
    assert outgoing.milliseconds == pytest.approx(1000 * PAUSE * listener.takes, abs=1)
    listener.takes = 10 * LONGEST_PAUSE
    outgoing.hold([Delivery((caller(listener),), (said(2),), None)])
    outgoing.send()
    assert outgoing.milliseconds == pytest.approx(1000 * LONGEST_PAUSE, abs=1)


def test_a_pause_does_not_count_time_without_the_processor(
    listener: FakeListener, outgoing: Outgoing
) -> None:
    listener.waits = 1.0
    outgoing.hold([Delivery((caller(listener),), (said(1),), None)])
    outgoing.send()
    assert outgoing.milliseconds == pytest.approx(1000 * PAUSE * listener.takes, abs=1)


@pytest.mark.parametrize(
    ("document", "most"),
    [
        (Page("1", "#lobby", [], more=False), MOST_PAGES),
        (Content("1", 0, b"tea"), MOST_PAGES),
        (said(1), MOST_HELD),
    ],
)
def test_no_more_than_so_much_is_held_back(
    listener: FakeListener, outgoing: Outgoing, document: Document, most: int
) -> None:
    peer = caller(listener)
    outgoing.hold([Delivery((peer,), (said(1),), None)])
    outgoing.send()
    delivery = Delivery((peer,), (document,), None)
    outgoing.hold([delivery] * (most - 1))
    assert not outgoing.is_due(busy=True)
    outgoing.hold([delivery])
    assert outgoing.is_due(busy=True)
    outgoing.send()
    outgoing.hold([delivery])
    assert not outgoing.is_due(busy=True)


def test_a_very_short_pause_is_skipped_if_no_request_waits(
    listener: FakeListener, outgoing: Outgoing
) -> None:
    listener.takes = UNNOTICED / PAUSE / 2
    outgoing.hold([Delivery((caller(listener),), (said(1),), None)])
    outgoing.send()
    outgoing.hold([Delivery((caller(listener),), (said(2),), None)])
    assert not outgoing.is_due(busy=True)
    assert outgoing.is_due(busy=False)


def test_the_processor_time_of_few_frames_is_read_only_while_requests_wait(
    chat: Chat, listener: FakeListener
) -> None:
    read = []

    def work() -> float:
        read.append(listener.worked)
        return listener.worked

    outgoing = Outgoing(chat.core, Meter(), lambda: listener.now, work)

    def send(frames: int, *, busy: bool) -> int:
        read.clear()
        peers = tuple(caller(listener, b"\0%d" % number) for number in range(frames))
        outgoing.hold([Delivery(peers, (said(1),), None)])
        outgoing.send(busy=busy)
        return len(read)

    assert [send(FEW_FRAMES, busy=False), send(FEW_FRAMES + 1, busy=False), send(1, busy=True)] == [0, 2, 2]


def test_a_peer_that_does_not_read_lags_one_that_is_gone_is_lost_and_others_are_served(
    chat: Chat, listener: FakeListener, outgoing: Outgoing
) -> None:
    slow, gone, other = (caller(listener, b"\0" + name) for name in (b"slow", b"gone", b"other"))
    for peer in (slow, gone, other):
        chat.core.connect(peer)
    listener.fails = {slow.routing_id: zmq.Again(), gone.routing_id: zmq.ZMQError(zmq.EHOSTUNREACH)}
    outgoing.hold([Delivery((slow, gone, other), (said(1),), None)])
    assert outgoing.send()
    assert len(listener.sent) == 1
    assert [peer.lagging for peer in (slow, gone, other)] == [True, False, False]
    assert listener.forgotten == [gone]
    assert gone not in chat.core.peers


def test_frames_are_handed_over_while_others_are_not_joined_yet(
    outgoing: Outgoing, listener: FakeListener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of many members who spoke gets a frame of their own with what the others said."""
    monkeypatch.setattr(listener, "send", lambda routing_id, frame: None)
    members = tuple(caller(listener, b"\0%d" % number) for number in range(1_000))
    outgoing.hold([Delivery(members, (said(seq),), member) for seq, member in enumerate(members[:16])])
    outgoing.hold([Delivery((member,), (Done("1"),), None) for member in members])
    tracemalloc.start()
    try:
        outgoing.send()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000 * 1_000  # bytes; all frames together are 1,500 each
