"""How much anybody may ask for: rates before JSON is parsed, and caps on what there may be of a thing."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broker.core.buckets import Bucket, Meter, Origin, Rare
from broker.core.model import Peer, Room, User
from broker.core.outbox import Fact
from messages.errors import ErrorCode, RequestRefused
from messages.names import parse_room, parse_user
from messages.requests import Join, Login, Topic

if TYPE_CHECKING:
    from broker.core.context import Context

ADDRESS_SHARE = 10
"""All who come from one address may together ask for so many times as much as one user."""

FLOOD_SHARE = 4
"""Who is refused more than so many times what a user may ask for is put out."""

BARRED_SECONDS = 60.0
"""For how long a user who was put out for flooding is not let in again."""

LIGHT = 0.1
"""Tokens that a confirm or a ping costs."""

TOKEN_BYTES_SHIFT = 10
"""A document costs one token, but no frame fewer than one for each 1,024 bytes."""

SHORTEST_HOLD = 0.25
"""Seconds for which a peer is held off at least: longer than what it sent meanwhile is on its way, so that
nothing is taken before what was refused is sent again."""

ALL_BUT = 0.8
"""Newcomers are refused when this share of the file descriptors there may be is used by peers."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The operator's figures. Rates are per user; `rate` 0 means none. Local peers have no rates."""

    rate: float = 200.0
    """Requests a second, or KiB a second if that is more."""
    burst: int = 1_000
    """Requests that may come at once before that."""
    local: bool = False
    """Whether rates hold for loopback and ipc too."""
    users: int = 100_000
    rooms: int = 10_000
    rooms_per_user: int = 500
    sessions_per_user: int = 16
    sessions_per_address: int = 512
    logins: int = 600
    """A minute and address; taking a session up again is none."""
    joins: int = 120
    """A minute and user, as those that follow."""
    openings: int = 20
    topics: int = 20
    peers: int = 0
    """Connections with which newcomers are refused; 0: any number."""


class Limits:
    """The buckets of addresses, and which of them a peer draws on. `peers` are those connected."""

    def __init__(self, caps: Caps, peers: Mapping[Peer, None]) -> None:
        self.caps = caps
        self.peers = peers
        self.origins: dict[str, Origin] = {}
        self.alarmed = False
        """Whether the log was told that there are too many connections."""

    def place(self, peer: Peer) -> None:
        """Find out which address a new peer shares its bucket with. Local peers have none."""
        if not self.caps.rate:
            return
        key = origin_of(peer.address, local=self.caps.local)
        if key is not None:
            peer.origin = self.origins.get(key)
            if peer.origin is None:
                peer.origin = self.origins[key] = Origin(self._bucket(ADDRESS_SHARE), self._bucket())

    def admit(self, peer: Peer, documents: int, size: int, now: float) -> float:
        """Return 0.0 if a frame may be handled, or the seconds after which it may come again."""
        origin = peer.origin
        if origin is None:
            return 0.0
        if now < peer.held_until:
            return peer.held_until - now
        cost = size >> TOKEN_BYTES_SHIFT
        cost = max(cost, documents)
        session = peer.session
        if session is None:
            own = origin.strangers
        else:
            own = (session.user.meter or self.meter(session.user)).requests
        # What Bucket.take does, for both buckets or neither, without a call: it is done for each frame.
        shared = origin.requests
        own_full = (own.full_at if own.full_at > now else now) + cost * own.interval
        all_full = (shared.full_at if shared.full_at > now else now) + cost * shared.interval
        if own_full - now <= own.span and all_full - now <= shared.span:
            own.full_at, shared.full_at = own_full, all_full
            return 0.0
        wait = max(own_full - own.span, all_full - shared.span) - now
        peer.held_until = now + max(wait, SHORTEST_HOLD)
        return peer.held_until - now

    def give_back(self, peer: Peer) -> None:
        """Take a request as a light one, which it has turned out to be."""
        if peer.origin is not None:
            own = self.meter(peer.session.user).requests if peer.session else peer.origin.strangers
            own.give(1 - LIGHT)
            peer.origin.requests.give(1 - LIGHT)

    def floods(self, peer: Peer, documents: int, now: float) -> bool:
        """Count what was refused, and return whether it is too much to be a mistake."""
        if peer.refused is None:
            peer.refused = self._bucket(FLOOD_SHARE)
        return peer.refused.take(documents, now) > 0

    def meter(self, user: User) -> Meter:
        """Return a user's buckets."""
        if user.meter is None:
            user.meter = Meter(self._bucket())
        return user.meter

    def forget(self, now: float) -> None:
        """Forget addresses from which nobody is connected and whose buckets are full again."""
        used = {peer.origin for peer in self.peers}
        self.origins = {
            key: origin for key, origin in self.origins.items() if origin in used or not origin.is_full(now)
        }

    def _bucket(self, share: int = 1) -> Bucket:
        return Bucket((self.caps.rate or 1) * share, self.caps.burst * share)


def origin_of(address: str, *, local: bool) -> str | None:
    """Return by what an address is counted: an IPv6 network of 64 bits, an IPv4 address, a local user.

    None if it has no limits: over inproc, and if not `local` over ipc and loopback.
    """
    if address == "inproc":
        return None
    if address.startswith("localhost:"):
        return ":".join(address.split(":")[:2]) if local else None
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.is_loopback and not local:
        return None
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))


# Caps, which commands declare. Each raises RequestRefused, with nothing changed but a bucket.


def cap_login(context: Context, request: Login) -> None:
    """Refuse a login if there is too much of something; taking up a session again is never too much."""
    peer, limits, now = context.peer, context.limits, context.now.elapsed
    earlier = context.state.sessions.get(request.session or "")
    if peer.session or (earlier is not None and earlier.identity == peer.identity):
        return
    if peer.origin is not None:
        wait = peer.origin.take(Rare.LOGIN, limits.caps.logins, now)
        _wait(wait, "too many logins come from your address")
        same = (other for other in limits.peers if other.origin is peer.origin and other.session)
        if len(limits.peers) > limits.caps.sessions_per_address:
            _cap(sum(1 for _ in same), limits.caps.sessions_per_address, "sessions from your address")
    _cap_peers(context)
    user = context.state.users.get(parse_user(request.name.partition("~")[0]).key)
    if user is None or context.rules.names == "shared":
        _cap(len(context.state.users), limits.caps.users, "users here")
    else:
        if user.meter is not None:
            _wait(user.meter.barred_until - now, "you were put out for sending too much")
        connected = sum(1 for session in user.sessions.values() if session.peer)
        _cap(connected, limits.caps.sessions_per_user, "sessions of yours")


def _cap_peers(context: Context) -> None:
    limits = context.limits
    crowded = 0 < limits.caps.peers < len(limits.peers)
    if crowded and not limits.alarmed:
        context.outbox.note(Fact.CROWDED, peers=len(limits.peers))
    limits.alarmed = crowded
    if crowded:
        raise RequestRefused(
            ErrorCode.LIMIT_REACHED, "the broker has as many connections as it can hold; come back later"
        )


def cap_join(context: Context, request: Join) -> None:
    """Refuse to enter a room if that was done too often, or there are too many."""
    user, state, caps = context.user, context.state, context.limits.caps
    room = state.room(parse_room(request.room))
    if room is not None and user in room.members:
        return
    mine = sum(1 for conversation in user.conversations.values() if isinstance(conversation, Room))
    _cap(mine, caps.rooms_per_user, "rooms you are in", "; leave one first")
    if room is None:
        _cap(sum(isinstance(c, Room) for c in state.conversations.values()), caps.rooms, "rooms here")
        _seldom(context, Rare.OPEN, caps.openings, "you have opened too many rooms")
    _seldom(context, Rare.JOIN, caps.joins, "you have joined too many rooms")


def cap_topic(context: Context, request: Topic) -> None:
    """Refuse to set a topic if that was done too often."""
    if request.topic is not None:
        _seldom(context, Rare.TOPIC, context.limits.caps.topics, "you have set too many topics")


def _seldom(context: Context, what: Rare, a_minute: int, text: str) -> None:
    if context.peer.origin is not None:
        _wait(context.limits.meter(context.user).take(what, a_minute, context.now.elapsed), text)


def _wait(seconds: float, text: str) -> None:
    if seconds > 0:
        raise too_many(seconds, text)


def _cap(count: int, most: int, what: str, advice: str = "") -> None:
    if count >= most:
        text = f"there are {most:,} {what}, and no more may be{advice}"
        raise RequestRefused(ErrorCode.LIMIT_REACHED, text)


def too_many(seconds: float, text: str) -> RequestRefused:
    """Return the refusal of what may be asked for again in some seconds."""
    milliseconds = int(seconds * 1000) + 1
    return RequestRefused(
        ErrorCode.TOO_MANY_REQUESTS, f"{text}; wait {seconds:.1f} s", retry_after=milliseconds
    )
