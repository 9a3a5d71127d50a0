"""Uploads and downloads while the link is cut, the broker refuses, and replies change their order."""

from __future__ import annotations

from itertools import cycle
from typing import Any

from file_broker import Bytes, Device, FileBroker, content, error
from hypothesis import given, settings
from hypothesis import strategies as st

from client.core.files.sizes import size_text
from client.core.files.window import Window
from messages.base import Request
from messages.errors import ErrorCode
from messages.files import Chunk, Content, Fetch, Upload, UploadState
from messages.limits import MAX_CHUNK, MAX_CHUNKS, MAX_SEQ
from messages.replies import AnyReply, Done, Error, Page
from messages.requests import History

UP = content(7 * MAX_CHUNK + 11)
DOWN = content(9 * 131_072 + 3, seed=3)

steps = st.lists(
    st.one_of(
        st.sampled_from(["tick", "cut", "restart", "refuse", "late"]),
        st.tuples(st.just("serve"), st.integers(1, 20)),
        st.tuples(st.just("arrive"), st.integers(0, 5)),
    ),
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_whatever_happens_on_the_way_files_arrive_whole_and_messages_once(steps: list[object]) -> None:
    broker = FileBroker()
    kept = broker.keep(DOWN)
    device = Device(broker)
    sink = Bytes()
    sent = device.session.send("#lobby", "here", files=[Bytes(UP), Bytes(UP[:100], "second")])
    device.session.download("#lobby", kept, 1, lambda _file: sink)
    for step in steps:
        match step:
            case "tick":
                device.tick()
            case "cut":
                device.cut()
                device.connect()
            case "restart":  # the broker forgets the uploads that no message has
                broker.uploads.clear()
            case "refuse":
                broker.trouble += 2
            case "late":
                device.now += 31.0
            case ("serve", int(most)):
                device.serve(most)
            case ("arrive", int(at)):
                device.arrive(at)
    device.run()
    assert sent.accepted
    assert [message.text for message in broker.messages] == ["see this", "here"]
    assert [broker.contents[file.hash] for file in broker.messages[-1].files] == [UP, UP[:100]]
    assert (bytes(sink.content), sink.finished) == (DOWN, True)


def test_the_window_grows_and_shrinks_within_its_limits() -> None:
    window = Window()
    for _ in range(40):
        window.answered(0.01)
    assert window.size == MAX_CHUNKS
    window.answered(0.7)
    assert window.size == MAX_CHUNKS
    for _ in range(40):
        window.answered(2.0)
    assert window.size == 1


def test_sizes_are_told_as_people_read_them() -> None:
    sizes = {
        0: "0 bytes",
        1: "1 byte",
        999: "999 bytes",
        1_000: "1.0 kB",
        1_234_567: "1.2 MB",
        999_950: "1.0 MB",
        25_000_000: "25 MB",
        9_007_199_254_740_991: "9,007 TB",
    }
    assert {size: size_text(size) for size in sizes} == sizes


answers = st.sampled_from(
    [
        lambda one: UploadState(one.id, "u1", 0),
        lambda one: UploadState(one.id, "u1", MAX_CHUNK),
        lambda one: UploadState(one.id, "", MAX_SEQ, complete=True),
        lambda one: UploadState(one.id, "u 1", len(UP), complete=True),
        lambda one: UploadState(one.id, "u1", 3, complete=True),
        lambda one: Content(one.id, 0, b"x"),
        lambda one: Content(one.id, getattr(one, "offset", 0), b"x" * 131_072),
        lambda one: Page(one.id, "#lobby", [], more=True),
        lambda one: Done(one.id),
        lambda one: error(one, ErrorCode.INVALID, offset=0),
        lambda one: error(one, ErrorCode.INVALID, offset=MAX_SEQ),
        lambda one: error(one, ErrorCode.NO_SUCH_FILE),
        lambda one: error(one, ErrorCode.FILE_DAMAGED),
        lambda one: Error(one.id, ErrorCode.TOO_MANY_REQUESTS, "", True, retry_after=5),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.none(), answers), min_size=1, max_size=12))
def test_whatever_a_broker_answers_files_end_and_the_session_goes_on(said: list[Any]) -> None:
    broker = FileBroker()
    kept = broker.keep(DOWN)
    device = Device(broker)
    right, turn = broker.answer, cycle(said)

    def answer(request: Request) -> AnyReply:
        wrong = next(turn) if isinstance(request, Upload | Chunk | Fetch | History) else None
        return right(request) if wrong is None else wrong(request)

    broker.answer = answer  # type: ignore[method-assign]
    sink = Bytes()
    device.session.upload(Bytes(UP))
    going = device.session.download("#lobby", kept, 1, lambda _file: sink)
    for _ in range(150):
        device.tick()
        device.serve()
        while device.coming:
            device.arrive()
        device.now += 0.3
    assert not sink.finished or bytes(sink.content) == DOWN
    assert going.complete is sink.finished
    broker.answer = right  # type: ignore[method-assign]
    sent = device.session.send("#lobby", "hello")
    device.run()
    assert sent.accepted
