"""The log of the full screen with 100,000 messages: memory, and the time of a page up and of a resize.

Run it with `python -m benchmarks.screen_log`. The messages come through a timeline, which keeps 1,000 of them
and gets others again, as in the client.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path

from textual.app import App, ComposeResult

from client.core.receiving.timeline import Timeline
from client.screen.log.gaps import Wish
from client.screen.log.layout import Layout
from client.screen.log.transcript import Transcript
from client.screen.log.view import LogView
from messages.events import Message
from messages.replies import Page
from messages.requests import History

_MESSAGES = 100_000
_PAGES = 500
_MEASURED = 200
_WANTED = {"memory above start, MB": 40, "page up, median ms": 50, "resize, median ms": 300}
_TEXT = "the quick brown fox jumps over the **lazy dog** and says a few `words` more, %d"


def _message(seq: int) -> Message:
    sender = ("alice", "bob", "carol")[seq // 3 % 3]
    return Message("#lobby", seq, f"id{seq}", sender, _TEXT % seq, 1_790_000_000_000 + seq * 20_000)


def _memory() -> float:
    """Return the resident memory of this process in MB."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1_000


class _Bench(App[None]):
    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.transcript = Transcript("alice")
        self.timeline = Timeline()
        self.layout_shown = Layout(self.transcript)
        self.view = LogView(self.current, self.fetch, self.moved)

    def compose(self) -> ComposeResult:
        yield self.view

    def current(self) -> Layout:
        """Return the layout as it is now."""
        self.transcript.update(self.timeline, ())
        return self.layout_shown

    def fetch(self, wishes: set[Wish]) -> None:
        """Answer as a broker would."""
        for wish in wishes:
            before = wish.before or _MESSAGES + 1
            first = max(before - 100, 1) if wish.after is None else wish.after + 1
            last = before - 1 if wish.after is None else min(wish.after + 100, _MESSAGES)
            page = Page("r", "#lobby", [*map(_message, range(first, last + 1))], first > 1, _MESSAGES)
            self.timeline.take_page(page, History("r", "#lobby", before=wish.before, after=wish.after))

    def moved(self) -> None:
        """Keep the messages around the view."""
        top = self.layout_shown.top
        self.timeline.look_at(top.key[0] if top else None)


async def _measure() -> dict[str, float]:
    app = _Bench()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        before = _memory()
        began = time.perf_counter()
        for seq in range(1, _MESSAGES + 1):
            app.timeline.take(_message(seq))
            app.transcript.head = seq
            if seq % 500 == 0:
                app.view.redraw()
        took = time.perf_counter() - began
        pages, sizes = [], []
        for number in range(_PAGES):
            began = time.perf_counter()
            app.view.page(-1)
            [app.view.render_line(y) for y in range(app.view.size.height)]
            if number < _MEASURED:
                pages.append(time.perf_counter() - began)
        after = _memory()
        for columns in (80, 120, 60, 119, 100) * 2:
            began = time.perf_counter()
            await pilot.resize_terminal(columns, 30)
            await pilot.pause()
            sizes.append(time.perf_counter() - began)
    return {
        "taking 100,000 messages, s": took,
        "memory above start, MB": after - before,
        "page up, median ms": statistics.median(pages) * 1_000,
        "page up, longest ms": max(pages) * 1_000,
        "resize, median ms": statistics.median(sizes) * 1_000,
        "resize, longest ms": max(sizes) * 1_000,
    }


def main() -> None:
    """Measure, and print the figures."""
    for what, value in asyncio.run(_measure()).items():
        wanted = f"   wanted: {_WANTED[what]}" if what in _WANTED else ""
        print(f"{what:30} {value:8.1f}{wanted}")


if __name__ == "__main__":
    main()
