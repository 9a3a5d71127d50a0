"""Many encrypted clients in one process: real sessions and connections, served as they have something to do.

python crowd.py URL KEY FIRST COUNT: on stdout it tells, as JSON, how many of its members are logged in and
which texts all of them were shown; it ends when stdin does.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import zmq

from client.core.session import Session, State
from client.transport.connection import Connection, new_id
from client.trust import Trust
from messages.events import Message
from messages.keys import KeyPair

TELL_SECONDS = 0.2

_COMING = b'{"type":"system"'
"""How begins what tells of those who come and go. Of n clients each is told n times, n² in all by one machine."""

_MOST_FRAMES = 256


class Sieve:
    """Takes out of frames all but the last line that tells who came and went, so that it need not be decoded.

    All members get the same frames, so that each is looked through once.
    """

    def __init__(self) -> None:
        self._sifted: dict[bytes, bytes] = {}

    def sift(self, frames: Iterable[bytes]) -> Iterator[bytes]:
        for frame in frames:
            sifted = self._sifted.get(frame)
            if sifted is None:
                *lines, last = frame.split(b"\n")
                sifted = b"\n".join([line for line in lines if not line.startswith(_COMING)] + [last])
                if len(self._sifted) >= _MOST_FRAMES:
                    del self._sifted[next(iter(self._sifted))]
                self._sifted[frame] = sifted
            yield sifted


class Member:
    """One client, what it was shown, and when it is to be served although nothing has come for it."""

    def __init__(self, url: str, broker_key: str, name: str, context: zmq.Context[Any], sieve: Sieve) -> None:
        public, secret = zmq.curve_keypair()
        trust = Trust(url, broker_key, KeyPair(public.decode(), secret.decode()), Path("known"), 1)
        self.session = Session(name, new_id)
        self.connection = Connection(self.session, url, context, trust=trust)
        frames = self.connection._dealer.frames
        self.connection._dealer.frames = lambda: sieve.sift(frames())  # type: ignore[method-assign]
        self.texts: list[str] = []
        self.due = 0.0

    @property
    def sockets(self) -> tuple[zmq.Socket[Any], zmq.Socket[Any]]:
        return self.connection._dealer.socket, self.connection._dealer.monitor

    def say(self, text: str) -> None:
        self.session.send("#lobby", text)
        self.due = 0.0

    def serve(self, now: float) -> None:
        """Take in what has come, and answer it."""
        self.connection._receive()
        self.connection._send()
        while (event := self.session.next_event()) is not None:
            self.session.handed_over(event)
            if isinstance(event, Message):
                self.texts.append(event.text)
        self.due = now + max(0.05, self.session.next_tick(now))

    def close(self) -> None:
        self.connection._dealer.close()


class Crowd:
    """Members who share a context and a poller."""

    def __init__(self, url: str, broker_key: str, numbers: range, seats: ExitStack) -> None:
        context: zmq.Context[Any] = zmq.Context()
        context.max_sockets = 20_000
        seats.callback(context.term)
        sieve = Sieve()
        self.members: list[Member] = []
        for number in numbers:
            self.members.append(Member(url, broker_key, f"m{number}", context, sieve))
            seats.callback(self.members[-1].close)
        self._poller = zmq.Poller()
        self._known: dict[Member, tuple[zmq.Socket[Any], zmq.Socket[Any]]] = {}
        self._by_socket: dict[zmq.Socket[Any], Member] = {}

    def turn(self, milliseconds: int = 20) -> None:
        """Serve those for whom something has come, and those for whom it is time."""
        for member in self.members:
            if self._known.get(member) != member.sockets:
                self._watch(member)
        ready = {self._by_socket[socket] for socket, _ in self._poller.poll(milliseconds)}
        now = time.monotonic()
        for member in self.members:
            if member in ready or member.due <= now:
                member.serve(now)

    def _watch(self, member: Member) -> None:
        """Watch the sockets of a connection that is new."""
        for socket in self._known.get(member, ()):
            self._poller.unregister(socket)
            del self._by_socket[socket]
        self._known[member] = member.sockets
        for socket in member.sockets:
            self._poller.register(socket, zmq.POLLIN)
            self._by_socket[socket] = member

    def count(self, state: State) -> int:
        return sum(member.session.state is state for member in self.members)

    def told(self) -> dict[str, Any]:
        """Return how many are logged in, and each list of texts with the number of those who have it."""
        shown = Counter(tuple(member.texts) for member in self.members)
        return {"ready": self.count(State.READY), "texts": [[list(texts), n] for texts, n in shown.items()]}

    def until(self, done: Callable[[], object], seconds: float, what: str) -> float:
        """Serve all until `done`; return in how many seconds."""
        started = time.monotonic()
        while not done():
            assert time.monotonic() - started < seconds, f"not within {seconds:g} s: {what}"
            self.turn()
        return time.monotonic() - started


def main() -> None:
    url, broker_key, first, count = sys.argv[1:]
    with ExitStack() as seats:
        crowd = Crowd(url, broker_key, range(int(first), int(first) + int(count)), seats)
        last, told_at = "", 0.0
        while not select.select([0], [], [], 0)[0] or os.read(0, 1):
            crowd.turn()
            if (now := time.monotonic()) - told_at > TELL_SECONDS:
                told_at = now
                if (told := json.dumps(crowd.told())) != last:
                    last = told
                    print(told, flush=True)


if __name__ == "__main__":
    main()
