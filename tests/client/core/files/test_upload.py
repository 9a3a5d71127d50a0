from __future__ import annotations

import pytest
from file_broker import Bytes, Device, FileBroker, content, error

from client.core.events import SendAccepted, SendFailed
from client.core.files.transfer import MOST_SETBACKS, TransferEnded, TransferMoved
from messages.errors import ErrorCode
from messages.files import Chunk, Upload, UploadState
from messages.limits import MAX_CHUNK, MAX_CHUNKS, MAX_FILES
from messages.replies import AnyReply
from messages.requests import Send

SIZE = 40 * MAX_CHUNK + 5


@pytest.fixture
def broker() -> FileBroker:
    return FileBroker()


@pytest.fixture
def device(broker: FileBroker) -> Device:
    return Device(broker)


def chunks(device: Device) -> list[Chunk]:
    return [request for request in device.asked if isinstance(request, Chunk)]


def test_a_message_is_sent_when_its_files_are_complete_and_without_a_text_their_names_are_it(
    device: Device, broker: FileBroker
) -> None:
    whole, empty = content(SIZE), b""
    sent = device.session.send("#lobby", "", files=[Bytes(whole), Bytes(empty, "empty.txt")])
    assert device.session.unanswered == 1
    device.run()
    message = broker.messages[-1]
    assert (sent.seq, message.text) == (1, "plan.pdf\nempty.txt")
    assert [broker.contents[file.hash] for file in message.files] == [whole, empty]
    assert broker.taken == SIZE
    assert device.session.timeline("#lobby").messages[1].files == message.files
    assert not broker.uploads


def test_up_to_sixteen_chunks_are_in_flight_if_answers_come_quickly_and_few_if_they_are_slow(
    device: Device,
) -> None:
    device.session.upload(Bytes(content(SIZE * 2)))
    most = 0

    def seen() -> bool:
        nonlocal most
        most = max(most, len(device.going) + len(device.coming))
        return not device.session.transfers

    for _ in range(400):
        device.tick()
        if seen():
            break
        device.serve()
        device.arrive()
    assert most == MAX_CHUNKS
    device.session.upload(Bytes(content(SIZE * 2, seed=8)))
    for _ in range(400):
        device.tick()
        device.serve()
        device.now += 1.5
        device.arrive()
        if not device.session.transfers:
            break
    assert len(device.going) + len(device.coming) <= 1


def test_what_a_person_says_meanwhile_goes_before_the_next_chunks(device: Device) -> None:
    device.session.upload(Bytes(content(SIZE)))
    device.run(until=lambda: len(chunks(device)) > 5)
    device.going.clear()
    device.session.send("#lobby", "hello")
    device.now += 40  # all in flight is asked for again
    device.tick()
    assert isinstance(device.going[0], Send)


def test_after_a_cut_it_goes_on_where_the_broker_says(device: Device, broker: FileBroker) -> None:
    sent = device.session.send("#lobby", "here", files=[Bytes(content(SIZE))])
    device.run(until=lambda: broker.taken >= 10 * MAX_CHUNK)
    device.cut()
    had = broker.taken
    before = len(device.asked)
    device.connect()
    device.run()
    assert sent.accepted
    first = next(one for one in device.asked[before:] if isinstance(one, Chunk))
    assert (first.offset, broker.taken) == (had, SIZE)


def test_another_device_goes_on_with_the_same_file(device: Device, broker: FileBroker) -> None:
    device.session.upload(Bytes(content(SIZE)))
    device.run(until=lambda: broker.taken >= 10 * MAX_CHUNK)
    other = Device(broker)
    going = other.session.upload(Bytes(content(SIZE)))
    other.run()
    assert (going.complete, broker.taken) == (True, SIZE)


def test_while_the_broker_cannot_store_a_chunk_it_waits_and_goes_on(
    device: Device, broker: FileBroker
) -> None:
    going = device.session.upload(Bytes(content(SIZE)))
    device.run(until=lambda: broker.taken >= 10 * MAX_CHUNK)
    broker.trouble = 9
    device.run(until=lambda: bool(going.waits))
    assert going.waits == ErrorCode.UNAVAILABLE.sentence
    device.run()
    assert (going.complete, going.waits, broker.taken) == (True, "", SIZE)


class FullBroker(FileBroker):
    """Its disk is full for a while. So the chunk that is next is refused, and those behind it, too."""

    full = 3 * MOST_SETBACKS

    def _chunk(self, request: Chunk) -> AnyReply:
        if self.full and request.offset == len(self.uploads[request.upload].data) > 0:
            self.full -= 1
            return error(request, ErrorCode.UNAVAILABLE, retryable=True)
        return super()._chunk(request)


def test_it_waits_for_as_long_as_the_disk_of_the_broker_is_full() -> None:
    device = Device(broker := FullBroker())
    going = device.session.upload(Bytes(content(SIZE)))
    device.run(until=lambda: broker.full < 5)
    assert (going.error, going.waits) == (None, ErrorCode.UNAVAILABLE.sentence)
    device.run()
    assert (going.complete, going.error, broker.full) == (True, None, 0)


def test_a_message_whose_upload_the_broker_lost_is_uploaded_again_and_sent_once(
    device: Device, broker: FileBroker
) -> None:
    sent = device.session.send("#lobby", "here", files=[Bytes(content(SIZE))])
    device.run(until=lambda: any(isinstance(one, Send) for one in device.asked))
    broker.messages.clear()
    broker.uploads.clear()
    broker.contents.clear()
    broker._accepted.clear()
    device.events.clear()
    sent = device.session.send("#lobby", "again", files=sent.files)
    device.run()
    assert (sent.accepted, broker.taken, len(broker.messages)) == (True, 2 * SIZE, 1)


def test_content_that_arrives_damaged_is_sent_once_more_and_then_given_up(
    device: Device, broker: FileBroker
) -> None:
    source = Bytes(content(SIZE))
    sent = device.session.send("#lobby", "here", files=[source])
    device.run(until=lambda: broker.taken > 0)
    next(iter(broker.uploads.values())).data[5] ^= 1  # a flipped byte on the broker's disk
    device.run()
    assert sent.accepted
    source = Bytes(content(SIZE, seed=9))
    sent = device.session.send("#lobby", "here", files=[source])
    device.run(until=lambda: bool(broker.uploads))
    source.content[3 * MAX_CHUNK] ^= 1  # changed between the two times that it is read
    device.run()
    assert sent.error is not None
    assert sent.error.text == "the file arrived damaged or was changed meanwhile; send it again"
    assert [type(event) for event in device.told(SendFailed)] == [SendFailed]
    assert source.closed


@pytest.mark.parametrize(
    ("size", "most", "why"),
    [
        (31, 30, "plan.pdf has 31 bytes, but a file in this chat has at most 30 bytes"),
        (1, 0, "this chat takes no files"),
    ],
)
def test_a_file_that_is_too_large_is_refused_before_it_is_read(size: int, most: int, why: str) -> None:
    device = Device(FileBroker(max_file=most), online=False)
    early = device.session.send("#lobby", "here", files=[Bytes(content(size))])
    device.connect()
    device.run()
    assert early.error is not None
    assert early.error.text == why
    with pytest.raises(ValueError, match=why):
        device.session.send("#lobby", "here", files=[Bytes(content(size))])
    assert device.session.unanswered == 0
    assert not any(isinstance(one, Upload) for one in device.asked)


def test_a_message_has_at_most_ten_files_and_a_refused_one_uploads_nothing(device: Device) -> None:
    with pytest.raises(ValueError, match="at most 10 files"):
        device.session.send("#lobby", "here", files=[Bytes()] * (MAX_FILES + 1))
    with pytest.raises(ValueError, match="to"):
        device.session.send("lobby", "here", files=[Bytes()])
    assert (device.session.transfers, device.session.unanswered) == ([], 0)


def test_if_one_file_cannot_be_read_the_message_and_its_other_files_end(
    device: Device, broker: FileBroker
) -> None:
    short = Bytes(content(10))
    short.size = 11
    others = [Bytes(content(SIZE), "a"), Bytes(content(SIZE, 2), "b")]
    sent = device.session.send("#lobby", "here", files=[others[0], short, others[1]])
    device.run()
    assert sent.error is not None
    assert "it was changed" in sent.error.text
    assert all(one.closed for one in others)
    assert len(device.told(TransferEnded)) == 3
    assert not broker.messages


def test_what_waits_for_its_files_is_not_sent_by_another_user(device: Device, broker: FileBroker) -> None:
    sent = device.session.send("#lobby", "here", files=[Bytes(content(SIZE))])
    device.run(until=lambda: broker.taken > 0)
    device.session.login("carol")
    own = device.session.send("#lobby", "mine", files=[Bytes(content(SIZE))])
    device.run(until=lambda: device.session.name == "carol" and bool(device.told(SendFailed)))
    assert sent.error is not None
    assert sent.error.text == "you are another user now"
    device.run()
    assert own.accepted
    assert [message.text for message in broker.messages] == ["mine"]


def test_a_view_is_told_how_far_it_is_and_when_it_ends(device: Device) -> None:
    sent = device.session.send("#lobby", "here", files=[Bytes(content(SIZE))])
    device.run(until=lambda: sent.files[0].done > 0)
    assert sent.state == f"uploading plan.pdf, {sent.files[0].percent}%"
    device.run()
    kinds = [type(e) for e in device.events if isinstance(e, TransferMoved | TransferEnded | SendAccepted)]
    assert kinds[0] is TransferMoved
    assert kinds[-2:] == [TransferEnded, SendAccepted]
    assert sent.files[0].percent == 100


def test_stopping_keeps_the_part_at_the_broker_and_gives_up_the_message(
    device: Device, broker: FileBroker
) -> None:
    sent = device.session.send("#lobby", "here", files=[Bytes(content(SIZE))])
    device.run(until=lambda: broker.taken > 0)
    device.session.stop_transfers("it was stopped")
    assert sent.error is not None
    assert (sent.error.text, device.session.unanswered) == ("it was stopped", 0)
    device.run()
    device.session.send("#lobby", "here", files=[Bytes(content(SIZE))])
    device.run()
    assert broker.taken == SIZE


def test_a_broker_that_breaks_the_contract_does_not_keep_it_going_for_ever(
    device: Device, broker: FileBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer in (
        lambda one: UploadState(one.id, "u", 0),  # never any progress
        lambda one: UploadState(one.id, "u", SIZE),  # all is there, and it is not complete
        lambda one: UploadState(one.id, "u", SIZE + 1),
        lambda one: UploadState(one.id, "", 0),
        lambda one: error(one, ErrorCode.NO_SUCH_FILE),
        lambda one: error(one, ErrorCode.QUOTA_REACHED),
    ):
        monkeypatch.setattr(broker, "_opened", answer)
        monkeypatch.setattr(broker, "_chunk", answer)
        going = device.session.upload(Bytes(content(SIZE)))
        device.asked.clear()
        device.run()
        assert going.error is not None
        assert sum(isinstance(one, Upload) for one in device.asked) <= MOST_SETBACKS + 2


def test_uploads_keep_to_the_rate_of_the_broker(device: Device) -> None:
    device.session._exchange.pending.rate_limit.set(10, 10)
    device.session.upload(Bytes(content(SIZE)))
    begun = device.now
    device.run()
    assert device.now - begun >= (SIZE / MAX_CHUNK / 2 - 10) / 10
