"""The broker's data model: peers, sessions, users and conversations. Plain data; rules are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from broker.core.limits.buckets import AddressBuckets, Bucket, UserBuckets
from messages.game import Hand
from messages.names import Name


class Moment(NamedTuple):
    """A time on both clocks: `at` is Unix time in ms, `elapsed` monotonic seconds."""

    at: int
    elapsed: float


class Randomness(Protocol):
    """The source of randomness. The shell provides it."""

    def token(self) -> str:
        """Return a secret nobody can guess."""
        ...

    def hand(self) -> Hand:
        """Return the hand that the broker shows."""
        ...


@dataclass(eq=False, slots=True)
class Peer:
    """One connection. `routing_id` is opaque; `identity` is the key that the transport has verified, if any.

    `source` has the buckets of its address, or is None if it has no limits. `credit` is the number of tokens
    bought in advance. A frame before `held_until` (elapsed seconds) is refused, and `refused` counts it. A
    `barred` peer has flooded; its frames are dropped. In a crowd one that knows `crowds` is told less.
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
    """Its heartbeat interval (ms), if it is longer than for others."""
    origin: str | None = None
    """The user's address, if a gateway holds this connection and gives one."""
    uid: int | None = None
    """The user id of its process, if it is on ipc."""
    admin: bool = False
    """It is on the admin channel. It has no session, and may do what an operator of the broker may."""
    vouched: bool = False
    """A gateway vouches for its user."""
    amendments: bool = False
    """Its client knows amendments. Others get messages in their place."""
    crowds: bool = False
    runs: bool = False
    """Its client knows runs of messages. Others get each message, and each reply, alone."""
    source: AddressBuckets | None = None
    credit: float = float("inf")
    held_until: float = 0.0
    refused: Bucket | None = None
    barred: bool = False
    waiting: int = 0
    """The number of its frames that wait to be handled."""
    number: int = 0
    """Counts the connections since the start, so no two have the same."""
    requests: int = 0
    """The number of its requests so far, refused ones too."""
    noted: int = 0
    """What `requests` was when an operator's screen last looked."""
    recent: int = 0
    """By how much `requests` had grown then since the look before."""

    @property
    def location(self) -> str:
        """The user's address: the connection's, or the one that a gateway gives."""
        return self.origin or self.address

    @property
    def log_name(self) -> str:
        """The user's name for the operator's log."""
        return self.session.user.name if self.session else "an anonymous peer"


@dataclass(eq=False, slots=True)
class Session:
    """One login of one user. Without a peer it is lost since `lost_at` (elapsed s), and can be resumed.

    `number` tells it from the user's others. `address` is where it was last connected from. One that was
    `ended` on another device cannot be resumed. An `unannounced` session is not announced to others. A
    `vouched` one was opened by a gateway for its user, who is at `origin`, if it said so. `proof` is the
    password's hash or the guest's mark of then, for which its tickets stand; `family` is what these share.
    A `bot` answers by itself. Messages of bots and guests are `marked`.
    """

    token: str
    user: User
    since: int
    identity: str | None = None
    peer: Peer | None = None
    lost_at: float = 0.0
    unannounced: bool = False
    vouched: bool = False
    number: int = 0
    address: str = ""
    ended: bool = False
    bot: bool = False
    guest: bool = False
    marked: bool = False
    origin: str | None = None
    proof: str = ""
    family: str = ""


@dataclass(eq=False, slots=True)
class User:
    """The owner of a name, memberships and cursors. `id` stays the same when the name changes.

    `opened` is the number of sessions since the broker started.
    `seen` is when they were last heard (Unix ms). A `discreet` user sends no read receipts.
    """

    id: int
    name: str
    key: str
    away: str | None = None
    seen: int = 0
    discreet: bool = False
    absent: bool = False
    """Whether they do not count as a recipient of messages to rooms; see `delivery.recipients`."""
    active: float = 0.0
    name_requested: float = float("-inf")
    opened: int = 0
    buckets: UserBuckets | None = None
    sessions: dict[str, Session] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    """Their public keys, the oldest first."""

    @property
    def online(self) -> bool:
        """Whether any session has a connection."""
        return bool([True for session in self.sessions.values() if session.peer])  # any() takes longer

    @property
    def announced(self) -> bool:
        """Whether others see this user as online: an announced session has a connection."""
        return any(session.peer and not session.unannounced for session in self.sessions.values())

    @property
    def bot(self) -> bool:
        """Whether this user is online, and only as a bot."""
        return self.online and all(session.bot for session in self.sessions.values() if session.peer)

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The connections of all sessions, without lagging ones."""
        sessions = self.sessions.values()  # usually one, so a generator would take longer than a list
        return tuple([one.peer for one in sessions if one.peer and not one.peer.lagging])


class Member(NamedTuple):
    """A member's cursors `delivered` and `read`, which last moved `at` (Unix ms).

    `joined` is the head at which they became a member. Earlier messages were not sent to them.
    """

    delivered: int
    read: int
    joined: int
    at: int


@dataclass(eq=False, slots=True, kw_only=True)
class Conversation:
    """A numbered log: its last seq, the first stored seq, its members, the last seq of each sender.

    A store in memory drops old messages by itself, so its first message may be later than `first`.
    `counted` holds the last seq and the counts that were sent to each sender in a large room. `connected`
    holds the members' connections, without lagging ones. `absent` holds the absent members, `returned` the
    head at which others ceased to be absent.
    """

    id: str
    head: int = 0
    first: int = 1
    members: dict[User, Member] = field(default_factory=dict)
    last_sent: dict[User, int] = field(default_factory=dict)
    amended: int = 0
    """The seq of the last amendment. After it there are only messages."""
    mentioning: int = 0
    """After this seq no message mentions anybody."""
    last_at: int | None = None
    """When the last message was sent (Unix ms); 0 if none is stored, None if nobody has asked yet."""
    counted: dict[User, tuple[int, int, int]] = field(default_factory=dict)
    connected: dict[Peer, None] = field(default_factory=dict)
    absent: dict[User, None] = field(default_factory=dict)
    returned: dict[User, int] = field(default_factory=dict)
    waiting: dict[User, tuple[tuple[int, int, int, tuple[int, ...]], tuple[int, int]]] = field(
        default_factory=dict
    )
    """By member: head, first, what they had read, whom they ignored; then how many wait, and mention them."""
    typed: dict[User, float] = field(default_factory=dict)
    """When it was last passed on of each member that they type (elapsed s)."""
    audience: tuple[Peer, ...] | None = None
    divided: tuple[tuple[Peer, ...], tuple[Peer, ...]] | None = None
    parted: tuple[tuple[Peer, ...], tuple[Peer, ...]] | None = None

    def seen_by(self, user: User) -> str:
        """Return how `user` names this conversation."""
        raise NotImplementedError

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The connections as a tuple, cached until they change."""
        if self.audience is None:
            self.audience = tuple(self.connected)
        return self.audience

    @property
    def tables(self) -> tuple[dict[User, Any], ...]:
        """All that is kept by user."""
        kept = self.members, self.last_sent, self.counted, self.absent, self.returned
        return *kept, self.waiting, self.typed

    def forget_audience(self) -> None:
        """Clear the caches of `peers` and of `audiences`."""
        self.audience = self.divided = self.parted = None


@dataclass(eq=False, slots=True, kw_only=True)
class Room(Conversation):
    """A named conversation. `name` is the display name, with the `#`."""

    name: str
    topic: str = ""

    def seen_by(self, user: User) -> str:
        """Return the room's name, which is the same for all users."""
        return self.name


@dataclass(eq=False, slots=True, kw_only=True)
class Direct(Conversation):
    """The conversation of a pair of users."""

    pair: tuple[User, User]

    def other(self, user: User) -> User:
        """Return the other user of the pair."""
        return self.pair[1] if user is self.pair[0] else self.pair[0]

    def seen_by(self, user: User) -> str:
        """Return `@name` of the other user."""
        one, other = self.pair
        return f"@{other.name if user is one else one.name}"


@dataclass(eq=False, slots=True)
class Challenge:
    """A game that waits for the opponent's hand until `deadline` (elapsed seconds). `id` is the request's."""

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
