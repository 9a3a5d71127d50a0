"""A whole broker: store, core, router and authenticator. The command and the tests use it."""

from __future__ import annotations

import ctypes
import errno
import os
import secrets
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import zmq

from broker.commands import ADMIN_COMMANDS, COMMANDS
from broker.core.context import Surroundings
from broker.core.core import Core
from broker.core.outbox import LogEntry
from broker.core.settings import Settings
from broker.core.store import Store
from broker.directory.admin_socket import socket_path
from broker.monitoring.figures import measures
from broker.monitoring.meter import Meter
from broker.monitoring.readiness import readiness
from broker.security.authenticator import HANG_SECONDS, Admit, Authenticator
from broker.security.handshakes import HandshakeRates
from broker.store.memory import MemoryStore
from broker.transport.listener import make_context
from broker.transport.router import Router, now
from messages.game import Hand
from messages.keys import KeyPair

__all__ = ["Broker", "SystemRandomness"]


class SystemRandomness:
    """Random values from the operating system."""

    def token(self) -> str:
        """Return 192 random bits as text."""
        return secrets.token_urlsafe(24)

    def hand(self) -> Hand:
        """Return a random hand."""
        return secrets.choice(list(Hand))


def _seed_routing_ids() -> None:
    """Make libzmq's routing ids hard to guess: the first comes from C's rand(), which nothing seeds."""
    ctypes.CDLL(None).srand(secrets.randbits(32))


def _discard(_entries: Iterable[LogEntry]) -> None:
    """Discard entries."""


class Broker:
    """Binds endpoints and serves them until it is stopped.

    Clients over inproc need the same `context`. The authenticator's thread calls `admit` to find out if a key
    may connect to an encrypted endpoint. It counts as hanging after `hang_seconds`. The broker has at most
    `most_connections` connections, or any number if it is 0.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        store: Store | None = None,
        context: zmq.Context[zmq.Socket[bytes]] | None = None,
        log: Callable[[Iterable[LogEntry]], None] | None = None,
        admit: Admit | None = None,
        hang_seconds: float = HANG_SECONDS,
        most_connections: int = 0,
    ) -> None:
        _seed_routing_ids()
        self._own_context = context is None
        self._context = context or make_context()
        self._store = store or MemoryStore(secrets.token_hex(8))
        self.meter = Meter()
        self.around = Surroundings(lambda: readiness(self.meter), measure=partial(measures, self.meter))
        commit = self.meter.timed(self._store.commit)
        self.core = Core(
            self._store,
            settings or Settings(),
            SystemRandomness(),
            COMMANDS | ADMIN_COMMANDS,
            now(),
            commit,
            self.around,
        )
        self.router = Router(self._context, self.core, log or _discard, self.meter, most_connections)
        self._store.contents.on_outcome = self.router.wake
        self._handshakes = HandshakeRates()
        self._admit = admit or self.core.admission.admit
        self._hang_seconds = hang_seconds
        self._authenticator: Authenticator | None = None

    def bind(self, url: str, keys: KeyPair | None = None) -> str:
        """Listen on an endpoint, with CURVE if `keys` are given, and return the resolved endpoint.

        Raise zmq.ZMQError if it cannot.
        """
        if keys and not self._authenticator:
            self._authenticator = authenticator = Authenticator(
                self._context, self._admit, self._hang_seconds, self._allows_handshake
            )
            self.meter.authenticator_works = lambda: authenticator.works
        return self.router.bind(url, keys)

    def bind_admin(self, directory: Path) -> None:
        """Open the admin channel in a data directory, which this process has locked. Raise OSError."""
        path = Path(socket_path(directory))
        if path.exists() and not path.is_socket():  # ZeroMQ would remove it
            raise FileExistsError(errno.EEXIST, "this is not a socket", str(path))
        before = os.umask(0o177)
        try:
            self.router.bind(f"ipc://{path}", admin=True)
        except zmq.ZMQError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
        finally:
            os.umask(before)

    def _allows_handshake(self, key: str, address: str) -> bool:
        """Tell the authenticator, in its thread, whether an address may finish another handshake."""
        caps, bound = self.core.settings.caps, self.core.admission.is_bound(key)
        self._handshakes.enabled, self._handshakes.local = caps.rate > 0, caps.local  # a reload changes them
        return self._handshakes.allows(address, time.monotonic(), bound=bound)

    def run(self) -> None:
        """Serve until `stop` is called from another thread or a signal handler, then release everything."""
        try:
            self.router.run()
        finally:
            self._release()

    def stop(self) -> None:
        """End `run` soon."""
        self.router.stop()

    def close(self) -> None:
        """Release everything, if `run` was never called."""
        self.router.close()
        self._release()

    def _release(self) -> None:
        self._store.close()
        ended = self._authenticator is None or self._authenticator.stop()
        if self._own_context and ended:  # else this could wait for ever for `admit`
            self._context.term()
