"""Messages by the clock: each has a due time, from which its latency counts, also if it was sent late.

If a server stops for a while, that counts for all messages due meanwhile: there is no coordinated
omission.
"""

from __future__ import annotations

import re
import select
import time
from array import array
from statistics import quantiles

from benchmarks.generator import Generator
from benchmarks.peers.peer import Peer, Running
from benchmarks.talk import Talk

_DIGITS = 14  # after the marker: the voice's number, a point and the message's number


class Clocked(Generator):
    """A generator that records the time of each delivery."""

    def __init__(self, peer: Peer, server: Running, marker: bytes) -> None:
        super().__init__(peer, server, marker)
        self.overlap = len(marker) + _DIGITS - 1
        self._find = re.compile(re.escape(marker) + rb"([0-9]{5})\.([0-9]{8})").findall
        self._due: dict[tuple[int, int], float] = {}
        self._latencies = array("d")

    def count(self, buffer: bytearray, start: int, end: int) -> int:
        """Record the latency of each message."""
        now = time.perf_counter()
        found = self._find(buffer, start, end)
        due = self._due
        if due:
            for voice, number in found:
                moment = due.get((int(voice), int(number)))
                if moment is not None:
                    self._latencies.append(now - moment)
        return len(found)

    def run(self, talk: Talk, rate: int, seconds: float) -> tuple[array[float], float]:
        """Send `rate` messages a second. Return the latencies in seconds, and the generator's own lateness.

        The lateness is the 99th percentile, in ms, of the time from a message's due time until the kernel had
        it. The latencies include it, although the server does not cause it.
        """
        self._latencies = array("d")
        self._due.clear()
        late = array("d")
        whole = max(2, int(rate * seconds))
        hearers, before = talk.hearers, self.delivered
        begin = time.perf_counter() + 0.01
        said = 0
        give_up = begin + seconds + 30
        while said < whole or self.delivered - before < whole * hearers:
            now = time.perf_counter()
            while said < whole and (due := begin + said / rate) <= now:
                voice = talk.next_voice()
                self._due[voice.number, voice.sent + 1] = due
                late.append(now - due)
                talk.say(self, 1)
                said += 1
                now = time.perf_counter()
            wait = max(0.0, begin + said / rate - now) if said < whole else 0.05
            if select.select([self], [], [], wait)[0]:
                self.turn(0)
            self.confirm()
            if now > give_up:
                break
        return self._latencies, quantiles(late, n=100, method="inclusive")[98] * 1e3
