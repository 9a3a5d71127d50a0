"""The conversations of a workload, and the check that every message reached all its recipients."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence

from benchmarks.generator import CheckFailed, Connection, Generator
from benchmarks.peers.peer import Peer, Step
from benchmarks.workloads import Workload

DRAIN_SECONDS = 30.0
"""Seconds without any delivery after which missing messages count as lost."""

_STRIDE = 37


class Voice:
    """One user's side of one conversation."""

    __slots__ = ("_begin", "_padding", "hearers", "number", "sent", "speaker", "to")

    def __init__(
        self, number: int, speaker: int, to: str, hearers: Sequence[int], marker: bytes, text: int
    ) -> None:
        self.number = number
        self.speaker = speaker
        self.to = to
        self.hearers = hearers
        self.sent = 0
        self._begin = marker + b"%05d." % number
        self._padding = b"." * (text - len(self._begin) - 8)

    def make_texts(self, count: int) -> list[bytes]:
        """Return the next texts, numbered."""
        begin, padding = self._begin, self._padding
        numbers = range(self.sent + 1, self.sent + count + 1)
        self.sent += count
        return [b"%s%08d%s" % (begin, number, padding) for number in numbers]


class Talk:
    """All conversations of a workload. A round's messages are numbered for each voice, from 1."""

    def __init__(self, workload: Workload, peer: Peer, marker: bytes) -> None:
        self.voices: list[Voice] = []
        self.sent = 0
        self._text = workload.text
        self._marker = marker
        self._peer = peer
        self._turn = 0
        self._serials: Counter[int] = Counter()
        self._rooms: list[list[int]] = [[] for _ in range(workload.users + workload.crowd)]
        if workload.kind == "direct":
            self._pair(workload.users)
        else:
            self._gather(workload)
        talking = workload.talking or workload.rooms
        self.conversations = workload.users // 2 if workload.kind == "direct" else talking
        self.hearers = len(self.voices[0].hearers) if self.voices else 0

    def _pair(self, users: int) -> None:
        """Pair the users: first one side of each pair speaks, then the other."""
        for user in [*range(0, users, 2), *range(1, users, 2)]:
            self._add(user, self._peer.user(user ^ 1), [user ^ 1])

    def _gather(self, workload: Workload) -> None:
        """Distribute the users over the rooms, so that two users share few of them."""
        members: list[list[int]] = [[] for _ in range(workload.rooms)]
        blocks = max(1, workload.rooms // max(workload.users, 1))
        for user in range(workload.users):
            for place in range(workload.rooms_each):
                step, block = divmod(place, blocks)
                room = (user + step * _STRIDE + block * workload.users) % workload.rooms
                members[room].append(user)
                self._rooms[user].append(room)
        for place in range(workload.senders):
            for room, users in enumerate(members[: workload.talking or None]):
                speaker = users[place % len(users)]
                hearers = [user for user in users if user != speaker or self._peer.echoes]
                self._add(speaker, self._peer.room(room), hearers)

    def _add(self, speaker: int, to: str, hearers: Sequence[int]) -> None:
        self.voices.append(Voice(len(self.voices), speaker, to, hearers, self._marker, self._text))

    def ways(self) -> list[list[Step]]:
        """Return the login steps of each user."""
        return [
            self._peer.enter(user, [self._peer.room(room) for room in rooms])
            for user, rooms in enumerate(self._rooms)
        ]

    def next_voice(self) -> Voice:
        """Return the voice whose turn it is."""
        return self.voices[self._turn]

    def say(self, generator: Generator, messages: int) -> None:
        """Send `messages` messages, one for each voice in turn."""
        for _ in range(messages):
            voice = self.voices[self._turn]
            self._turn = (self._turn + 1) % len(self.voices)
            self.speak(generator, voice.speaker, [(voice, 1)])

    def speak(self, generator: Generator, speaker: int, shares: Sequence[tuple[Voice, int]]) -> None:
        """Send each voice's share of messages for a user, all in one write."""
        parts = [(voice.to, voice.make_texts(count)) for voice, count in shares]
        count = sum(len(texts) for _, texts in parts)
        data = self._peer.say_all(parts, self._serials[speaker] + 1)
        self._serials[speaker] += count
        self.sent += count
        generator.send(generator.connections[speaker], data)

    def drain(self, generator: Generator) -> None:
        """Wait until everything has arrived. Raise CheckFailed if a user got more or fewer messages."""
        expected = self._expect()
        whole = sum(expected.values())
        deadline = time.perf_counter() + DRAIN_SECONDS
        while generator.delivered < whole and time.perf_counter() < deadline:
            generator.turn(0.1)
            if generator.heard:
                deadline = time.perf_counter() + DRAIN_SECONDS
        for connection in generator.connections:
            if connection.count != expected[connection.number]:
                raise CheckFailed(
                    f"{self._peer.name}: user {connection.number} got {connection.count:,} messages "
                    f"instead of {expected[connection.number]:,}"
                )

    def _expect(self) -> Counter[int]:
        expected: Counter[int] = Counter()
        for voice in self.voices:
            for hearer in voice.hearers:
                expected[hearer] += voice.sent
        return expected

    def check(self, generator: Generator, each: int) -> int:
        """Send `each` messages for each voice, and compare every delivery with them.

        Return the deliveries. Raise CheckFailed unless each user got each message for it once, whole, in its
        voice's order, and no other.
        """
        for connection in generator.connections:
            connection.recorded = bytearray()
        before = {number: voice.sent for number, voice in enumerate(self.voices)}
        for _ in range(each):
            self.say(generator, len(self.voices))
            generator.turn(0)
        self.drain(generator)
        wanted: dict[int, list[tuple[int, int]]] = {one.number: [] for one in generator.connections}
        for number, voice in enumerate(self.voices):
            said = [(number, serial) for serial in range(before[number] + 1, voice.sent + 1)]
            for hearer in voice.hearers:
                wanted[hearer] += said
        for connection in generator.connections:
            got = self._find(connection)
            if sorted(got, key=lambda one: one[0]) != wanted[connection.number]:
                raise CheckFailed(
                    f"{self._peer.name}: user {connection.number} got {got[:8]}, not the messages sent"
                )
            connection.recorded = None
        return sum(map(len, wanted.values()))

    def _find(self, connection: Connection) -> list[tuple[int, int]]:
        """Return voice and number of each whole message received, in order."""
        padding = self._text - len(self._marker) - 14
        whole = re.escape(self._marker) + rb"([0-9]{5})\.([0-9]{8})\.{%d}(?!\.)" % padding
        return [(int(voice), int(number)) for voice, number in re.findall(whole, connection.recorded or b"")]
