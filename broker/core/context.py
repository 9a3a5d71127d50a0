"""What a command handler gets: who asks, when, the state, the store and the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from broker.core.memory.model import Chance, Conversation, Moment, Peer, Room, Session, User
from broker.core.memory.state import State
from broker.core.outbox import Outbox
from broker.core.rates import Caps, Limits
from broker.core.store import Store, StoredMessage
from messages.base import Request
from messages.errors import ErrorCode, RequestRefused
from messages.events import AnyEvent


class NamePolicy(StrEnum):
    """What happens when a name in use is asked for."""

    UNIQUE = "unique"
    SHARED = "shared"


class AccessPolicy(StrEnum):
    """Who may come."""

    OPEN = "open"
    KNOWN = "known"
    INVITED = "invited"


@dataclass(frozen=True, slots=True)
class Settings:
    """The broker's settings, as far as they concern the core."""

    names: NamePolicy = NamePolicy.UNIQUE
    title: str = ""
    motd: str = ""
    heartbeat: int = 15_000
    """Milliseconds between signs of life that are expected of a client; silent for three means gone."""
    resume_seconds: float = 300.0
    """How long a lost session can be resumed."""
    challenge_seconds: int = 30
    """How long a challenged user has to answer."""
    named_receipts: int = 50
    """In rooms with more members receipts are counts."""
    most_faults: int = 100
    """Undecodable documents after which a peer is put out."""
    note_messages: bool = True
    """Whether messages and commands are written to the operator's log."""
    own_uid: int | None = None
    """The user id of the process: who is connected over ipc as the same, or as root, is an operator."""
    forget_days: int = 0
    """Days after which users without direct conversations who do not come back are forgotten; 0: never."""
    retain_days: int = 0
    """Days for which messages are held; 0: for ever."""
    retain_in: Mapping[str, int] = field(default_factory=dict)
    """The same for single rooms, by their ids."""
    insecure: bool = False
    """Whether some connections are unencrypted though other machines can reach them; all clients are told."""
    access: AccessPolicy = AccessPolicy.OPEN
    invite_secret: bytes = b""
    """By which invites are known to be this broker's; without one none is valid."""
    caps: Caps = field(default_factory=Caps)
    """How much anybody may ask for."""


@dataclass(slots=True)
class Context:
    """One request's surroundings. The dispatcher sets `peer` and `conversation` before each handler."""

    state: State
    store: Store
    outbox: Outbox
    rules: Settings
    chance: Chance
    now: Moment
    peer: Peer
    addressed: Conversation | None = None
    earlier: StoredMessage | None = None
    """What was accepted under this request's id before, where its command is carried out once."""
    following: list[AnyEvent] = field(default_factory=list)
    """Events for the peer who asks that come behind the reply."""
    limits: Limits = field(default_factory=lambda: Limits(Caps(), {}))

    @property
    def session(self) -> Session:
        """The session of the peer who asks."""
        if self.peer.session is None:
            raise RequestRefused(ErrorCode.NOT_LOGGED_IN)
        return self.peer.session

    @property
    def user(self) -> User:
        """The user who asks."""
        return self.session.user

    @property
    def conversation(self) -> Conversation:
        """The conversation that the request names, where its command declares the field."""
        if self.addressed is None:
            raise LookupError("this command does not declare which field names a conversation")
        return self.addressed

    @property
    def room(self) -> Room:
        """The room that the request names. Raise RequestRefused if it does not exist."""
        if not isinstance(self.addressed, Room):
            raise RequestRefused(ErrorCode.NO_SUCH_ROOM)
        return self.addressed

    def are_new(self, user: User, requests: Sequence[Request]) -> bool:
        """Whether it is certain that the user sent nothing with these ids, and none comes twice."""
        ids = [request.id for request in requests]
        if len(set(ids)) < len(ids):
            return False
        unstored = self.state.unstored
        if unstored and not unstored.keys().isdisjoint([(user.id, one) for one in ids]):
            return False
        return self.store.never_sent(user.id, ids)

    def sent(self, user: User, request_id: str) -> StoredMessage | None:
        """Return the message that the user sent with this id, in this batch or before."""
        return self.state.unstored.get((user.id, request_id)) or self.store.find_sent(user.id, request_id)
