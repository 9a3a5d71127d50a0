"""The broker's core: takes typed requests of peers, gives what to send after a commit. It does no I/O.

Its shell calls `begin` with the time, `handle` (or `refuse`) for each document of a batch, `tick` for
what the clock brings, and then `commit`, which returns what may be sent and logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from broker.core.access.admission import Admission
from broker.core.context import Context
from broker.core.delivery.presence import depart, disconnect, forget_everyone, say_goodbye_to_all
from broker.core.dispatch import carry_out, carry_out_together
from broker.core.lagging import lag, wake
from broker.core.memory.model import Moment, Peer, Randomness
from broker.core.memory.restore import restore
from broker.core.memory.state import State
from broker.core.outbox import Delivery, LogEntry, LogEvent, Outbox
from broker.core.rates import LIGHT_COST, TOKEN_BYTES_SHIFT, RateLimiter, too_many
from broker.core.refusals import answer
from broker.core.registry import Command
from broker.core.retention import Retention
from broker.core.settings import NamePolicy, Settings
from broker.core.store import Commit, Store, StoreError
from broker.core.timers import Timers, reset_silence
from broker.core.transaction import Transaction
from messages.base import Request
from messages.errors import ProtocolError
from messages.events import GoodbyeReason

_SET_BACK = 3_600_000
"""Milliseconds. A clock set back by more was wrong before, and is followed."""


class Core:
    """Everything the broker decides."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        randomness: Randomness,
        commands: Mapping[type[Request], Command],
        now: Moment,
        commit: Commit | None = None,
    ) -> None:
        """Begin with what is stored. `commit`, if given, is called in the place of the store's."""
        self.commands = commands
        self._nobody = Peer(b"", "", now.elapsed)
        self._reading: dict[Peer, list[tuple[Command, Request]]] = {}
        self._ticked = now.elapsed
        self._state = restore(store.load())
        self._limiter = RateLimiter(settings.caps)
        self._context = Context(
            self._state, store, Outbox(), settings, randomness, self._limiter, now, self._nobody
        )
        self._timers = Timers()
        self._retention = Retention(now.elapsed)
        self.admission = Admission(settings.access)
        """Which keys may connect; any thread may ask it."""
        self._transaction = Transaction(self._context, commit or store.commit)
        self._requests = self._transaction.requests
        if settings.names is NamePolicy.SHARED:
            forget_everyone(self._context)
        self._transaction.commit()
        self._transaction.settle()
        self.admission.update(self._state)

    @property
    def state(self) -> State:
        """The broker's memory; for reading."""
        return self._state

    @property
    def peers(self) -> dict[Peer, None]:
        """All who are connected; for reading."""
        return self._state.peers

    @property
    def settings(self) -> Settings:
        """The settings this core was made with."""
        return self._context.settings

    @property
    def unindexed(self) -> int:
        """How many messages a search cannot find yet."""
        return self._context.store.unindexed

    # What a shell calls

    def begin(self, now: Moment) -> None:
        """Say what time it is for the coming batch. Set back a little, the clock stands still here."""
        if 0 < self._state.latest - now.at < _SET_BACK:
            now = Moment(self._state.latest, now.elapsed)
        self._state.latest = now.at
        self._context.now = now

    def connect(self, peer: Peer) -> None:
        """Take note of a connection that was not known before."""
        self._state.peers[peer] = None
        self.place(peer)

    def place(self, peer: Peer) -> None:
        """Have what a peer sends count for its address. For one that is not to be remembered, this is all."""
        self._limiter.place(peer)

    def hear(self, peer: Peer) -> None:
        """Take note of a sign of life; a lagging peer is told what it missed and sent to again."""
        peer.heard = self._context.now.elapsed
        if peer.lagging:
            wake(self._context, peer)
            self._transaction.woken.append(peer)

    def admit(self, peer: Peer, documents: int, size: int) -> float:
        """Return 0.0 if a frame of so many bytes may be read, or the seconds after which to send it again."""
        cost = size >> TOKEN_BYTES_SHIFT
        cost = max(cost, documents)
        peer.credit -= cost
        return 0.0 if peer.credit >= 0.0 else self._limiter.buy(peer, cost, self._context.now.elapsed)

    def throttle(self, peer: Peer, seconds: float, ids: Iterable[str | None]) -> None:
        """Refuse a frame that came too early; a peer whom that does not stop is put out."""
        context, asked = self._context, list(ids)
        if self._limiter.floods(peer, len(asked), context.now.elapsed):
            context.outbox.log(LogEvent.FLOODING, name=peer.log_name, address=peer.location)
            disconnect(context, peer, GoodbyeReason.FLOODING, "flooded")
            return
        refusal = too_many(seconds, "this is too much at once")
        for re in dict.fromkeys(asked):
            self._transaction.answer(peer, answer(re, refusal))

    def ignore(self, peer: Peer) -> None:
        """Take note that a barred peer goes on: it stays barred until it has been silent for long."""
        if peer.session is None:
            peer.heard = self._context.now.elapsed

    def handle(self, peer: Peer, request: Request) -> None:
        """Carry out one request; exactly one reply to it is written."""
        command = self.commands[type(request)]
        peer.faults = 0
        if command.light:
            peer.credit += 1 - LIGHT_COST
        if peer in self._reading:
            self._read()  # a peer's requests are carried out in order
        if command.committed and self._state.journal:
            self._reading.setdefault(peer, []).append((command, request))
        else:
            self._carry_out(peer, command, request)

    def handle_all(self, peer: Peer, requests: Sequence[Request]) -> None:
        """Carry out a peer's requests in order, those of the same kind in the same conversation together."""
        begin, count = 0, len(requests)
        while begin < count:
            request = requests[begin]
            command, end = self.commands[type(request)], begin + 1
            if command.together is not None:
                kind, field = type(request), command.conversation or ""
                place = getattr(request, field)
                while end < count and type(requests[end]) is kind and getattr(requests[end], field) == place:
                    end += 1
            if end - begin == 1 or not self._carry_out_together(peer, command, requests[begin:end]):
                for request in requests[begin:end]:
                    self.handle(peer, request)
            begin = end

    def refuse(self, peer: Peer, error: ProtocolError) -> None:
        """Answer something that could not be decoded; a peer who sends too much of it is put out."""
        context = self._context
        peer.faults += 1
        context.outbox.log(LogEvent.REFUSED, address=peer.address, code=error.code, text=error.text)
        self._transaction.answer(peer, answer(error.re, error))
        if peer.faults >= context.settings.most_faults:
            peer.faults = 0
            if peer.session:
                disconnect(context, peer, GoodbyeReason.PROTOCOL_ERROR, "protocol error")

    def lose(self, peers: Sequence[Peer], reason: str) -> None:
        """Take note that peers are gone; their sessions can be resumed. They are not told of one another."""
        for peer in peers:
            self._state.changes.drop(self._state.peers, peer)
        sessions = [peer.session for peer in peers if peer.session]
        depart(self._context, sessions, reason, resumable=True)

    def lag(self, peer: Peer) -> None:
        """Take note that a peer does not read: nothing more is sent to it until it is heard again."""
        lag(self._context, peer)

    def tick(self) -> list[Peer]:
        """Do what is due by the clock, at most once a second; return the peers who are gone."""
        passed = self._context.now.elapsed - self._ticked
        if passed < 1.0:
            return []
        self._ticked += passed
        if self._state.read_only:
            self._try_to_store()
        if passed > max(2.0, self.settings.heartbeat / 1000):
            reset_silence(self._context)
        gone = self._timers.tick(self._context)
        self._retention.forget(self._context)
        self._limiter.forget(self._context.now.elapsed, self._state.peers)
        for peer in gone:
            self._state.changes.drop(self._state.peers, peer)
        return gone

    def stop(self) -> None:
        """Say goodbye to every session."""
        say_goodbye_to_all(self._context)

    def commit(self) -> tuple[list[Delivery], list[LogEntry]]:
        """Store what the batch wrote, then return what may be sent and logged.

        If the store fails, memory is as before the batch and everyone who asked gets a retryable error.
        """
        self._read()
        self.admission.update(self._state)  # always, as codes expire by the clock
        return self._transaction.finish()

    def upkeep(self) -> bool:
        """Do a little of what can wait until nothing else is to be done; return whether there is more now.

        To be called between batches. What the store cannot do now is tried again later; if the store can do
        nothing, the next send reports it.
        """
        try:
            return self._prune() | self._context.store.upkeep()
        except StoreError:
            return False

    # Within

    def _prune(self) -> bool:
        """Prune a little and commit it, or undo it and raise StoreError; return whether there is more now."""
        outbox = self._context.outbox
        mark = outbox.mark()
        try:
            more = self._retention.prune(self._context)
            self._transaction.commit()
        except StoreError:
            self._state.revert()
            outbox.revert(mark)
            raise
        self._transaction.settle()
        return more

    def _carry_out(self, peer: Peer, command: Command, request: Request) -> None:
        self._requests.append((peer, (request,)))
        carry_out(self._context, peer, command, request)

    def _carry_out_together(self, peer: Peer, command: Command, requests: Sequence[Request]) -> bool:
        """Carry out requests at once, or return False, with nothing changed, if they are to come singly."""
        if peer in self._reading or not carry_out_together(self._context, peer, command, requests):
            return False
        peer.faults = 0
        self._requests.append((peer, requests))
        return True

    def _read(self) -> None:
        """Carry out what waits for all that was journaled to be stored."""
        if self._state.journal:
            self._transaction.store()  # if it fails, they read what was stored before
        reading, self._reading = self._reading, {}
        for peer, requests in reading.items():
            for command, request in requests:
                self._carry_out(peer, command, request)

    def _try_to_store(self) -> None:
        """Find out whether the store can store again, and go on as before if it can."""
        try:
            self._context.store.probe()
        except StoreError:
            return
        self._state.read_only = False
        self._context.outbox.log(LogEvent.STORE_HEALED)
        if self.settings.names is NamePolicy.SHARED:
            forget_everyone(self._context)
