"""Rate limits: which token buckets a peer draws on. They are applied before JSON is parsed."""

from __future__ import annotations

from collections.abc import Iterable

from broker.core.limits.addresses import INPROC, is_local, source
from broker.core.limits.buckets import AddressBuckets, Bucket, UserBuckets
from broker.core.memory.model import Peer, User
from broker.core.settings import Caps
from messages.errors import ErrorCode, RequestRefused

ADDRESS_SHARE = 10
"""The rate of an address, as a multiple of a user's rate."""

FLOOD_SHARE = 4
"""The rate of refused requests at which a peer is disconnected, as a multiple of a user's rate."""

LOCAL_PRICE = 0.1
"""The price of a token for peers on the broker's machine, unless they have the same limits as others."""

BARRED_SECONDS = 60.0
"""For how long a user who was disconnected for flooding cannot log in."""

LIGHT_COST = 0.1
"""The cost of a confirm or a ping, in tokens."""

TOKEN_BYTES_SHIFT = 10
"""A document costs one token. A frame costs at least one token for each 1,024 bytes."""

SHORTEST_HOLD = 0.25
"""The least time in seconds for which a peer is refused. It is longer than a frame takes to arrive, so no
later frame is accepted before the refused one is sent again."""

PREPAID_TOKENS = 32.0
"""Tokens that a user's peer buys in advance, so that its next frames need no look at the buckets."""

FORGET_SECONDS = 10.0
"""The interval in which unused addresses are forgotten. Finding the used ones takes a while."""

PEERS_PER_FILE_LIMIT = 0.8
"""The share of the file descriptor limit that peers may use. Beyond it, new logins are refused."""


class RateLimiter:
    """The token buckets of addresses and users."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.sources: dict[str, AddressBuckets] = {}
        self.alarmed = False
        """Whether it was logged that there are too many connections."""
        self._forget_at = 0.0

    def reload(self, caps: Caps, peers: Iterable[Peer], users: Iterable[User]) -> None:
        """Take over other limits. All buckets are full again, but users who are barred stay barred."""
        self.caps = caps
        self.sources.clear()
        for user in users:
            if user.buckets is not None:
                barred_until, user.buckets = user.buckets.barred_until, None
                self.buckets_of(user).barred_until = barred_until
        for peer in peers:
            peer.refused = None
            self.assign_buckets(peer)

    def assign_buckets(self, peer: Peer) -> None:
        """Let a peer draw on the buckets of its address. It loses the tokens it has bought in advance."""
        uid, gateway = (None, peer.identity) if peer.vouched else (peer.uid, None)
        peer.source = None if peer.admin else self.source_of(peer.location, uid, gateway=gateway)
        peer.credit = float("inf") if peer.source is None else 0.0

    def source_of(
        self, location: str, uid: int | None = None, *, gateway: str | None = None
    ) -> AddressBuckets | None:
        """Return the buckets of an address, or None if it has no limits.

        A user of a gateway has the limits of another machine, whichever address the gateway gives. They are
        shared with nobody else, as a false address would use up the limits of somebody who is there.
        """
        if not self.caps.rate or (location == INPROC and gateway is None):
            return None
        cheap = is_local(location, uid) and not self.caps.local and gateway is None
        key = source(location, uid) if gateway is None else f"{source(location, uid)} by {gateway}"
        if key not in self.sources:
            price = LOCAL_PRICE if cheap else 1.0
            self.sources[key] = AddressBuckets(self._bucket(ADDRESS_SHARE), self._bucket(), price)
        return self.sources[key]

    def buy(self, peer: Peer, cost: float, now: float) -> float:
        """Buy the tokens for a frame. Return 0.0 if it may be handled, else in how many seconds it may.

        The peer's unused tokens are refunded first. For a user, more tokens are bought in advance if there
        are enough, so that most frames are paid for without this call.
        """
        source, held = peer.source, peer.credit + cost
        peer.credit = 0.0
        if source is None or now < peer.held_until:
            return peer.held_until - now if source else 0.0
        own = self.buckets_of(peer.session.user).requests if peer.session else source.anonymous
        price, wait = source.price, 0.0
        own.refund(held * price)
        source.requests.refund(held * price)
        for tokens in (cost + PREPAID_TOKENS, cost) if peer.session else (cost,):
            wait = max(own.wait(tokens * price, now), source.requests.wait(tokens * price, now))
            if not wait:
                own.take(tokens * price, now)
                source.requests.take(tokens * price, now)
                peer.credit = tokens - cost
                return 0.0
        peer.held_until = now + max(wait, SHORTEST_HOLD)
        return peer.held_until - now

    def charge(self, peer: Peer, tokens: float, now: float) -> None:
        """Take tokens for work that a user has caused. If there are too few, the user's next frames wait."""
        if peer.source is None or peer.session is None:
            return
        for bucket in (self.buckets_of(peer.session.user).requests, peer.source.requests):
            bucket.charge(tokens * peer.source.price, now)

    def allowance(self, peer: Peer) -> tuple[int, int]:
        """Return the requests that a peer may make in a second, and at once; 0 means no limit."""
        if peer.source is None:
            return 0, 0
        return max(1, int(self.caps.rate / peer.source.price)), int(self.caps.burst / peer.source.price)

    def floods(self, peer: Peer, documents: int, now: float) -> bool:
        """Count refused documents. If there are too many, bar the peer and its user, and return True."""
        if peer.refused is None:
            peer.refused = self._bucket(FLOOD_SHARE)
        if not peer.refused.take(documents * (peer.source.price if peer.source else 1.0), now):
            return False
        peer.barred = True
        if peer.session:
            self.buckets_of(peer.session.user).barred_until = now + BARRED_SECONDS
        return True

    def buckets_of(self, user: User) -> UserBuckets:
        """Return a user's buckets."""
        if user.buckets is None:
            user.buckets = UserBuckets(self._bucket())
        return user.buckets

    def forget(self, now: float, peers: Iterable[Peer]) -> None:
        """Forget addresses that no peer has and whose buckets are full again."""
        if now < self._forget_at:
            return
        self._forget_at = now + FORGET_SECONDS
        used = {peer.source for peer in peers}
        self.sources = {
            key: source for key, source in self.sources.items() if source in used or not source.is_full(now)
        }

    def _bucket(self, share: int = 1) -> Bucket:
        return Bucket((self.caps.rate or 1) * share, self.caps.burst * share)


def too_many(seconds: float, text: str) -> RequestRefused:
    """Return the refusal of a request that may be sent again in some seconds."""
    milliseconds = int(seconds * 1000) + 1
    return RequestRefused(
        ErrorCode.TOO_MANY_REQUESTS, f"{text}; wait {seconds:.1f} s", retry_after=milliseconds
    )
