"""The broker's core: it takes peers' typed requests and returns deliveries after a commit. It does no I/O.

For each batch its shell calls `begin` with the time, `handle` (or `refuse`) for each document, `tick` for
the timers, and then `commit`, which returns the deliveries and the log entries. Between batches it calls
`advance` if there are requests that take long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from broker.core.access.admission import Admission
from broker.core.clock import Clock
from broker.core.context import Context, Surroundings
from broker.core.delivery.lagging import RETRY_SECONDS, lag, retries_due, wake
from broker.core.delivery.presence import depart, disconnect, prepare_users, say_goodbye_to_all
from broker.core.execution.dispatch import carry_out, carry_out_together
from broker.core.execution.jobs import Jobs
from broker.core.execution.refusals import answer
from broker.core.execution.waiting import carry_on
from broker.core.memory.cursors import Cursors
from broker.core.memory.model import Moment, Peer, Randomness
from broker.core.memory.restore import restore
from broker.core.memory.state import State
from broker.core.outbox import Delivery, LogEntry, LogEvent, Outbox
from broker.core.rates import LIGHT_COST, TOKEN_BYTES_SHIFT, RateLimiter, too_many
from broker.core.registry import Command
from broker.core.settings import Settings
from broker.core.store import Commit, Store, StoreError
from broker.core.transaction import Transaction
from broker.core.transfers import Transfers
from broker.core.upkeep.files import check_contents
from broker.core.upkeep.retention import Retention
from broker.core.upkeep.timers import Timers, reset_silence
from broker.core.upkeep.watching import last_known, log_doubt, observe_clock, store_time, watch_store
from messages.base import Request
from messages.errors import ProtocolError
from messages.events import GoodbyeReason

_SET_BACK = 3_600_000
"""Milliseconds. If the clock is set back by more, the earlier time was wrong: the core follows it."""


class Core:
    """All decisions of the broker."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        randomness: Randomness,
        commands: Mapping[type[Request], Command],
        now: Moment,
        commit: Commit | None = None,
        around: Surroundings | None = None,
    ) -> None:
        """Load the stored state. `commit`, if given, is called instead of the store's."""
        self.commands = commands
        self._nobody = Peer(b"", "", now.elapsed)
        self._reading: dict[Peer, list[tuple[Command, Request]]] = {}
        self._ticked, self._connected = now.elapsed, 0
        self._state = restore(store.load())
        self._limiter = RateLimiter(settings.caps)
        self.transfers = Transfers(store.contents)  # requests that wait for content; for reading
        self._context = Context(
            *(self._state, store, Outbox(), settings, randomness),
            *(self._limiter, Clock(last_known(self._state), now), Cursors(randomness), now, self._nobody),
            *(self.transfers, now.at),
            around=around or Surroundings(),
        )
        self.jobs = Jobs(self._context)
        """The requests to `advance`; for reading."""
        self._timers = Timers()
        self._retention = Retention(now.elapsed)
        self.admission = Admission(settings.access)
        """Decides which keys may connect. Any thread may call it."""
        self._transaction = Transaction(self._context, commit or store.commit)
        self._requests = self._transaction.requests
        prepare_users(self._context)
        check_contents(self._context)
        self._transaction.commit()
        self._transaction.settle()
        self.admission.update(self._state)
        if settings.trust_clock:
            self._context.clock.trust(now)
        log_doubt(self._context)

    @property
    def state(self) -> State:
        """The broker's memory; for reading."""
        return self._state

    @property
    def peers(self) -> dict[Peer, None]:
        """All connected peers; for reading."""
        return self._state.peers

    @property
    def settings(self) -> Settings:
        """The present settings."""
        return self._context.settings

    @property
    def clock_doubted(self) -> bool:
        """Whether nothing is deleted because the clock may be wrong."""
        return self._context.clock.doubted and not self.settings.trust_clock

    @property
    def unindexed(self) -> int:
        """The number of messages that a search cannot find yet."""
        return self._context.store.unindexed

    def reload(self, settings: Settings) -> None:
        """Take over other settings between batches. The policy for names must be the same."""
        state = self._state
        if settings.caps != self.settings.caps:
            self._limiter.reload(settings.caps, state.peers, state.users.values())
        self._context.settings = settings
        self.admission.reload(settings.access, state)

    def begin(self, now: Moment) -> None:
        """Set the time for the next batch. If the clock was set back a little, the time here stands still."""
        if 0 < self._state.latest - now.at < _SET_BACK:
            now = Moment(self._state.latest, now.elapsed)
        self._state.latest = now.at
        self._context.now = now

    def connect(self, peer: Peer) -> None:
        """Add a new connection."""
        self._state.peers[peer] = None
        self._connected += 1
        peer.number = self._connected
        self.assign_buckets(peer)

    def assign_buckets(self, peer: Peer) -> None:
        """Let a peer draw on its address's buckets. A peer that need not be remembered needs only this."""
        self._limiter.assign_buckets(peer)

    def hear(self, peer: Peer) -> None:
        """Record a sign of life. A lagging peer gets its positions, and is sent to again."""
        peer.heard = self._context.now.elapsed
        if peer.lagging:
            peer.retry_seconds = RETRY_SECONDS
            self._wake(peer)

    def admit(self, peer: Peer, documents: int, size: int) -> float:
        """Return 0.0 if a frame of `size` bytes may be read, else in how many seconds to send it again."""
        cost = max(size >> TOKEN_BYTES_SHIFT, documents)
        peer.requests += documents
        peer.credit -= cost
        return 0.0 if peer.credit >= 0.0 else self._limiter.buy(peer, cost, self._context.now.elapsed)

    def throttle(self, peer: Peer, seconds: float, ids: Iterable[str | None]) -> None:
        """Refuse a frame that came too early. Disconnect the peer if it goes on."""
        context, asked = self._context, list(ids)
        if self._limiter.floods(peer, len(asked), context.now.elapsed):
            context.outbox.log(LogEvent.FLOODING, name=peer.log_name, address=peer.location)
            disconnect(context, peer, GoodbyeReason.FLOODING, "flooded")
            return
        refusal = too_many(seconds, "too many requests at once")
        for re in dict.fromkeys(asked):
            self._transaction.answer(peer, answer(re, refusal))

    def ignore(self, peer: Peer) -> None:
        """Record a frame of a barred peer. The peer stays barred until it has timed out."""
        if peer.session is None:
            peer.heard = self._context.now.elapsed

    def handle(self, peer: Peer, request: Request) -> None:
        """Carry out one request, and write exactly one reply, now or later."""
        command = self.commands[type(request)]
        peer.faults = 0
        if command.light:
            peer.credit += 1 - LIGHT_COST
        if peer in self._reading:
            self._read()  # a peer's requests are carried out in order
        if command.committed and self._state.journal:
            self._reading.setdefault(peer, []).append((command, request))
        elif carry_out(self._context, self.jobs, peer, command, request):
            self._requests.append((peer, (request,)))

    def handle_all(self, peer: Peer, requests: Sequence[Request]) -> None:
        """Carry out a peer's requests in order, those of one type to one conversation together."""
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
        """Refuse a document that could not be decoded. Disconnect the peer if there are too many."""
        context = self._context
        peer.faults += 1
        context.outbox.log(LogEvent.REFUSED, address=peer.address, code=error.code, text=error.text)
        self._transaction.answer(peer, answer(error.re, error))
        if peer.faults >= context.settings.most_faults:
            peer.faults = 0
            if peer.session:
                disconnect(context, peer, GoodbyeReason.PROTOCOL_ERROR, "protocol error")

    def lose(self, peers: Sequence[Peer], reason: str) -> None:
        """Remove peers whose connections are lost. Their sessions can be resumed.

        None of these users is told that another one of them left.
        """
        for peer in peers:
            self._state.changes.drop(self._state.peers, peer)
        depart(self._context, [peer.session for peer in peers if peer.session], reason, resumable=True)

    def lag(self, peer: Peer) -> None:
        """Stop sending to a peer that does not read, until it is heard or a retry is due."""
        lag(self._context, peer)

    def tick(self) -> list[Peer]:
        """Run the timers that are due, at most once a second. Return the peers that timed out."""
        passed = self._context.now.elapsed - self._ticked
        if passed < 1.0:
            return []
        self._ticked += passed
        watch_store(self._context)
        if passed > max(2.0, self.settings.heartbeat / 1000):
            reset_silence(self._context)
        observe_clock(self._context)
        gone = self._timers.tick(self._context)
        for peer in retries_due(self._context):
            self._wake(peer)
        self._retention.forget(self._context)
        self._limiter.forget(self._context.now.elapsed, self._state.peers)
        for peer in gone:
            self._state.changes.drop(self._state.peers, peer)
        return gone

    def stop(self) -> None:
        """End the requests that take long, send a goodbye to every session, and store the time."""
        self.jobs.end()
        store_time(self._context)
        say_goodbye_to_all(self._context)

    def commit(self) -> tuple[list[Delivery], list[LogEntry]]:
        """Store what the batch wrote, or undo it and refuse all. Return the deliveries and log entries."""
        if self.transfers:
            carry_on(self._context, self.commands, self._requests)
        self._read()
        self.admission.update(self._state)  # always, as codes expire by the clock
        return self._transaction.finish()

    def advance(self, clock: Callable[[], float], seconds: float) -> None:
        """Carry on for some seconds with requests that take long. Call it between batches.

        `clock` returns seconds. `commit` then returns the replies of those that are finished.
        """
        self.jobs.advance(clock, seconds)
        self._transaction.settle()

    def upkeep(self) -> bool:
        """Do a little maintenance, and return whether there is more to do now. Call it between batches.

        If the store fails, it is tried again later. The next message reports the failure if it lasts.
        """
        try:
            pruned = self._transaction.carry_out(partial(self._retention.prune, self._context))
            return pruned | self._context.store.upkeep()
        except StoreError:
            return False

    def _wake(self, peer: Peer) -> None:
        wake(self._context, peer)
        self._transaction.woken.append(peer)

    def _carry_out_together(self, peer: Peer, command: Command, requests: Sequence[Request]) -> bool:
        """Carry out requests together. Return False, with nothing changed, if each must be handled alone."""
        if peer in self._reading or not carry_out_together(self._context, peer, command, requests):
            return False
        peer.faults = 0
        self._requests.append((peer, requests))
        return True

    def _read(self) -> None:
        """Store the journal, then carry out the requests that read the store."""
        if self._state.journal:
            self._transaction.store()  # if it fails, they read the state before the batch
        if not self._reading:
            return
        reading, self._reading = self._reading, {}
        for peer, requests in reading.items():
            for command, request in requests:
                if carry_out(self._context, self.jobs, peer, command, request):
                    self._requests.append((peer, (request,)))
        if self._state.journal:  # few of them write too
            self._transaction.store()
