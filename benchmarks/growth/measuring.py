"""One point of an axis, measured on a broker of its own."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import beats
from benchmarks.drivers import Figures, Length, Meter, make_marker
from benchmarks.generator import CheckFailed, Generator
from benchmarks.growth.axes import MOST, RETURNING, TALKERS, Axis
from benchmarks.growth.databases import copy, provide
from benchmarks.peers.ours import Ours
from benchmarks.peers.peer import Running, Step
from benchmarks.processes import read_resident
from benchmarks.talk import Talk
from benchmarks.window import Window
from benchmarks.workloads import Workload
from benchmarks.zmtp import encode_frame
from messages.codec import encode
from messages.requests import History
from messages.sessions import Logout

PAGE = 100
"""Messages of a page of history."""

_ROOM = 0
_QUIET_SHARE = 0.05
_SPARE = 10_000_000
_KEPT = 1_000
_MOST_ROOMS = "100000"
_LOGOUT = Step(encode_frame(encode(Logout("logout"))), b'"re":"logout"')


@dataclass(frozen=True)
class Plan:
    """How each size is measured."""

    length: Length
    again: int
    """Pages and logins with stored messages."""
    prepared: Path
    """Where the databases are made, or have been made before."""
    crowd: int = MOST
    """The most users who are only connected."""


class Growing(Ours):
    """A broker that starts with so many messages: from a database in `prepared`, or else in memory."""

    def __init__(self, axis: Axis, size: int, prepared: Path) -> None:
        self._grows = axis.stored
        self._stored = size
        self._prepared = prepared if axis.disk else None

    def store(self, directory: Path) -> list[str]:
        """Copy the database, or keep messages in memory: all, or few if something else grows."""
        limits = ["--most-rooms", _MOST_ROOMS]
        if self._prepared is None:
            return ["--memory", "--keep", str(self._stored + _SPARE if self._grows else _KEPT), *limits]
        users = [f"m{number}" for number in range(TALKERS + RETURNING)]
        copy(provide(self._prepared, self.room(_ROOM), users, self._stored), directory / "data")
        return ["--data", str(directory / "data"), *limits]

    def leave(self, number: int) -> list[Step]:
        """Log in as a user who is a member already, and log out."""
        return [*self.enter(number, []), _LOGOUT]

    def read_pages(self, number: int, pages: int, messages: int) -> list[Step]:
        """Log in, and read pages from anywhere among so many messages, one after the other."""
        chance = random.Random(messages)
        asked = (
            History(f"page{page}", self.room(_ROOM), chance.randrange(max(1, messages - PAGE)), limit=PAGE)
            for page in range(pages)
        )
        steps = [Step(encode_frame(encode(one)), b'"re":"%b"' % one.id.encode()) for one in asked]
        return [*self.enter(number, []), *steps, _LOGOUT]


class Point:
    """The measurement of one size: a broker, its clients and what they do."""

    def __init__(self, axis: Axis, peer: Growing, server: Running, workload: Workload) -> None:
        self._axis = axis
        self._peer = peer
        self._server = server
        self._workload = workload
        marker = make_marker()
        self._talk = Talk(workload, peer, marker)
        self._generator = Generator(peer, server, marker)
        self._begin, self._beaten = time.perf_counter(), 0

    def close(self) -> None:
        """Close all connections."""
        self._generator.close()

    def measure(self, size: int, length: Length, again: int) -> Figures:
        """Return the figures. With stored messages, `again` pages and logins are measured too."""
        talk, generator, pid = self._talk, self._generator, self._server.pid
        ways = talk.ways()
        meter = Meter(pid)
        generator.enter(ways, self._peer.together)
        figures = {"cpu_each": meter.read_server_seconds() * 1e3 / len(ways)}
        if self._axis.stored:
            self._return(RETURNING, self._enter_room)
        self._begin, self._beaten = time.perf_counter(), 0
        talk.check(generator, length.checked)
        if self._axis.stored and not self._axis.disk:
            self._turn(Window(self._workload, talk, generator), lambda: talk.sent < size)
            talk.drain(generator)
        self._wait_until_quiet(length)
        figures["settled"] = read_resident(pid) / 2**20
        window = Window(self._workload, talk, generator)
        self._turn_for(window, length.warm_up)
        meter = Meter(pid, generator.delivered, talk.sent)
        self._turn_for(window, length.seconds)
        figures |= meter.read(generator.delivered, talk.sent)
        if "cpu" not in figures:
            raise CheckFailed(f"nothing was delivered in {length.seconds:g} s")
        talk.drain(generator)
        if self._axis.stored:
            figures |= self._read_and_return(size + talk.sent, again)
        return figures

    def _read_and_return(self, messages: int, again: int) -> Figures:
        """Measure pages of history, and logins of members who have not read what is stored."""
        number = self._workload.users
        meter = Meter(self._server.pid)
        self._enter([self._peer.read_pages(number, again, messages)])
        page = meter.read_server_seconds() / again
        meter = Meter(self._server.pid)
        for _ in range(max(1, again // RETURNING)):
            self._return(RETURNING, self._peer.leave)
        login = meter.read_server_seconds() / (max(1, again // RETURNING) * RETURNING)
        return {"page": page * 1e3, "login": login * 1e3}

    def _return(self, users: int, way: Callable[[int], list[Step]]) -> None:
        """Let others log in one after the other, and go again."""
        first = self._workload.users
        for number in range(first, first + users):
            self._enter([way(number)])

    def _enter(self, ways: list[list[Step]]) -> None:
        with closing(Generator(self._peer, self._server, secrets.token_bytes(32))) as others:
            others.enter(ways, 1)

    def _enter_room(self, number: int) -> list[Step]:
        """Return the steps of a user who joins the room and logs out."""
        return [*self._peer.enter(number, [self._peer.room(_ROOM)]), _LOGOUT]

    def _turn_for(self, window: Window, seconds: float) -> None:
        end = time.perf_counter() + seconds
        self._turn(window, lambda: time.perf_counter() < end)

    def _turn(self, window: Window, goes_on: Callable[[], bool]) -> None:
        while goes_on():
            window.refill()
            self._generator.turn(0.01)
            self._generator.confirm()
            self._beat()

    def _wait_until_quiet(self, length: Length) -> None:
        """Wait until the server uses little of a core: logins and the check of a database have an end."""
        share = 1.0
        while length.warm_up and share > _QUIET_SHARE:
            meter = Meter(self._server.pid)
            end = time.perf_counter() + 1.0
            while time.perf_counter() < end:
                self._generator.turn(0.05)
                self._beat()
            share = meter.read()["server"]

    def _beat(self) -> None:
        """Send the heartbeats that are due."""
        users = self._generator.connections
        due = beats.due(time.perf_counter() - self._begin, len(users))
        for number in range(self._beaten, due):
            self._generator.send(users[number % len(users)], self._peer.heartbeat())
        self._beaten = due


def measure(axis: Axis, size: int, plan: Plan) -> Figures:
    """Start a broker, and measure one size of an axis on it.

    Raise CheckFailed, ProgramFailed or OSError if it fails.
    """
    peer, workload = Growing(axis, size, plan.prepared), axis.make(size)
    workload = replace(workload, crowd=min(workload.crowd, plan.crowd))
    with peer.running() as server, closing(Point(axis, peer, server, workload)) as point:
        return point.measure(size, plan.length, plan.again)
