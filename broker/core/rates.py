"""How fast somebody may ask for something: who draws on which token buckets, before JSON is parsed."""

from __future__ import annotations

from collections.abc import Iterable

from broker.core.limits.addresses import INPROC, is_local, source
from broker.core.limits.buckets import AddressBuckets, Bucket, UserBuckets
from broker.core.memory.model import Peer, User
from broker.core.settings import Caps
from messages.errors import ErrorCode, RequestRefused

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

FORGET_SECONDS = 10.0
"""How often places are forgotten at which nobody is: to find out where all are takes a while."""

PEERS_PER_FILE_LIMIT = 0.8
"""Newcomers are refused when this share of the file descriptors there may be is used by peers."""


class RateLimiter:
    """The buckets of addresses and users, and which of them a peer draws on."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self.sources: dict[str, AddressBuckets] = {}
        self.alarmed = False
        """Whether the log was told that there are too many connections."""
        self._forget_at = 0.0

    def place(self, peer: Peer) -> None:
        """Have a peer draw on the buckets of its place; what it has in hand is void."""
        uid = None if peer.vouched else peer.uid
        peer.source = self.source_of(peer.location, uid, vouched=peer.vouched)
        peer.credit = float("inf") if peer.source is None else 0.0

    def source_of(
        self, location: str, uid: int | None = None, *, vouched: bool = False
    ) -> AddressBuckets | None:
        """Return the buckets of all who are at a place; None where there are no rates.

        Whom a gateway vouches for has the rates of other machines, wherever it says that they are.
        """
        if not self.caps.rate or (location == INPROC and not vouched):
            return None
        cheap = is_local(location, uid) and not self.caps.local and not vouched
        key = f"{source(location, uid)}{' by a gateway' if vouched else ''}"
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
            self.buckets_of(peer.session.user).barred_until = now + BARRED_SECONDS
        return True

    def buckets_of(self, user: User) -> UserBuckets:
        """Return a user's buckets."""
        if user.buckets is None:
            user.buckets = UserBuckets(self._bucket())
        return user.buckets

    def forget(self, now: float, peers: Iterable[Peer]) -> None:
        """Forget addresses from which none of the peers connects and whose buckets are full again."""
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
    """Return the refusal of what may be asked for again in some seconds."""
    milliseconds = int(seconds * 1000) + 1
    return RequestRefused(
        ErrorCode.TOO_MANY_REQUESTS, f"{text}; wait {seconds:.1f} s", retry_after=milliseconds
    )
