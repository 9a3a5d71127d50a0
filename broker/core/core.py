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
from broker.core.lagging import RETRY_SECONDS, due_again, lag, wake
from broker.core.memory.model import Chance, Moment, Peer
from broker.core.memory.restore import restore
from broker.core.memory.state import State
from broker.core.outbox import Delivery, LogEvent, Note, Outbox
from broker.core.rates import LIGHT_COST, TOKEN_BYTES_SHIFT, RateLimiter, too_many
from broker.core.refusals import answer
from broker.core.registry import Command
from broker.core.retention import Retention
from broker.core.settings import NamePolicy, Settings
from broker.core.store import Commit, Store, StoreError
from broker.core.timers import Timers, forgive
from messages.base import Request
from messages.errors import ErrorCode, ProtocolError, RequestRefused
from messages.events import GoodbyeReason
from messages.replies import Error

_SET_BACK = 3_600_000
"""Milliseconds. A clock set back by more was wrong before, and is followed."""

_KEPT_NOTES = {LogEvent.FAULT, LogEvent.REFUSED, LogEvent.LAGGING, LogEvent.FLOODING, LogEvent.CROWDED}
"""Notes that stay true when a batch could not be stored."""


class Core:
    """Everything the broker decides."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        chance: Chance,
        commands: Mapping[type[Request], Command],
        now: Moment,
        commit: Commit | None = None,
    ) -> None:
        """Begin with what is stored. `commit`, if given, is called in the place of the store's."""
        self.commands = commands
        self._nobody = Peer(b"", "", now.elapsed)
        self._asked: list[tuple[Peer, Sequence[Request] | Error]] = []
        self._reading: dict[Peer, list[tuple[Command, Request]]] = {}
        self._woken: list[Peer] = []
        self._ticked = now.elapsed
        self._settled = (0, 0)
        self._state = restore(store.load())
        self._limiter = RateLimiter(settings.caps)
        self._context = Context(
            self._state, store, Outbox(), settings, chance, self._limiter, now, self._nobody
        )
        self._timers = Timers()
        self._retention = Retention(now.elapsed)
        self.admission = Admission(settings.access)
        """Which keys may connect; any thread may ask it."""
        self._commit = commit or store.commit
        if settings.names is NamePolicy.SHARED:
            forget_everyone(self._context)
        if self._state.journal:
            self._commit(self._state.journal)
        self._settle()
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
        self.meet(peer)

    def meet(self, peer: Peer) -> None:
        """Have what a peer sends count for its address. For one that is not to be remembered, this is all."""
        self._limiter.place(peer)

    def hear(self, peer: Peer) -> None:
        """Take note of a sign of life; a lagging peer is told what it missed and sent to again."""
        peer.heard = self._context.now.elapsed
        if peer.lagging:
            peer.retry_seconds = RETRY_SECONDS
            self._wake(peer)

    def admit(self, peer: Peer, documents: int, size: int) -> float:
        """Return 0.0 if a frame of so many bytes may be read, or the seconds after which to send it again."""
        cost = size >> TOKEN_BYTES_SHIFT
        cost = max(cost, documents)
        peer.credit -= cost
        return 0.0 if peer.credit >= 0.0 else self._limiter.buy(peer, cost, self._context.now.elapsed)

    def turn_away(self, peer: Peer, seconds: float, ids: Iterable[str | None]) -> None:
        """Refuse a frame that came too early; a peer whom that does not stop is put out."""
        context, asked = self._context, list(ids)
        if self._limiter.floods(peer, len(asked), context.now.elapsed):
            context.outbox.note(LogEvent.FLOODING, name=peer.log_name, address=peer.location)
            disconnect(context, peer, GoodbyeReason.FLOODING, "flooded")
            return
        refusal = too_many(seconds, "this is too much at once")
        for re in dict.fromkeys(asked):
            self._answer(peer, answer(re, refusal))

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
        context.outbox.note(LogEvent.REFUSED, address=peer.address, code=error.code, text=error.text)
        self._answer(peer, answer(error.re, error))
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
        """Take note that a peer does not read: it is sent nothing until it is heard or tried again."""
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
            forgive(self._context)
        gone = self._timers.tick(self._context)
        for peer in due_again(self._context):
            self._wake(peer)
        self._retention.forget(self._context)
        self._limiter.forget(self._context.now.elapsed, self._state.peers)
        for peer in gone:
            self._state.changes.drop(self._state.peers, peer)
        return gone

    def stop(self) -> None:
        """Say goodbye to every session."""
        say_goodbye_to_all(self._context)

    def commit(self) -> tuple[list[Delivery], list[Note]]:
        """Store what the batch wrote, then return what may be sent and logged.

        If the store fails, memory is as before the batch and everyone who asked gets a retryable error.
        """
        self._read()
        if self._asked or self._woken or self._state.changes.mark():
            self._settle()
        self.admission.update(self._state)  # always, as codes expire by the clock
        self._settled = (0, 0)
        return self._context.outbox.take()

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
            if self._state.journal:
                self._commit(self._state.journal)
        except StoreError:
            self._state.revert()
            outbox.revert(mark)
            raise
        self._settle()
        return more

    def _wake(self, peer: Peer) -> None:
        wake(self._context, peer)
        self._woken.append(peer)

    def _answer(self, peer: Peer, reply: Error) -> None:
        """Send a reply that holds whether or not the batch can be stored."""
        self._asked.append((peer, reply))
        self._context.outbox.tell((peer,), reply)

    def _carry_out(self, peer: Peer, command: Command, request: Request) -> None:
        self._asked.append((peer, (request,)))
        carry_out(self._context, peer, command, request)

    def _carry_out_together(self, peer: Peer, command: Command, requests: Sequence[Request]) -> bool:
        """Carry out requests at once, or return False, with nothing changed, if they are to come singly."""
        if peer in self._reading or not carry_out_together(self._context, peer, command, requests):
            return False
        peer.faults = 0
        self._asked.append((peer, requests))
        return True

    def _read(self) -> None:
        """Carry out what waits for all that was journaled to be stored."""
        if self._state.journal:
            self._store_journal()  # if it fails, they read what was stored before
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
        self._context.outbox.note(LogEvent.STORE_HEALED)
        if self.settings.names is NamePolicy.SHARED:
            forget_everyone(self._context)

    def _store_journal(self) -> None:
        """Commit what was journaled so far. On failure undo it, and answer those who asked."""
        try:
            self._commit(self._state.journal)
        except StoreError as error:
            self._take_back(error)
        else:
            self._settle()

    def _take_back(self, error: StoreError) -> None:
        """Undo what could not be stored, and tell those who asked for it to try again."""
        state, outbox = self._state, self._context.outbox
        state.revert()
        kept = [note for note in outbox.notes[self._settled[1] :] if note.event in _KEPT_NOTES]
        outbox.revert(self._settled)
        outbox.notes += kept
        outbox.note(LogEvent.STORE_FAILED, error, reason=str(error))
        state.read_only = True
        for peer in self._woken:
            wake(self._context, peer)
        unavailable = RequestRefused(ErrorCode.UNAVAILABLE)
        for peer, asked in self._asked:
            if isinstance(asked, Error):
                outbox.tell((peer,), asked)
            else:
                outbox.tell_all((peer,), [answer(request.id, unavailable) for request in asked])
        self._settle()

    def _settle(self) -> None:
        self._state.settle()
        self._asked.clear()
        self._woken.clear()
        self._settled = self._context.outbox.mark()
