"""The page in a real browser: its start, messages that come, and a long log. Run `python -m benchmarks.page`.

It starts a broker with its gateway, and Debian's Chromium. Starts are measured with the processor throttled:
a page is usable when a person can type and sees messages. With 100,000 messages it takes five minutes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from subprocess import DEVNULL

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks.files import Client
from benchmarks.processes import BROKER, choose_port, private_environment, running, wait_for_port
from client.chat import Chat
from messages.replies import Accepted
from messages.requests import Send

_CHROMIUM = "/usr/bin/chromium"
_PASSWORD = "benchmark of the page"
_TEXT = "the quick brown fox jumps over the **lazy dog** and says a few `words` more, {}"
_IN_FLIGHT = 200
_TIMED = "timed message "
_WAIT = 60_000

_WATCH = """() => {
  const usable = () => {
    const box = document.querySelector("textarea"), form = document.querySelector("input[name=username]");
    if (form) return document.activeElement === form;
    return box?.checkVisibility() && document.querySelector("[role=log] article[data-seq]");
  };
  const look = () => {
    if (usable()) requestAnimationFrame(() => { window.usable = performance.now(); });
    else requestAnimationFrame(look);
  };
  look();
}"""
"""Note when the page is usable: after the frame in which it is so has begun to be painted."""

_ARRIVALS = """timed => {
  window.arrivals = [];
  const seen = new Set();
  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now();
    for (const one of [...document.querySelectorAll("[role=log] article[data-seq] .text")].slice(-5)) {
      const text = one.textContent;
      if (text.startsWith(timed) && !seen.has(text)) { seen.add(text); window.arrivals.push([text, now]); }
    }
  }).observe(document.querySelector("[role=log]"), { childList: true, subtree: true });
}"""

_SCROLL = """async ([up, steps]) => {
  const log = document.querySelector("[role=log]");
  const frame = () => new Promise(requestAnimationFrame);
  const articles = () => log.querySelectorAll("article[data-seq]");
  const edge = () => Number([...articles()].at(up ? 0 : -1).dataset.seq);
  let most = 0, waited = 0, before = edge();
  for (let step = 0; step < steps; step += 1) {
    log.scrollTop = up ? 0 : log.scrollHeight;
    await frame();
    const now = edge();
    waited = now === before ? waited + 1 : 0;
    most = Math.max(most, articles().length);
    if (waited > 600) throw new Error(`the log stays at ${now}`);
    before = now;
    if (up ? log.querySelector(".begin") : now >= window.newest) break;
  }
  return [edge(), most, log.querySelectorAll("*").length];
}"""
"""Scroll for so many steps, and return the message at the edge, the most articles, and the elements now."""


class Stage:
    """A broker with its gateway, a door for terminals, and a browser."""

    def __init__(self, url: str, door: str, browser: Browser) -> None:
        self.url, self.door, self._browser = url, door, browser

    def context(self, name: str = "") -> BrowserContext:
        """Return a new browser, in which somebody is signed in if a name is given."""
        context = self._browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
        context.set_default_timeout(_WAIT)
        if name:
            form = {"name": name, "password": _PASSWORD, "sign_up": True, "remember": True}
            headers = {"Origin": self.url.rstrip("/")}
            answer = context.request.post(f"{self.url}session", data=form, headers=headers)
            if not answer.ok:
                sys.exit(f"signing up is refused: {answer.text()}")
        return context

    def page(self, context: BrowserContext, throttle: float = 1.0) -> tuple[Page, CDPSession]:
        """Return a new tab that notes when it is usable."""
        page = context.new_page()
        page.add_init_script(f"({_WATCH})()")
        session = context.new_cdp_session(page)
        if throttle > 1:
            session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
        return page, session


@contextmanager
def _stage(messages: int) -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="chat-page-") as home, private_environment() as environment:
        port, door = choose_port(), f"ipc://{home}/door"
        store = ("--memory", "--keep", str(messages + 10_000))
        given = ("--bind", door, "--web", f"127.0.0.1:{port}", "--no-rate-limit", "--log-level", "warning")
        with running([*BROKER, *given, *store], environment, stdin=DEVNULL, stdout=DEVNULL) as broker:
            wait_for_port(broker, port)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
                try:
                    yield Stage(f"http://127.0.0.1:{port}/", door, browser)
                finally:
                    browser.close()


def _seed(stage: Stage, messages: int) -> None:
    """Say so many things in the lobby, as three people do by turns."""
    people = [Client(stage.door, name) for name in ("alice", "bob", "carol")]
    waiting: list[Client] = []
    for number in range(messages):
        speaker = people[number // 3 % 3]
        speaker.send(Send(str(number), "#lobby", _TEXT.format(number)))
        waiting.append(speaker)
        if len(waiting) == _IN_FLIGHT or number == messages - 1:
            for one in waiting:
                one.next(Accepted)
            waiting.clear()
    for one in people:
        one.close()


def _starts(stage: Stage, rounds: int, throttle: float) -> dict[str, float]:
    """Measure starts: the form, a signed-in person's first load, and their second."""
    times: dict[str, list[float]] = {"form": [], "cold": [], "warm": []}
    sizes: list[int] = []
    for number in range(rounds):
        form = stage.context()
        times["form"].append(_start(stage, form, throttle)[0])
        form.close()
        person = stage.context(f"visitor{number}")
        cold, size = _start(stage, person, throttle)
        times["cold"].append(cold)
        sizes.append(size)
        times["warm"].append(_start(stage, person, throttle)[0])
        person.close()
    figures = {f"usable, {kind}, median ms": median(found) for kind, found in times.items()}
    figures |= {f"usable, {kind}, longest ms": max(found) for kind, found in times.items()}
    return {"first load, KB": median(sizes) / 1_000, **figures}


def _start(stage: Stage, context: BrowserContext, throttle: float) -> tuple[float, int]:
    """Load the page in a new tab. Return when it was usable, and the bytes of all that it loads."""
    page, session = stage.page(context, throttle)
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    session.send("Network.enable")
    page.goto(stage.url)
    page.wait_for_function("() => window.usable")
    page.wait_for_load_state("networkidle")
    usable = float(page.evaluate("window.usable"))
    page.close()
    return usable, sum(received)


def _arrivals(stage: Stage, count: int) -> dict[str, float]:
    """Measure how long a message takes from a terminal to the page."""
    context = stage.context("reader")
    page, _ = stage.page(context)
    page.goto(stage.url)
    page.wait_for_function("() => window.usable")
    page.evaluate(_ARRIVALS, _TIMED)
    sent: dict[str, float] = {}
    with Chat(stage.door, name="terminal") as chat:
        for number in range(count):
            text = f"{_TIMED}{number}"
            sent[text] = time.time() * 1_000
            chat.send("#lobby", text)
            page.wait_for_function("count => window.arrivals.length >= count", arg=number + 1)
    took = [at - sent[text] for text, at in page.evaluate("window.arrivals")]
    context.close()
    parts = quantiles(took, n=100) if count > 1 else took * 99
    return {"message to DOM, p50 ms": parts[49], "message to DOM, p99 ms": parts[98]}


def _long_log(stage: Stage) -> dict[str, float]:
    """Scroll through all messages to the top, and down again."""
    context = stage.context("scroller")
    page, session = stage.page(context)
    page.goto(stage.url)
    page.wait_for_function("() => window.usable")
    page.evaluate(f"window.newest = {_LAST}")
    most = elements = 0
    heaps: list[float] = [_heap(session)]
    began = time.perf_counter()
    for up in (True, False):
        last = -1
        while True:
            edge, articles, now = page.evaluate(_SCROLL, [up, 500])
            most, elements = max(most, articles), max(elements, now)
            heaps.append(_heap(session))
            if edge == last or page.evaluate(_IS_AT_END, up):
                break
            last = edge
    took = time.perf_counter() - began
    context.close()
    return {
        "scrolled up and down, s": took,
        "messages in the DOM, most": most,
        "elements of the log, most": elements,
        "heap at the start, MB": heaps[0],
        "heap, most MB": max(heaps),
    }


_LAST = "Number([...document.querySelectorAll('article[data-seq]')].at(-1).dataset.seq)"
_IS_AT_END = f"""up => up ? Boolean(document.querySelector("[role=log] .begin")) : {_LAST} >= window.newest"""


def _heap(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


WANTED = {
    "first load, KB": 150,
    "usable, form, median ms": 1_000,
    "usable, cold, median ms": 1_000,
    "usable, warm, median ms": 1_000,
    "message to DOM, p50 ms": 30,
    "message to DOM, p99 ms": 100,
    "messages in the DOM, most": 500,
    "heap, most MB": 60,
}


def measure(
    stage: Stage, *, messages: int, arrivals: int, rounds: int, throttle: float
) -> Iterator[tuple[str, float]]:
    """Yield all figures as they are measured."""
    _seed(stage, messages)
    yield from _starts(stage, rounds, throttle).items()
    yield from _arrivals(stage, arrivals).items()
    yield from _long_log(stage).items()


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, help="messages of the log")
    parser.add_argument("--arrivals", type=int, default=200, help="messages that are timed")
    parser.add_argument("--rounds", type=int, default=5, help="starts of each kind")
    parser.add_argument("--throttle", type=float, default=4.0, help="how many times slower the processor is")
    options = parser.parse_args(arguments)
    if not Path(_CHROMIUM).exists():
        sys.exit(f"install Chromium: {_CHROMIUM} is missing")
    with _stage(options.messages) as stage:
        for what, value in measure(stage, **vars(options)):
            wanted = f"   wanted: {WANTED[what]}" if what in WANTED else ""
            print(f"{what:30} {value:8.1f}{wanted}", flush=True)


if __name__ == "__main__":
    main()
