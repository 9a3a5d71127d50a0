"""Users who talk while something else goes on, and how long their messages take."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from live_broker import Dealer
from torture.durable_broker import DurableBroker
from torture.stored import Row, read_log


class Circle:
    """Users who talk in turn. All others see a message before the next one is sent."""

    def __init__(self, talkers: list[Dealer]) -> None:
        self.talkers = talkers
        self.said: list[str] = []
        self.latencies: list[float] = []

    def talk(self, goes_on: Callable[[], bool]) -> float:
        """Talk while it goes on, each at least once. Return the p99 of the latencies in milliseconds."""
        self.latencies.clear()
        while True:
            for talker in self.talkers:
                self._say(talker)
            if not goes_on():
                return statistics.quantiles(self.latencies, n=100)[98] * 1_000

    def _say(self, talker: Dealer) -> None:
        text = f"{talker.name} {len(self.said)}"
        begun = time.monotonic()
        reply = talker.ask("send", to="#lobby", text=text)
        assert reply["type"] == "accepted", reply
        for other in self.talkers:
            if other is not talker:
                other.take(lambda document: document.get("text") == text, text)
                self.latencies.append(time.monotonic() - begun)
        self.said.append(text)

    def check(self, broker: DurableBroker) -> list[Row]:
        """End the broker and return its log. Fail unless each was shown all of it once, in its order."""
        for talker in self.talkers:
            talker.ask("time")  # behind all that was on its way
            assert not [d for d in talker.inbox if d["type"] in ("goodbye", "error", "lagged")]
        assert broker.stop() == 0
        rows = read_log(broker.data)
        assert [row.text for row in rows if row.sender != "flooder"] == self.said
        for talker in self.talkers:
            documents = [document for frame in talker.frames for document in frame]
            shown = [(d["seq"], d["text"]) for d in documents if d["type"] == "message"]
            assert shown == [(row.seq, row.text) for row in rows if row.sender != talker.name], talker.name
        return rows


def for_seconds(seconds: float) -> Callable[[], bool]:
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() < deadline
