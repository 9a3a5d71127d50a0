"""Many encrypted clients in one process: real sessions and connections, served when they have work.

python crowd.py URL KEY FIRST COUNT [FILE]: on stdout it tells, as JSON, how many of its members are logged in
and refused for good, and which texts all of them were shown; it ends when stdin does. FILE makes it a gateway
that has these keys, and a ticket for each of its members.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import zmq

from client.core.events import Ended
from client.core.options import NO_CREDENTIALS, Credentials
from client.core.session import SessionState
from client.transport.connection import Connection
from client.transport.link import new_session
from client.trust import Trust
from messages.events import Message
from messages.keys import KeyPair

TELL_SECONDS, LOOK_SECONDS = 0.2, 0.05

_COMING = b'{"type":"system"'
"""The beginning of lines about joining and leaving users: each of n clients gets n of them."""

_MOST_FRAMES = 256
_MOST_DOCUMENTS = 1_000_000  # of one member at once: all that has come


class Sieve:
    """Removes all lines about joining and leaving users but the last from frames, to decode less.

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


class Gateway:
    """The keys of a gateway, and the tickets of the people behind it, who are all at one address."""

    def __init__(self, file: Path) -> None:
        said = json.loads(file.read_text())
        self.keys = KeyPair(said["public"], said["secret"])
        self._tickets: dict[str, str] = said["tickets"]

    def of(self, name: str) -> Credentials:
        """Return the credentials of one of them."""
        ticket = self._tickets[name]
        return Credentials(on_behalf=True, address="198.51.100.7", ticket=ticket, remember=True)


class Member:
    """One client, what it was shown, and the time to serve it even if nothing has arrived."""

    def __init__(
        self,
        url: str,
        broker_key: str,
        name: str,
        context: zmq.Context[Any],
        sieve: Sieve,
        gateway: Gateway | None = None,
    ) -> None:
        keys = gateway.keys if gateway else KeyPair(*(key.decode() for key in zmq.curve_keypair()))
        trust = Trust(url, broker_key, keys, Path("known"), 1)
        self.session = new_session(name, credentials=gateway.of(name) if gateway else NO_CREDENTIALS)
        self.connection = Connection(self.session, url, context, self._note, trust)
        frames = self.connection.link.dealer.frames
        self.connection.link.dealer.frames = lambda: sieve.sift(frames())  # type: ignore[method-assign]
        self.texts: list[str] = []
        self.ended = False
        self.due = 0.0
        self._heard = False
        self.watched: tuple[zmq.Socket[Any], ...] = ()
        self.descriptors: list[int] = []

    def _note(self, direction: str, _frame: bytes) -> None:
        self._heard |= direction == "<"

    @property
    def sockets(self) -> tuple[zmq.Socket[Any], ...]:
        return self.connection.link.sockets

    def say(self, text: str) -> None:
        self.session.send("#lobby", text)
        self.due = 0.0

    def serve(self, now: float) -> None:
        """Read all frames that have arrived, as a descriptor reports them only once, and answer them."""
        self.connection.link.advance(now, _MOST_DOCUMENTS)
        self.connection.link.receive(now, _MOST_DOCUMENTS)
        while (event := self.session.next_event()) is not None:
            self.session.handed_over(event)
            if isinstance(event, Message):
                self.texts.append(event.text)
            self.ended |= isinstance(event, Ended)
        self.due = now + (0.0 if self._heard else self.session.next_tick(now))
        self._heard = False

    def close(self) -> None:
        self.connection.link.dealer.close()


class Crowd:
    """Members who share a context and a poller."""

    def __init__(
        self, url: str, broker_key: str, numbers: range, seats: ExitStack, gateway: Gateway | None = None
    ) -> None:
        context: zmq.Context[Any] = zmq.Context()
        context.max_sockets = 20_000
        seats.callback(context.term)
        sieve = Sieve()
        self.members: list[Member] = []
        for number in numbers:
            self.members.append(Member(url, broker_key, f"m{number}", context, sieve, gateway))
            seats.callback(self.members[-1].close)
        self._epoll = select.epoll()
        seats.callback(self._epoll.close)
        self._watched: dict[int, Member] = {}
        self._looked_at = 0.0
        for member in self.members:
            self._watch(member)

    def turn(self) -> None:
        """Serve the members with frames, and those whose time has come."""
        serve = {self._watched[descriptor] for descriptor, _ in self._epoll.poll(LOOK_SECONDS)}
        now = time.monotonic()
        if now - self._looked_at > LOOK_SECONDS:
            self._looked_at = now
            serve.update(member for member in self.members if member.due <= now)
        for member in serve:
            member.serve(now)
            if member.sockets != member.watched:
                self._watch(member)

    def _watch(self, member: Member) -> None:
        """Watch the sockets of a member's new connection instead of its earlier ones."""
        for descriptor in member.descriptors:
            with suppress(OSError):
                self._epoll.unregister(descriptor)
            del self._watched[descriptor]
        member.watched = member.sockets
        member.descriptors = [int(socket.get(zmq.FD)) for socket in member.sockets]
        for descriptor in member.descriptors:
            self._epoll.register(descriptor, select.EPOLLIN)
            self._watched[descriptor] = member

    def count(self, state: SessionState) -> int:
        return sum(member.session.state is state for member in self.members)

    def told(self) -> dict[str, Any]:
        """Return how many are logged in, and each list of texts with the number of members who have it."""
        shown = Counter(tuple(member.texts) for member in self.members)
        return {
            "ready": self.count(SessionState.READY),
            "ended": sum(member.ended for member in self.members),
            "texts": [[list(texts), n] for texts, n in shown.items()],
        }

    def until(self, done: Callable[[], object], seconds: float, what: str) -> float:
        """Serve all until `done`. Return the seconds it took."""
        started = time.monotonic()
        while not done():
            assert time.monotonic() - started < seconds, f"not within {seconds:g} s: {what}"
            self.turn()
        return time.monotonic() - started


def main() -> None:
    url, broker_key, first, count, *file = sys.argv[1:]
    gateway = Gateway(Path(file[0])) if file else None
    with ExitStack() as seats:
        crowd = Crowd(url, broker_key, range(int(first), int(first) + int(count)), seats, gateway)
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
