"""Files between the broker's real core and real clients, while links are cut and the broker restarts."""

from __future__ import annotations

from itertools import count

import pytest
from file_broker import Bytes, content
from hypothesis import given, settings
from hypothesis import strategies as st
from linked import Member, World

from client.core.session import Session
from messages.amendments import Delete
from messages.codec import encode
from messages.errors import ErrorCode
from messages.limits import MAX_CHUNK
from messages.moderation import Ban, Kick, RoomRules
from messages.requests import Join, Leave

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


def test_two_devices_of_a_user_that_upload_the_same_file_at_once_both_complete_it() -> None:
    all_ = world("bob")
    all_.members += [WithKey(all_, "alice"), WithKey(all_, "alice")]
    all_.calm_down()
    bob, alice, second = all_.members
    uploads = [device.session.upload(Bytes(WHOLE)) for device in (alice, second)]
    all_.calm_down()
    assert [(upload.complete, upload.error) for upload in uploads] == [(True, None)] * 2
    assert uploads[0].id == uploads[1].id
    sent = alice.session.send("#lobby", "here", files=[uploads[0]])
    again = second.session.send("#lobby", "and here", files=[uploads[1]])
    all_.calm_down()
    assert (sent.accepted, again.accepted) == (True, True)
    sinks = [Bytes(), Bytes()]
    for seq, sink in enumerate(sinks, 1):
        bob.session.download("#lobby", seq, 1, lambda _file, sink=sink: sink)  # type: ignore[misc]
    all_.calm_down()
    assert [bytes(sink.content) == WHOLE for sink in sinks] == [True, True]


@pytest.mark.parametrize("ending", ["kick", "ban", "leave", "delete", "private"])
def test_who_may_not_read_a_message_any_more_gets_no_further_byte_of_its_file(ending: str) -> None:
    all_ = World("alice", "bob", max_file=10_000_000)
    alice, bob = begin(all_)
    alice.session.ask(Join, room="#tea")
    all_.calm_down()
    if ending != "private":
        bob.session.ask(Join, room="#tea")
        all_.calm_down()
    alice.session.ask(RoomRules, room="#tea", private=True)
    alice.session.send("#tea", "here", files=[Bytes(content(6_000_000))])
    all_.calm_down()
    sink = Bytes()
    going = bob.session.download("#tea", 1, 1, lambda _file: sink)
    while not going.ended and going.done < 300_000:
        all_.round()
    match ending:
        case "kick":
            alice.session.ask(Kick, name="bob", room="#tea")
        case "ban":
            alice.session.ask(Ban, name="bob", room="#tea")
        case "leave":
            bob.session.ask(Leave, room="#tea")
        case "delete":
            alice.session.ask(Delete, conversation="#tea", seq=1)
        case _:
            pass
    all_.calm_down()
    assert (sink.finished, sink.closed) == (False, ending != "private")
    codes = {"delete": ErrorCode.MESSAGE_DELETED, "private": ErrorCode.NO_SUCH_ROOM}
    assert going.error is not None
    if ending in codes:
        assert going.error.code is codes[ending]
    again = bob.session.download("#tea", 1, 1, lambda _file: Bytes())
    nowhere = bob.session.download("#nothing", 1, 1, lambda _file: Bytes())
    all_.calm_down()
    assert again.error is not None
    assert nowhere.error is not None
    if ending != "delete":
        assert (again.error.code, again.error.text) == (nowhere.error.code, nowhere.error.text)


class WithKey(Member):
    """A device of the user whose key it has."""

    def connect(self) -> None:
        if self.client is None:
            self.client = self.world.chat.connect(identity="key")
            self.session.connected(self.world.seconds, "linked")


class Counted(Bytes):
    """A file that knows from where on its chunks are read, after it was read once for its hash."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.offsets: list[int] = []

    def read(self, offset: int, length: int) -> bytes:
        if length <= MAX_CHUNK:
            self.offsets.append(offset)
        return super().read(offset, length)
