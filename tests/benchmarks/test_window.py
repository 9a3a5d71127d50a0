"""How many messages are on their way, and what goes out together. Nothing is timed."""

from __future__ import annotations

import random
import re
from types import SimpleNamespace

import pytest

from benchmarks import talk
from benchmarks.generator import CheckFailed, Connection, Generator
from benchmarks.peers import PEERS
from benchmarks.peers.peer import Peer, Running
from benchmarks.talk import Talk
from benchmarks.window import Window
from benchmarks.workloads import WORKLOADS, Workload
from benchmarks.zmtp import decode_frames, encode_frame
from messages.limits import MAX_REQUEST_DOCUMENTS, MAX_REQUEST_FRAME

OURS, REDIS = PEERS["chat-broker"], PEERS["redis"]
MARKER = b"~^|~^"
VOICE = re.compile(re.escape(MARKER) + rb"([0-9]{5})")


class Chat(Generator):
    """A generator whose server is this test: it delivers what was sent when it is told to."""

    def __init__(self, workload: Workload, peer: Peer) -> None:
        super().__init__(peer, Running(0, 0), MARKER)
        self.talk = Talk(workload, peer, MARKER)
        self.connections = [Connection(number, ()) for number in range(workload.users)]
        self.writes: list[tuple[int, bytes]] = []
        self.on_way: list[int] = []
        self.window = Window(workload, self.talk, self)

    def send(self, connection: Connection, data: bytes) -> None:
        self.writes.append((connection.number, data))
        self.on_way += map(int, VOICE.findall(data))

    def deliver(self, voice: int, *, but: frozenset[int] = frozenset()) -> None:
        for hearer in self.talk.voices[voice].hearers:
            if hearer not in but:
                self.connections[hearer].count += 1
                self.delivered += 1
                self.heard.append(self.connections[hearer])

    def refill(self) -> None:
        self.window.refill()
        self.heard.clear()
        self.writes, self.last_writes = [], self.writes

    def deliver_all(self) -> None:
        on_way, self.on_way = self.on_way, []
        for voice in on_way:
            self.deliver(voice)


def small(name: str) -> Workload:
    return WORKLOADS[name].shrunk(100)


@pytest.mark.parametrize("peer", [OURS, REDIS], ids=lambda one: one.name)
@pytest.mark.parametrize(
    "name",
    [
        *("fanout-2-100-1", "fanout-10-100-1", "fanout-100-100-32", "direct-100"),
        *("rooms-1000", "rooms-1000-busy", "rooms-1000-shared"),
    ],
)
def test_as_many_are_on_their_way_as_the_workload_says(name: str, peer: Peer) -> None:
    workload = small(name)
    chat = Chat(workload, peer)
    wanted = workload.in_flight * (workload.senders if workload.kind == "fanout" else chat.talk.conversations)
    chance = random.Random(1)
    chat.refill()
    seen = []
    for _ in range(20 * wanted):
        chat.deliver(chat.on_way.pop(chance.randrange(len(chat.on_way))))
        chat.refill()
        assert chat.on_way
        seen.append(len(chat.on_way))
    assert 0.9 * wanted <= sum(seen[wanted:]) / len(seen[wanted:]) <= 1.1 * wanted


@pytest.mark.parametrize("name", ["fanout-100-100-32", "rooms-1000-busy", "rooms-1000-shared", "direct-100"])
def test_what_one_is_due_to_say_after_one_turn_is_one_frame_in_one_write(name: str) -> None:
    chat = Chat(small(name), OURS)
    for _ in range(30):
        chat.refill()
        assert chat.last_writes
        speakers = [speaker for speaker, _ in chat.last_writes]
        assert len(speakers) == len(set(speakers))
        assert all(len(list(decode_frames(data))) == 1 for _, data in chat.last_writes)
        chat.deliver_all()


def test_what_one_says_in_several_rooms_is_joined() -> None:
    chat = Chat(small("rooms-1000-shared"), OURS)
    rooms: set[int] = set()
    for _ in range(30):
        chat.refill()
        rooms |= {len(set(re.findall(rb'"to":"([^"]+)"', data))) for _, data in chat.last_writes}
        chat.deliver_all()
    assert max(rooms) > 1


def test_those_who_hear_more_than_others_wait_for_them() -> None:
    chat = Chat(small("fanout-100-100-32"), OURS)
    speakers = frozenset(voice.speaker for voice in chat.talk.voices)
    others = frozenset(range(100)) - speakers
    for _ in range(50):
        chat.refill()
        on_way, chat.on_way = chat.on_way, []
        for voice in on_way:
            chat.deliver(voice, but=others)
    missing = chat.talk.sent
    assert missing < 6 * 4 * 32
    for voice in (0, 1, 2, 3) * (missing // 4):
        chat.deliver(voice, but=speakers)
    chat.refill()
    assert chat.last_writes


def test_a_slow_server_loses_nothing_as_long_as_something_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Chat):
        """Delivers one message in each turn, which takes almost as long as nothing may arrive."""

        clock = 0.0

        def turn(self, seconds: float) -> None:
            self.clock += talk.DRAIN_SECONDS * 0.9
            self.heard.clear()
            if self.on_way:
                self.deliver(self.on_way.pop())

    chat = Slow(small("fanout-10-100-8"), OURS)
    monkeypatch.setattr(talk, "time", SimpleNamespace(perf_counter=lambda: chat.clock))
    chat.refill()
    chat.talk.drain(chat)
    assert chat.delivered == 32 * 9
    chat.refill()
    del chat.on_way[0]
    with pytest.raises(CheckFailed, match="instead of"):
        chat.talk.drain(chat)


def test_many_texts_go_in_as_few_frames_as_the_limits_allow() -> None:
    for size, frames in ((100, 4), (1_000, 5)):
        said = OURS.say("#r0", [b"." * size] * 256, 1)
        found = list(decode_frames(said))
        assert len(found) == frames
        assert all(len(frame) <= MAX_REQUEST_FRAME for frame in found)
        assert max(frame.count(b"\n") + 1 for frame in found) <= MAX_REQUEST_DOCUMENTS


def test_frames_are_taken_apart_as_they_were_made() -> None:
    bodies = [b"", b"short", b"x" * 255, b"y" * 256, b"z" * 70_000]
    assert list(decode_frames(b"".join(map(encode_frame, bodies)))) == bodies
