"""Files between the broker's real core and real clients, while links are cut and the broker restarts."""

from __future__ import annotations

from itertools import count

from file_broker import Bytes, content
from hypothesis import given, settings
from hypothesis import strategies as st
from linked import Member, World

from client.core.session import Session
from messages.codec import encode
from messages.limits import MAX_CHUNK

WHOLE = content(700_001)


def world(*names: str) -> World:
    return World(*names, max_file=1_000_000)


def begin(names: World) -> tuple[Member, Member]:
    names.calm_down()
    alice, bob = names.members
    return alice, bob


steps = st.lists(st.sampled_from(["round", "round", "cut alice", "cut bob", "restart", "wait"]), max_size=25)


@settings(max_examples=15, deadline=None)
@given(steps, steps)
def test_files_arrive_whole_whatever_is_cut_and_however_often_the_broker_restarts(
    during_upload: list[str], during_download: list[str]
) -> None:
    all_ = world("alice", "bob")
    alice, bob = begin(all_)
    sent = alice.session.send("#lobby", "here", files=[Bytes(WHOLE), Bytes(b"", "empty")])
    disturb(all_, during_upload)
    all_.calm_down()
    assert sent.accepted
    sink = Bytes()
    going = bob.session.download("#lobby", 1, 1, lambda _file: sink)
    disturb(all_, during_download)
    all_.calm_down()
    assert (going.complete, sink.finished, bytes(sink.content)) == (True, True, WHOLE)
    assert [message.text for message in bob.view.messages] == ["here"]
    assert len(bob.view.messages[0].files) == 2


def disturb(all_: World, steps: list[str]) -> None:
    for step in steps:
        match step.split():
            case ["round"]:
                all_.round()
            case ["cut", name]:
                member = next(one for one in all_.members if one.session.name == name)
                member.cut()
                member.connect()
            case ["restart"]:
                all_.restart()
                for member in all_.members:
                    member.connect()
            case _:
                all_.forward(0.5)


def test_another_device_of_the_user_goes_on_with_an_upload_and_nobody_else_does() -> None:
    all_ = world("alice", "bob")
    alice, bob = begin(all_)
    going = alice.session.upload(Bytes(WHOLE))
    while going.done < 300_000:
        all_.round()
    alice.cut()
    ids = count(1)
    alice.session = Session("alice", lambda: f"second-{next(ids)}", encode)
    own, theirs = Counted(WHOLE), Counted(WHOLE)
    uploads = alice.session.upload(own), bob.session.upload(theirs)
    all_.calm_down()
    assert all(upload.complete for upload in uploads)
    assert (min(own.offsets) >= 300_000, min(theirs.offsets)) == (True, 0)


class Counted(Bytes):
    """A file that knows from where on its chunks are read, after it was read once for its hash."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.offsets: list[int] = []

    def read(self, offset: int, length: int) -> bytes:
        if length <= MAX_CHUNK:
            self.offsets.append(offset)
        return super().read(offset, length)
