"""What has arrived at one member, and the proof that it is everything, once and in order.

A frame's JSON is decoded at the first member that gets it. At the others the same bytes are recognised by
one comparison, which costs next to nothing and leaves no message unchecked.
"""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.workload import Workload
from messages.events import Message

_MOST_FRAMES = 256
_MOST_ALIKE = 4


class CheckFailed(Exception):
    """The broker did not do what it promises, so that no figure means anything."""


class KnownFrame(NamedTuple):
    """A frame of nothing but messages with successive seqs, as it went over the wire."""

    wire: bytes
    messages: int
    next_seq: int


class KnownFrames:
    """The frames decoded last, by the seq they begin with. All receivers share them."""

    def __init__(self) -> None:
        self.by_seq: dict[int, list[KnownFrame]] = {}

    def add(self, seq: int, frame: KnownFrame) -> None:
        """Remember a frame whose first message is number `seq`; forget the oldest if there are many."""
        alike = self.by_seq.setdefault(seq, [])
        if len(alike) < _MOST_ALIKE:
            alike.append(frame)
        if len(self.by_seq) > _MOST_FRAMES:
            del self.by_seq[next(iter(self.by_seq))]


class Arrivals:
    """The messages of one conversation at one member, counted and checked by their seqs."""

    def __init__(self, name: str) -> None:
        self.frames = 0
        self.documents = 0
        self.messages = 0
        self.next_seq = 1
        self.name = name
        self._last = 0
        self._early: set[int] = set()

    def begin_after(self, head: int) -> None:
        """Expect `head + 1` next."""
        self.next_seq = head + 1

    def note_known(self, frame: KnownFrame) -> None:
        """Count a frame that begins with the expected seq."""
        self.frames += 1
        self.documents += frame.messages
        self.messages += frame.messages
        self.next_seq = frame.next_seq
        self._last = frame.next_seq - 1

    def note_message(self, message: Message) -> None:
        """Count somebody else's message. Raise CheckFailed if it comes twice or out of order."""
        if message.seq <= self._last:
            raise CheckFailed(f"{self.name} got message {message.seq} after message {self._last}")
        self._last = message.seq
        self.messages += 1
        self.note_seq(message.seq)

    def note_seq(self, seq: int) -> None:
        """Tick off a seq, of a message or of one's own that was accepted."""
        if seq == self.next_seq:
            self.next_seq += 1
            while self.next_seq in self._early:
                self._early.remove(self.next_seq)
                self.next_seq += 1
        elif seq < self.next_seq or seq in self._early:
            raise CheckFailed(f"{self.name} was told of message {seq} twice")
        else:
            self._early.add(seq)


class ThoroughArrivals(Arrivals):
    """Arrivals whose every message is also compared with what its sender sent."""

    def __init__(self, name: str, workload: Workload) -> None:
        super().__init__(name)
        self._workload = workload
        self._numbers: dict[str, int] = {}

    def note_message(self, message: Message) -> None:
        """Count somebody else's message. Raise CheckFailed if it is not its sender's next one."""
        super().note_message(message)
        expected = self._numbers.get(message.sender, 0) + 1
        if self._workload.number_of(message) != expected:
            raise CheckFailed(f"{self.name} got, instead of {message.sender}'s message {expected}: {message}")
        self._numbers[message.sender] = expected
