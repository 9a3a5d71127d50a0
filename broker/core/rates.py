"""How much anybody may ask for: rates before JSON is parsed, and caps on what there may be of a thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broker.core.access.keys import bearer, has_role
from broker.core.facts.moderation import Rank
from broker.core.limits.addresses import INPROC, is_local, source
from broker.core.limits.buckets import AddressBuckets, Bucket, RareAction, UserBuckets
from broker.core.memory.model import Peer, Room, User
from broker.core.outbox import LogEvent
from messages.errors import ErrorCode, RequestRefused
from messages.moderation import Role
from messages.names import parse_room, parse_user
from messages.requests import Join, Topic
from messages.sessions import Login

if TYPE_CHECKING:
    from broker.core.context import Context

ADDRESS_SHARE = 10
"""All who come from one address may together ask for so many times as much as one user."""

FLOOD_SHARE = 4
"""Who is refused more than so many times what a user may ask for is put out."""

LOCAL_PRICE = 0.1
"""What one token costs those on the broker's own machine, unless they are limited like all others."""

BARRED_SECONDS = 60.0
"""For how long a user who was put out for flooding is not let in again."""

LIGHT_COST = 0.1
"""Tokens that a confirm or a ping costs."""

TOKEN_BYTES_SHIFT = 10
"""A document costs one token, but no frame fewer than one for each 1,024 bytes."""

SHORTEST_HOLD = 0.25
"""Seconds for which a peer is held off at least: longer than what it sent meanwhile is on its way, so that
nothing is taken before what was refused is sent again."""

PREPAID_TOKENS = 32.0
"""Tokens that a user's peer takes in advance, so that its next frames cost the broker next to nothing."""

CROWD_SECONDS = 60.0
"""After so long those may try again for whom there was no place."""

FORGET_SECONDS = 10.0
"""How often places are forgotten at which nobody is: to find out where all are takes a while."""

PEERS_PER_FILE_LIMIT = 0.8
"""Newcomers are refused when this share of the file descriptors there may be is used by peers."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The operator's figures. Rates are per user; `rate` 0 means none; local peers have ten times as much."""

    rate: float = 200.0
    """Requests a second, or KiB a second if that is more."""
    burst: int = 1_000
    """Requests that may come at once before that."""
    local: bool = False
    """Whether loopback and ipc are limited like other addresses."""
    users: int = 100_000
    rooms: int = 10_000
    rooms_per_user: int = 500
    sessions_per_user: int = 16
    sessions_per_address: int = 512
    logins: int = 600
    """A minute and address; with a key that is the user's, a minute and user. Resuming a session is none."""
    joins: int = 120
    """A minute and user, as those that follow."""
    openings: int = 20
    topics: int = 20
    changes: int = 60
    """Of what is kept for good or told to many, beside messages: names, ranks, bans, invitations, devices."""
    peers: int = 0
    """Connections with which newcomers are refused; 0: any number."""


class Limits:
    """The buckets of sources, and which of them a peer draws on. `peers` are those connected."""

    def __init__(self, caps: Caps, peers: Mapping[Peer, None]) -> None:
        self.caps = caps
        self.peers = peers
        self.sources: dict[str, AddressBuckets] = {}
        self.alarmed = False
        """Whether the log was told that there are too many connections."""
        self._forget_at = 0.0

    def place(self, peer: Peer) -> None:
        """Have a peer draw on the buckets of its place; what it has in hand is void."""
        uid = None if peer.vouched else peer.uid
        peer.source = self.source_of(peer.place, uid, vouched=peer.vouched)
        peer.credit = float("inf") if peer.source is None else 0.0

    def source_of(
        self, place: str, uid: int | None = None, *, vouched: bool = False
    ) -> AddressBuckets | None:
        """Return the buckets of all who are at a place; None where there are no rates.

        Whom a gateway vouches for has the rates of other machines, wherever it says that they are.
        """
        if not self.caps.rate or (place == INPROC and not vouched):
            return None
        cheap = is_local(place, uid) and not self.caps.local and not vouched
        key = f"{source(place, uid)}{' by a gateway' if vouched else ''}"
        if key not in self.sources:
            price = LOCAL_PRICE if cheap else 1.0
            self.sources[key] = AddressBuckets(self._bucket(ADDRESS_SHARE), self._bucket(), price)
        return self.sources[key]

    def buy(self, peer: Peer, cost: float, now: float) -> float:
        """Return 0.0 if a frame may be handled that a peer had too few tokens for, or in how long it may.

        What it had in hand goes back first, and a few tokens more are bought for a user if there are many, so
        that most frames are paid for without coming here.
        """
        source, held = peer.source, peer.credit + cost
        peer.credit = 0.0
        if source is None or now < peer.held_until:
            return peer.held_until - now if source else 0.0
        own = self.meter(peer.session.user).requests if peer.session else source.strangers
        price, wait = source.price, 0.0
        own.give(held * price)
        source.requests.give(held * price)
        for tokens in (cost + PREPAID_TOKENS, cost) if peer.session else (cost,):
            wait = max(own.wait(tokens * price, now), source.requests.wait(tokens * price, now))
            if not wait:
                own.take(tokens * price, now)
                source.requests.take(tokens * price, now)
                peer.credit = tokens - cost
                return 0.0
        peer.held_until = now + max(wait, SHORTEST_HOLD)
        return peer.held_until - now

    def allowance(self, peer: Peer) -> tuple[int, int]:
        """Return how many requests a peer may make in a second, and at once before that; 0 is any number."""
        if peer.source is None:
            return 0, 0
        return max(1, int(self.caps.rate / peer.source.price)), int(self.caps.burst / peer.source.price)

    def floods(self, peer: Peer, documents: int, now: float) -> bool:
        """Count what was refused. If it is too much to be a mistake, bar peer and user, and return True."""
        if peer.refused is None:
            peer.refused = self._bucket(FLOOD_SHARE)
        if not peer.refused.take(documents * (peer.source.price if peer.source else 1.0), now):
            return False
        peer.barred = True
        if peer.session:
            self.meter(peer.session.user).barred_until = now + BARRED_SECONDS
        return True

    def meter(self, user: User) -> UserBuckets:
        """Return a user's buckets."""
        if user.meter is None:
            user.meter = UserBuckets(self._bucket())
        return user.meter

    def forget(self, now: float) -> None:
        """Forget places at which nobody is and whose buckets are full again."""
        if now < self._forget_at:
            return
        self._forget_at = now + FORGET_SECONDS
        used = {peer.source for peer in self.peers}
        self.sources = {
            key: source for key, source in self.sources.items() if source in used or not source.is_full(now)
        }

    def _bucket(self, share: int = 1) -> Bucket:
        return Bucket((self.caps.rate or 1) * share, self.caps.burst * share)


# Caps, which commands declare. Each raises RequestRefused, with nothing changed but a bucket.


def cap_login(context: Context, request: Login) -> None:
    """Refuse a login if there is too much of something; taking up a session again is never too much."""
    peer, limits, now = context.peer, context.limits, context.now.elapsed
    earlier = context.state.sessions.get(request.session or "")
    if peer.session or (earlier is not None and earlier.identity == peer.identity):
        return
    user = context.state.users.get(parse_user(request.name.partition("~")[0]).key)
    source = _source_of_login(context, request)
    if source is not None and not source.cheap:
        if user is not None and peer.identity in user.keys:
            _wait(limits.meter(user).take(RareAction.LOGIN, limits.caps.logins, now), "you log in too often")
        else:
            wait = source.take(RareAction.LOGIN, limits.caps.logins, now)
            _wait(wait, "too many logins come from your address")
        if len(limits.peers) > limits.caps.sessions_per_address:
            sessions = sum(1 for other in limits.peers if other.source is source and other.session)
            cap_number(
                sessions, limits.caps.sessions_per_address, "sessions from your address", wait=CROWD_SECONDS
            )
    _cap_peers(context)
    if request.link is not None:
        return  # the name is nobody's: the code says whose device it is
    if user is None or context.rules.names == "shared":
        cap_number(len(context.state.users), limits.caps.users, "users here")
    else:
        if user.meter is not None:
            _wait(user.meter.barred_until - now, "you were put out for sending too much")
        connected = sum(1 for session in user.sessions.values() if session.peer)
        cap_number(connected, limits.caps.sessions_per_user, "sessions of yours", "; end one first")


def _source_of_login(context: Context, request: Login) -> AddressBuckets | None:
    """Return whose logins this one counts among: a gateway says where its users are."""
    state, peer = context.state, context.peer
    if request.on_behalf and request.address and has_role(state, bearer(state, peer.identity), "gateway"):
        return context.limits.source_of(request.address, vouched=True)
    return peer.source


def _cap_peers(context: Context) -> None:
    limits = context.limits
    crowded = 0 < limits.caps.peers < len(limits.peers)
    if crowded and not limits.alarmed:
        context.outbox.note(LogEvent.CROWDED, peers=len(limits.peers))
    limits.alarmed = crowded
    if crowded:
        text = "the broker has as many connections as it can hold; come back later"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text, retry_after=int(CROWD_SECONDS * 1000))


def cap_join(context: Context, request: Join) -> None:
    """Refuse to enter a room if that was done too often, or there are too many."""
    user, state, caps = context.user, context.state, context.limits.caps
    room = state.room(parse_room(request.room))
    if room is not None and user in room.members:
        return
    mine = sum(1 for conversation in user.conversations.values() if isinstance(conversation, Room))
    cap_number(mine, caps.rooms_per_user, "rooms you are in", "; leave one first")
    if room is None:
        cap_number(_rooms_opened(context), caps.rooms_per_user, "rooms that you are operator of")
        cap_number(sum(isinstance(c, Room) for c in state.conversations.values()), caps.rooms, "rooms here")
        _seldom(context, RareAction.OPEN, caps.openings, "you have opened too many rooms")
    _seldom(context, RareAction.JOIN, caps.joins, "you have joined too many rooms")


def _rooms_opened(context: Context) -> int:
    """Return how many rooms the user is operator of, also where they have left: they stay for good."""
    ranks = context.state.facts.of(Rank).values()
    return sum(rank.user == context.user.id and rank.role == Role.OPERATOR for rank in ranks)


def cap_topic(context: Context, request: Topic) -> None:
    """Refuse to set a topic if that was done too often."""
    if request.topic is not None:
        _seldom(context, RareAction.TOPIC, context.limits.caps.topics, "you have set too many topics")


def cap_change(context: Context, _request: object) -> None:
    """Refuse to change what is kept for good if that was done too often."""
    _seldom(context, RareAction.CHANGE, context.limits.caps.changes, "you have changed too much at once")


def _seldom(context: Context, what: RareAction, a_minute: int, text: str) -> None:
    if context.peer.source is not None and not context.peer.source.cheap:
        _wait(context.limits.meter(context.user).take(what, a_minute, context.now.elapsed), text)


def _wait(seconds: float, text: str) -> None:
    if seconds > 0:
        raise too_many(seconds, text)


def cap_number(count: int, most: int, what: str, advice: str = "", wait: float = 0.0) -> None:
    """Raise RequestRefused if there are as many of something as may be; `wait` is in seconds."""
    if count >= most:
        text = f"there are {most:,} {what}, and no more may be{advice}"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text, retry_after=int(wait * 1000))


def too_many(seconds: float, text: str) -> RequestRefused:
    """Return the refusal of what may be asked for again in some seconds."""
    milliseconds = int(seconds * 1000) + 1
    return RequestRefused(
        ErrorCode.TOO_MANY_REQUESTS, f"{text}; wait {seconds:.1f} s", retry_after=milliseconds
    )
