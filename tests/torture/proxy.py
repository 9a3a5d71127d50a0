"""A very bad network: between clients and broker, it drops and repeats frames, and cuts connections."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import zmq
from eventually import DEADLINE


@dataclass(frozen=True)
class Faults:
    """How often each happens, of all frames in both directions."""

    drop: float = 0.0
    repeat: float = 0.0
    cut: float = 0.0


class _Link:
    """One client's way to the broker, with a port of its own so that it can be cut alone."""

    def __init__(self, context: zmq.Context[Any], broker_url: str) -> None:
        self._context = context
        self._broker_url = broker_url
        self.url = "tcp://127.0.0.1:0"
        self.front = self.back = self.monitor = None
        self.cuts = -1
        self.make()

    def make(self) -> bool:
        """Connect to the broker and listen for the client; False if the last one still holds the port."""
        front = self._context.socket(zmq.DEALER)
        front.linger = 0
        try:
            front.bind(self.url)
        except zmq.ZMQError:
            front.close()
            return False
        self.url = front.last_endpoint.rstrip(b"\0").decode()
        self.monitor = front.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self.front, self.back = front, self._context.socket(zmq.DEALER)
        self.back.linger = 0
        self.back.reconnect_ivl = 20
        self.back.connect(self._broker_url)
        self.cuts += 1
        return True

    def close(self) -> None:
        if self.front:
            self.front.disable_monitor()
            for socket in (self.monitor, self.front, self.back):
                socket.close()
            self.front = self.back = self.monitor = None

    def sockets(self) -> Iterator[Any]:
        return filter(None, (self.front, self.back, self.monitor))


class Proxy:
    """Passes frames between its links and a broker, with the faults of its seed."""

    def __init__(self, broker_url: str, seed: int, faults: Faults, links: int) -> None:
        self._context: zmq.Context[Any] = zmq.Context()
        self._random = Random(seed)
        self._faults = faults
        self._links = [_Link(self._context, broker_url) for _ in range(links)]
        self.urls = [link.url for link in self._links]
        self.dropped = self.repeated = 0
        self._to_cut = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy")
        self._thread.start()

    @property
    def cuts(self) -> int:
        """How many connections were cut."""
        return sum(link.cuts for link in self._links)

    def mend(self) -> None:
        """Stop all faults. Cut all connections once, so that all clients ask for lost messages."""
        self._faults = Faults()
        self.cut_all()

    def cut_all(self) -> None:
        """Cut every connection soon."""
        self._to_cut.set()

    def close(self) -> None:
        self._ending.set()
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "the proxy does not end"

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                self._turn()
        finally:
            for link in self._links:
                link.close()
            self._context.destroy(linger=0)

    def _turn(self) -> None:
        if self._to_cut.is_set():
            self._to_cut.clear()
            for link in self._links:
                link.close()
        poller = zmq.Poller()
        for link in self._links:
            if link.front or link.make():
                for socket in link.sockets():
                    poller.register(socket, zmq.POLLIN)
        ready = dict(poller.poll(20))
        for link in self._links:
            if link.monitor in ready:
                link.close()  # the client has hung up: the broker is to see that too
                continue
            for source, target in ((link.front, link.back), (link.back, link.front)):
                if source in ready and not self._pass_on(source, target):
                    link.close()
                    break

    def _pass_on(self, source: Any, target: Any) -> bool:
        """Pass on the frames that have arrived. Return False when it is time for a cut."""
        for _ in range(100):
            try:
                frame = source.recv(zmq.DONTWAIT)
            except zmq.Again:
                return True
            lot = self._random.random()
            faults = self._faults
            copies = 0 if lot < faults.drop else 2 if lot < faults.drop + faults.repeat else 1
            self.dropped += copies == 0
            self.repeated += copies == 2
            for _copy in range(copies):
                try:
                    target.send(frame, zmq.DONTWAIT)
                except zmq.Again:
                    return False  # nobody takes it: the connection is as good as cut
            if self._random.random() < faults.cut:
                return False
        return True
