"""The context of a command handler: the peer, the time, the state, the store and the outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from broker.core.clock import Clock
from broker.core.memory.cursors import Cursors
from broker.core.memory.model import Conversation, Moment, Peer, Randomness, Room, Session, User
from broker.core.memory.state import State
from broker.core.outbox import Outbox
from broker.core.rates import RateLimiter
from broker.core.settings import CannotReloadError, ReloadedOptions, Settings
from broker.core.store import Store, StoredMessage
from broker.core.transfers import Transfers
from messages.base import Request
from messages.errors import ErrorCode, RequestRefused
from messages.events import AnyEvent
from messages.observing import Histogram, Measures


def _refuse_to_reload() -> ReloadedOptions:
    raise CannotReloadError("this broker cannot reload its options; restart it")


def _measure_nothing() -> Measures:
    return Measures({}, {}, Histogram([], [0]), Histogram([], [0]))


@dataclass(slots=True)
class Surroundings:
    """What commands need of the program around the core."""

    problem: Callable[[], str] = str
    """Returns a sentence if the broker cannot serve everyone, else an empty text."""
    reload: Callable[[], ReloadedOptions] = _refuse_to_reload
    """Reopens the log and takes over changed options, or raises CannotReloadError."""
    web: Callable[[], str] = str
    """Returns a sentence about the gateway for browsers that the broker has started, if there is one."""
    measure: Callable[[], Measures] = _measure_nothing
    """Returns the numbers of the metrics."""


Mark = tuple[int, int, tuple[int, int]]
"""How much there was of changes, journal and outbox. A tuple costs an eighth of an object with names."""


@dataclass(slots=True)
class Context:
    """The context of a request. `begin` resets it before the next request."""

    state: State
    store: Store
    outbox: Outbox
    settings: Settings
    randomness: Randomness
    limiter: RateLimiter
    clock: Clock
    cursors: Cursors
    now: Moment
    peer: Peer
    """The peer that sent the request."""
    transfers: Transfers
    """What goes on with the contents of files."""
    started: int = 0
    """When the broker started (Unix ms)."""
    around: Surroundings = field(default_factory=Surroundings)
    noted_at: float = float("-inf")
    """When an operator's screen last noted how busy the connections are (elapsed s)."""
    named: Conversation | None = None
    """The conversation that the request names, if its command declares the field and the request gives it."""
    already_accepted: StoredMessage | None = None
    """The message that was accepted under this request's id before, if its command is `once`."""
    after_reply: list[AnyEvent] = field(default_factory=list)
    """Events for the peer; they are sent after the reply."""

    def begin(self, peer: Peer) -> Mark:
        """Reset the context for a request of this peer, and return a mark for `take_back`."""
        self.peer = peer
        self.named = self.already_accepted = None
        self.after_reply.clear()
        return self.state.changes.mark(), len(self.state.journal), self.outbox.mark()

    def take_back(self, mark: Mark) -> None:
        """Undo everything that was written since a mark."""
        changes, journal, outbox = mark
        self.state.revert(changes, journal)
        self.outbox.revert(outbox)
        self.after_reply.clear()

    @property
    def session(self) -> Session:
        """The session of the peer. Raise RequestRefused if it is not logged in."""
        if self.peer.session is None:
            raise RequestRefused(ErrorCode.NOT_LOGGED_IN)
        return self.peer.session

    @property
    def may_expire(self) -> bool:
        """Whether things may be deleted because their time is over. A doubtful clock may be wrong."""
        return self.settings.trust_clock or not self.clock.is_doubtful(self.now)

    @property
    def user(self) -> User:
        """The user who sent the request. Raise RequestRefused if nobody is logged in."""
        session = self.peer.session
        if session is None:
            raise RequestRefused(ErrorCode.NOT_LOGGED_IN)
        return session.user

    @property
    def requester(self) -> User | None:
        """The user who sent the request, or None on the admin channel."""
        return None if self.peer.admin else self.user

    @property
    def by(self) -> str:
        """Who sent the request, as other users are told. No user can have the name `the operator`."""
        return "the operator" if self.peer.admin else self.user.name

    @property
    def signature(self) -> str:
        """Who sent the request, as the audit log names them."""
        return f"operator (uid {self.peer.uid})" if self.peer.admin else self.user.name

    @property
    def conversation(self) -> Conversation:
        """The conversation that the request names, if its command declares the field."""
        if self.named is None:
            raise LookupError("this command does not declare which field names a conversation")
        return self.named

    @property
    def room(self) -> Room:
        """The room that the request names. Raise RequestRefused if it does not exist."""
        if not isinstance(self.named, Room):
            raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
        return self.named

    def are_new(self, user: User, requests: Sequence[Request]) -> bool:
        """Return True only if the ids differ and the user certainly sent no message with any of them."""
        ids = [request.id for request in requests]
        if len(set(ids)) < len(ids):
            return False
        unstored = self.state.unstored.get(user.id)
        if unstored and not unstored.keys().isdisjoint(ids):
            return False
        return self.store.never_sent(user.id, ids)

    def sent(self, user: User, request_id: str) -> StoredMessage | None:
        """Return the message that the user sent with this id, in this batch or earlier."""
        unstored = self.state.unstored.get(user.id)
        found = unstored.get(request_id) if unstored else None
        return found or self.store.find_sent(user.id, request_id)

    def present(self, conversation: Conversation, seq: int) -> StoredMessage | None:
        """Return an entry as it is now, with the changes of this batch, or None if it is not stored."""
        place = conversation.id
        if not conversation.first <= seq <= conversation.head:
            return None
        if (place, seq) in self.state.present:
            return self.state.present[place, seq]
        if stored := self.store.page(place, seq - 1, seq + 1, 1):
            return stored[0]
        return self.state.located.find(place, seq)
