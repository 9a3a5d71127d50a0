from broker.core.memory.model import Peer
from broker.core.outbox import Delivery, LogEntry, LogEvent, Outbox
from messages.replies import Done

PEER = Peer(b"\0one", "10.0.0.1", 0.0)


def test_everything_is_taken_once_in_order() -> None:
    outbox = Outbox()
    outbox.send((PEER,), Done("1"))
    outbox.send((PEER,), Done("2"), PEER)
    outbox.log(LogEvent.LOGIN, name="alice")
    assert outbox.take() == (
        [Delivery((PEER,), (Done("1"),), None), Delivery((PEER,), (Done("2"),), PEER)],
        [LogEntry(LogEvent.LOGIN, {"name": "alice"})],
    )
    assert outbox.take() == ([], [])


def test_nothing_is_told_to_nobody() -> None:
    outbox = Outbox()
    outbox.send((), Done("1"))
    outbox.send_all((), [Done("1"), Done("2")])
    assert outbox.take() == ([], [])


def test_only_what_came_after_a_mark_is_taken_out() -> None:
    outbox = Outbox()
    outbox.send((PEER,), Done("kept"))
    outbox.log(LogEvent.LOGIN)
    mark = outbox.mark()
    outbox.send((PEER,), Done("gone"))
    outbox.log(LogEvent.LEAVE)
    outbox.revert(mark)
    deliveries, notes = outbox.take()
    assert [delivery.documents for delivery in deliveries] == [(Done("kept"),)]
    assert [note.event for note in notes] == [LogEvent.LOGIN]
