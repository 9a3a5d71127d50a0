"""The messages in flight: a user that receives messages sends its share of new ones, all at once."""

from __future__ import annotations

from collections import Counter

from benchmarks.generator import Connection, Generator
from benchmarks.talk import Talk, Voice
from benchmarks.workloads import Workload

_MOST_WINDOWS = 4
"""How many windows may be in flight before all speakers wait."""


class _Speaker:
    """One user's pace: for each `hears` messages received, it sends `says`."""

    __slots__ = ("ahead", "connection", "hears", "said", "says", "turn", "voices")

    def __init__(self, connection: Connection, hears: int) -> None:
        self.connection = connection
        self.voices: list[Voice] = []
        self.hears = hears
        self.says = self.said = self.turn = 0
        self.ahead = 0

    def begin(self, window: int, place: int) -> None:
        """Let it send `window` messages ahead.

        A user that receives many messages for each of its own begins at its own `place` between two of them,
        so that users never all wait for each other.
        """
        apart = place * self.says % self.hears
        self.ahead = window * self.hears + apart - self.connection.count * self.says

    @property
    def due(self) -> int:
        """How many messages it may send now."""
        return (self.connection.count * self.says + self.ahead) // self.hears - self.said

    def take(self, count: int) -> list[tuple[Voice, int]]:
        """Return the voices for `count` messages, and how many each sends."""
        self.said += count
        each, more = divmod(count, self.says)
        first, self.turn = self.turn, (self.turn + more) % self.says
        shares = (
            (self.voices[(first + step) % self.says], each + (step < more)) for step in range(self.says)
        )
        return [(voice, share) for voice, share in shares if share]


class Window:
    """All speakers of a talk, paced by what they receive, as clients are paced by `accepted`.

    The messages that are due for a speaker after one turn go out in one write. On average, as many messages
    are in flight as the workload says.
    """

    def __init__(self, workload: Workload, talk: Talk, generator: Generator) -> None:
        self._talk = talk
        self._generator = generator
        heard = Counter(hearer for voice in talk.voices for hearer in voice.hearers)
        self._speakers: dict[int, _Speaker] = {}
        each = len(talk.voices) // talk.conversations
        window = workload.in_flight * (each if workload.kind in ("fanout", "reactions") else 1)
        self._most = _MOST_WINDOWS * window * talk.conversations * talk.hearers
        self._before = generator.delivered - talk.sent * talk.hearers
        windows: Counter[int] = Counter()
        for voice in talk.voices:
            user, place = voice.speaker, voice.number // talk.conversations
            if user not in self._speakers:
                self._speakers[user] = _Speaker(generator.connections[user], heard[user])
            self._speakers[user].voices.append(voice)
            self._speakers[user].says += 1
            windows[user] += window // each + (place >= each - window % each)
        for user, speaker in self._speakers.items():
            speaker.begin(windows[user], speaker.voices[0].number // talk.conversations)
        self._waiting = set(self._speakers.values())

    def refill(self) -> None:
        """Send the due messages of the speakers that received something in the last turn.

        They wait while far more messages than the window are not delivered yet to other users.
        """
        find = self._speakers.get
        self._waiting.update(
            speaker for one in self._generator.heard if (speaker := find(one.number)) is not None
        )
        talk = self._talk
        if talk.sent * talk.hearers - (self._generator.delivered - self._before) > self._most:
            return
        for speaker in self._waiting:
            if (due := speaker.due) > 0:
                talk.speak(self._generator, speaker.connection.number, speaker.take(due))
        self._waiting.clear()
