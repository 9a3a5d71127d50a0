from __future__ import annotations

from collections.abc import Callable

import pytest
from file_broker import Bytes, Device, FileBroker, content

from client.core.files.download import Download
from client.core.files.ports import FileTrouble
from client.core.files.transfer import OTHER_ANSWER
from messages.errors import ErrorCode
from messages.files import Content, Fetch, File
from messages.limits import MAX_CHUNKS, MAX_FETCH

SIZE = 40 * MAX_FETCH + 5
WHOLE = content(SIZE)


@pytest.fixture
def broker() -> FileBroker:
    broker = FileBroker()
    broker.keep(WHOLE)
    return broker


@pytest.fixture
def device(broker: FileBroker) -> Device:
    return Device(broker)


def download(device: Device, sink: Bytes, seq: int = 1, number: int = 1) -> Download:
    return device.session.download("#lobby", seq, number, lambda file: sink)


def test_a_file_comes_in_several_ranges_at_once_in_whatever_order(device: Device) -> None:
    sink = Bytes()
    going = download(device, sink)
    most = 0
    for turn in range(2_000):
        if going.ended:
            break
        device.tick()
        most = max(most, len(device.coming) + len(device.going))
        device.serve()
        device.arrive(at=turn % 3)
    assert (going.complete, sink.finished, bytes(sink.content)) == (True, True, WHOLE)
    assert 10 < most <= MAX_CHUNKS
    assert sum(isinstance(one, Fetch) for one in device.asked) == 41


def test_an_empty_file_needs_no_fetch(device: Device, broker: FileBroker) -> None:
    sink = Bytes()
    going = download(device, sink, seq=broker.keep(b"", "empty.txt"))
    device.run()
    assert (going.complete, going.name, sink.finished) == (True, "empty.txt", True)
    assert not any(isinstance(one, Fetch) for one in device.asked)


def test_a_partial_file_is_checked_and_gone_on_with(device: Device) -> None:
    sink = Bytes(WHOLE[: 3 * MAX_FETCH + 77])
    going = download(device, sink)
    device.run()
    first = next(one for one in device.asked if isinstance(one, Fetch))
    assert (going.complete, bytes(sink.content), first.offset) == (True, WHOLE, 3 * MAX_FETCH + 77)


@pytest.mark.parametrize("part", [b"x" + WHOLE[1:70_000], b"x" + WHOLE[1:], WHOLE + b"more"])
def test_a_partial_file_that_is_not_right_is_begun_anew(device: Device, part: bytes) -> None:
    sink = Bytes(part)
    going = download(device, sink)
    device.run()
    assert (going.complete, bytes(sink.content), sink.restarts) == (True, WHOLE, 1)


def test_a_whole_partial_file_is_only_checked(device: Device) -> None:
    sink = Bytes(WHOLE)
    going = download(device, sink)
    device.run()
    assert (going.complete, sink.finished) == (True, True)
    assert not any(isinstance(one, Fetch) for one in device.asked)


def test_after_a_cut_only_what_was_in_flight_is_fetched_again(device: Device) -> None:
    sink = Bytes()
    going = download(device, sink)
    device.run(until=lambda: going.done >= 10 * MAX_FETCH)
    device.tick()
    device.cut()
    device.connect()
    device.run()
    assert (going.complete, bytes(sink.content)) == (True, WHOLE)
    assert sum(isinstance(one, Fetch) for one in device.asked) <= 41 + MAX_CHUNKS


@pytest.mark.parametrize(
    "wrong",
    [
        lambda one: Content(one.id, one.offset, WHOLE[one.offset : one.offset + one.length] + b"more"),
        lambda one: Content(one.id, one.offset, WHOLE[one.offset : one.offset + one.length - 1]),
        lambda one: Content(one.id, one.offset + 1, WHOLE[one.offset : one.offset + one.length]),
        lambda one: Content(one.id, one.offset, b""),
    ],
)
def test_other_bytes_than_asked_for_end_it(
    device: Device, broker: FileBroker, wrong: Callable[[Fetch], Content]
) -> None:
    sink = Bytes()
    going = download(device, sink)
    device.run(until=lambda: going.done > 3 * MAX_FETCH)
    answer = broker.answer
    broker.answer = lambda one: wrong(one) if isinstance(one, Fetch) else answer(one)  # type: ignore[method-assign, assignment]
    device.run()
    assert going.error is not None
    assert going.error.text == OTHER_ANSWER
    assert (sink.finished, sink.closed, WHOLE.startswith(sink.content)) == (False, True, True)


def test_a_file_whose_hash_is_wrong_is_never_finished(device: Device, broker: FileBroker) -> None:
    sink = Bytes()
    seq = broker.keep(WHOLE, "other", digest="0" * 64)
    going = download(device, sink, seq)
    device.run()
    assert going.error is not None
    assert going.error.code is ErrorCode.FILE_DAMAGED
    assert (sink.finished, bytes(sink.content)) == (False, b"")


def test_a_full_disk_ends_it_and_the_part_is_gone_on_with(device: Device) -> None:
    sink = Bytes()
    sink.room = 5 * MAX_FETCH
    going = download(device, sink)
    device.run()
    assert going.error is not None
    assert (going.error.text, len(sink.content)) == ("the disk is full", 5 * MAX_FETCH)
    again = Bytes(bytes(sink.content))
    going = download(device, again)
    device.run()
    assert bytes(again.content) == WHOLE


def test_what_is_not_there_is_said(device: Device, broker: FileBroker) -> None:
    broker.accept("plain", "no file", ())
    for seq, number, why in (
        (1, 2, "message 1 has only 1 file"),
        (2, 1, "message 2 has no file"),
        (9, 1, ErrorCode.NO_SUCH_MESSAGE.sentence),
    ):
        going = download(device, Bytes(), seq, number)
        device.run()
        assert going.error is not None
        assert going.error.text == why
    with pytest.raises(ValueError, match="counted from 1"):
        download(device, Bytes(), 1, 0)


@pytest.mark.parametrize("digest", ["../../../tmp/x", "", "A" * 64])
def test_a_hash_that_is_none_never_becomes_a_name(device: Device, broker: FileBroker, digest: str) -> None:
    broker.contents[digest] = WHOLE
    broker.accept("hostile", "hostile", (File("plan.pdf", SIZE, digest),))
    opened: list[File] = []
    going = device.session.download("#lobby", 2, 1, lambda file: opened.append(file) or Bytes())  # type: ignore[func-returns-value]
    device.run()
    assert going.error is not None
    assert (going.error.text, opened) == (OTHER_ANSWER, [])


def test_a_place_that_cannot_be_opened_ends_it(device: Device) -> None:
    def closed(_file: object) -> Bytes:
        raise FileTrouble("there is no such directory")

    going = device.session.download("#lobby", 1, 1, closed)
    device.run()
    assert going.error is not None
    assert going.error.text == "there is no such directory"
