"""People in browsers while broker, gateway and networks fail: nothing is lost, doubled or put elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from browsers import Site, Visitor, site
from network import Network
from playwright.sync_api import expect
from torture.figures import figure

from messages.events import Message
from messages.requests import History

SEED = 16
_TEXTS = """() => [...document.querySelectorAll("[role=log] article[data-seq] .text")]
    .map(text => text.firstChild.textContent)"""
_ALL_HAVE_THEM = """() => [...document.querySelectorAll("[role=log] .receipt")]
    .every(one => /delivered|read/.test(one.className))"""

_LOST = re.compile("The connection is lost|You are offline")


class Story:
    """Two people in browsers and one at a terminal, the networks between them, and all that they said."""

    def __init__(self, town: Site, near: Network, far: Network, home: Path) -> None:
        self.town, self.near, self.far, self._home = town, near, far, home
        self.terminal = town.chat("terry")
        self.visitors = [self._visitor(name) for name in ("anna", "bert")]
        self.said: dict[str, list[str]] = {"anna": [], "bert": [], "terry": []}

    def _visitor(self, name: str) -> Visitor:
        visitor = self.town.visitor()
        visitor.url = f"http://127.0.0.1:{self.near.port}/"
        visitor.page.clock.install()
        visitor.enter(name)
        visitor.box.wait_for()
        return visitor

    def _next(self, name: str) -> str:
        self.said[name].append(f"{name} says {len(self.said[name])}.")
        return self.said[name][-1]

    def speak(self) -> None:
        """Let both say something, and begin another text."""
        for name, visitor in zip(self.said, self.visitors, strict=False):
            for _ in range(2):
                visitor.say(self._next(name))
            visitor.box.fill(f"a draft of {name}")

    def come_back(self) -> None:
        """Wait until all are connected, with what they had begun to write and without a question."""
        self.terminal.send("#lobby", self._next("terry"))
        for name, visitor in zip(self.said, self.visitors, strict=False):
            visitor.message(self.said["terry"][-1]).wait_for()
            expect(visitor.page.get_by_text(_LOST)).to_be_hidden()
            expect(visitor.box).to_have_value(f"a draft of {name}")
            assert visitor.page.get_by_label("Password").count() == 0

    def is_told(self) -> None:
        """See that the pages say what is going on."""
        for visitor in self.visitors:
            expect(visitor.page.get_by_text(_LOST)).to_be_visible()

    def record(self) -> list[str]:
        """Return all texts, as the broker has them."""
        texts: list[str] = []
        seq = 0
        for _ in range(1_000):
            page = self.terminal.ask(History, conversation="#lobby", after=seq, limit=100).messages  # type: ignore[union-attr]
            texts += [one.text for one in page if isinstance(one, Message)]
            if not page:
                return texts
            seq = page[-1].seq
        raise AssertionError("the history does not end")


def _broker_killed(story: Story) -> Iterator[None]:
    story.town.town.kill(story.town.town.broker)
    yield
    story.is_told()
    story.town.town.open_broker("--bind", story.town.door)


def _gateway_killed(story: Story) -> Iterator[None]:
    story.town.town.kill(story.town.town.gateway)
    yield
    story.is_told()
    story.town.town.open_gateway()


def _cut(story: Story) -> Iterator[None]:
    story.near.cut()
    yield


def _cut_for_a_while(story: Story) -> Iterator[None]:
    story.near.up = False
    story.near.cut()
    yield
    story.is_told()
    story.near.up = True


def _hanging(story: Story) -> Iterator[None]:
    story.near.hang()
    yield
    story.near.go_on()


def _hanging_for_long(story: Story) -> Iterator[None]:
    story.near.hang()
    yield
    for visitor in story.visitors:
        visitor.page.clock.fast_forward(105_000)
    story.is_told()
    story.near.cut()
    story.near.go_on()


def _half_closed(story: Story) -> Iterator[None]:
    story.near.half_close()
    yield


def _broker_cut(story: Story) -> Iterator[None]:
    story.far.up = False
    story.far.cut()
    yield
    story.is_told()
    story.far.up = True


def _broker_hanging(story: Story) -> Iterator[None]:
    story.far.hang()
    yield
    story.far.go_on()


def _reloaded(story: Story) -> Iterator[None]:
    """What they sent has not left the browser when they load the page again."""
    for visitor in story.visitors:
        visitor.context.set_offline(True)
    story.near.up = False  # the browser's own offline mode lets web sockets through
    story.near.cut()
    yield
    story.is_told()
    story.near.up = True
    for visitor in story.visitors:
        visitor.context.set_offline(False)
        visitor.page.reload()


FEW = [_gateway_killed, _reloaded]
OFTEN = [*FEW, _hanging_for_long, _broker_killed, _broker_cut]
FAULTS = [*OFTEN, _cut, _cut_for_a_while, _hanging, _half_closed, _broker_hanging]


def _todo() -> list[Callable[[Story], Iterator[None]]]:
    """Return the faults of this run, in the order of the seed."""
    todo = figure(FEW, FAULTS * 10, OFTEN)
    return Random(SEED).sample(todo, len(todo))


def test_nothing_is_lost_doubled_or_in_another_order(tmp_path: Path) -> None:
    with ExitStack() as stack:
        networks: list[Network] = []

        def way(address: str) -> str:
            port = urlsplit(address).port
            assert port
            if not networks:
                networks.append(Network(port))
            return address.replace(f":{port}", f":{networks[0].port}")

        town = stack.enter_context(site(tmp_path, way))
        stack.callback(networks[0].close)
        near = Network(urlsplit(town.url).port or 0)
        stack.callback(near.close)
        stack.callback(town.leave)
        story = Story(town, near, networks[0], tmp_path)
        for fault in _todo():
            print(fault.__name__, flush=True)  # for who looks at a run
            steps = fault(story)
            next(steps)
            story.speak()
            next(steps, None)
            story.come_back()
        _check(story)


def _check(story: Story) -> None:
    story.terminal.send("#lobby", "the end")
    for visitor in story.visitors:
        visitor.message("the end").wait_for()
        visitor.page.wait_for_function(_ALL_HAVE_THEM)
    record = story.record()
    for name, said in story.said.items():
        assert [text for text in record if text.startswith(name)] == said
    for visitor in story.visitors:
        shown = visitor.page.evaluate(_TEXTS)
        assert shown == record[-len(shown) :]
        assert len(shown) >= min(len(record), 40)
        strange = [one for one in visitor.troubles if not re.search("ERR_|WebSocket", one)]
        assert not strange
