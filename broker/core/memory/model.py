"""What the broker remembers: peers, sessions, users and conversations. Plain data; rules live elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from broker.core.limits.buckets import AddressBuckets, Bucket, UserBuckets
from messages.game import Hand
from messages.names import Name


class Moment(NamedTuple):
    """When something happens: `at` is Unix time in ms, `elapsed` monotonic seconds."""

    at: int
    elapsed: float


class Chance(Protocol):
    """What the core needs of randomness; the shell provides it."""

    def token(self) -> str:
        """Return a secret nobody can guess."""
        ...

    def hand(self) -> Hand:
        """Return the hand that the broker shows."""
        ...


@dataclass(eq=False, slots=True)
class Peer:
    """One connection. `routing_id` is opaque; `identity` is the key the transport vouches for, if any.

    `source` has the buckets of its place, None if there are no limits; `credit` is how many tokens it has in
    hand. What comes before `held_until` (elapsed seconds) is refused, which `refused` counts; who is `barred`
    has flooded, and is not listened to.
    """

    routing_id: bytes
    address: str
    heard: float
    identity: str | None = None
    session: Session | None = None
    lagging: bool = False
    lagged: int = 0
    """When it last began to lag (Unix ms)."""
    woken: float = float("-inf")
    """When it was last told that it lagged (elapsed s)."""
    retry_seconds: float = 0.0
    faults: int = 0
    heartbeat: int = 0
    """In what intervals (ms) it is to be heard, where these are longer than for others."""
    origin: str | None = None
    """Where the user is for whom a gateway holds this connection, as the gateway says."""
    uid: int | None = None
    """The user of this machine whose process it is, as the system tells over ipc."""
    vouched: bool = False
    """A gateway's word is all that tells who this is."""
    source: AddressBuckets | None = None
    credit: float = float("inf")
    held_until: float = 0.0
    refused: Bucket | None = None
    barred: bool = False
    waiting: int = 0
    """Its frames that wait for their turn."""

    @property
    def location(self) -> str:
        """Where the user is: the connection's address, or what a gateway says."""
        return self.origin or self.address

    @property
    def log_name(self) -> str:
        """How the operator's log calls who is here."""
        return self.session.user.name if self.session else "a stranger"


@dataclass(eq=False, slots=True)
class Session:
    """One login of one user. Without a peer it waits to be resumed, since `lost_at` (elapsed s).

    Others are not told of an `unannounced` one. A gateway has opened a `vouched` one for its user.
    """

    token: str
    user: User
    since: int
    identity: str | None = None
    peer: Peer | None = None
    lost_at: float = 0.0
    unannounced: bool = False
    vouched: bool = False


@dataclass(eq=False, slots=True)
class User:
    """Who owns a name, memberships and cursors. `id` outlives a change of name.

    `seen` is when they were last heard (Unix ms); `discreet` users do not tell what they have read.
    """

    id: int
    name: str
    key: str
    away: str | None = None
    seen: int = 0
    discreet: bool = False
    active: float = 0.0
    name_requested: float = float("-inf")
    buckets: UserBuckets | None = None
    sessions: dict[str, Session] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    """The public keys that are theirs, the oldest first."""

    @property
    def online(self) -> bool:
        """Whether any session has a connection."""
        return any(session.peer for session in self.sessions.values())

    @property
    def announced(self) -> bool:
        """Whether others were told that this user is here: an announced session has a connection."""
        return any(session.peer and not session.unannounced for session in self.sessions.values())

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The connections of all sessions, without those that lag."""
        return tuple(
            session.peer for session in self.sessions.values() if session.peer and not session.peer.lagging
        )


class Member(NamedTuple):
    """How far a member has got: the cursors `delivered` and `read`, which last moved `at` (Unix ms).

    `joined` is the head at which they became a member: what was said before was not for them.
    """

    delivered: int
    read: int
    joined: int
    at: int


@dataclass(eq=False, slots=True, kw_only=True)
class Conversation:
    """A numbered log: its last seq, the first that is held, its members, the last seq of each who sent.

    A store that lets messages go by itself, as one in memory does, may hold less than from `first` on.
    `counted` holds the last seq and the counts that each sender in a large room was told, `connected` the
    members' connections, without those that lag.
    """

    id: str
    head: int = 0
    first: int = 1
    members: dict[User, Member] = field(default_factory=dict)
    last_sent: dict[User, int] = field(default_factory=dict)
    counted: dict[User, tuple[int, int, int]] = field(default_factory=dict)
    connected: dict[Peer, None] = field(default_factory=dict)
    audience: tuple[Peer, ...] | None = None

    def seen_by(self, user: User) -> str:
        """Return how `user` names this conversation."""
        raise NotImplementedError

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The connections as a tuple, remembered until they change."""
        if self.audience is None:
            self.audience = tuple(self.connected)
        return self.audience

    def forget_audience(self) -> None:
        """Have `peers` made anew."""
        self.audience = None


@dataclass(eq=False, slots=True, kw_only=True)
class Room(Conversation):
    """A named conversation. `name` is as people see it, with the `#`."""

    name: str
    topic: str = ""

    def seen_by(self, user: User) -> str:
        """Return the room's name; it is the same for all."""
        return self.name


@dataclass(eq=False, slots=True, kw_only=True)
class Direct(Conversation):
    """The conversation of a pair of users."""

    pair: tuple[User, User]

    def other(self, user: User) -> User:
        """Return the one of the pair who is not `user`."""
        return self.pair[1] if user is self.pair[0] else self.pair[0]

    def seen_by(self, user: User) -> str:
        """Return `@name` of the other one."""
        return f"@{self.other(user).name}"


@dataclass(eq=False, slots=True)
class Challenge:
    """A game waits for the opponent's hand until `deadline` (elapsed seconds). `id` is the request's."""

    id: str
    challenger: User
    opponent: User
    hand: Hand
    deadline: float


def room_id(name: Name) -> str:
    """Return the id under which a room is stored."""
    return f"#{name.key}"


def direct_id(one: User, other: User) -> str:
    """Return the id under which the conversation of a pair is stored, the same for both."""
    low, high = sorted((one.id, other.id))
    return f"@{low}|@{high}"
