"""How many handshakes an address may finish in a second.

ZeroMQ's ROUTER gives each peer that finishes a handshake the next of 2^32 routing ids, and aborts if another
peer has chosen that id for itself. Few finished handshakes mean few chosen ids and few given ones: see
docs/security.md.
"""

from __future__ import annotations

from broker.core.limits.addresses import is_local, source
from broker.core.limits.buckets import Bucket

RATE, BURST = 20.0, 1_024.0
"""Handshakes a second from an address, and at once before that: all sessions of an address may come back."""

UNBOUND_RATE, UNBOUND_BURST = 2.0, 256.0
"""The same for keys that no user is bound to."""

_MOST_ADDRESSES = 10_000


class HandshakeRates:
    """Counts the finished handshakes of each address; those of this machine only if `local`."""

    def __init__(self, *, enabled: bool = True, local: bool = False) -> None:
        self._enabled = enabled
        self._local = local
        self._buckets: dict[str, tuple[Bucket, Bucket]] = {}

    def allows(self, address: str, now: float, *, bound: bool) -> bool:
        """Count a handshake at `now` (monotonic seconds) if it may be finished, and return whether it may.

        `bound` tells whether the key belongs to a user.
        """
        if not self._enabled or (not self._local and is_local(address)):
            return True
        of_all, of_unbound = self._of(source(address), now)
        return not (of_all.take(1, now) or (not bound and of_unbound.take(1, now)))

    def _of(self, place: str, now: float) -> tuple[Bucket, Bucket]:
        found = self._buckets.get(place)
        if found is None:
            if len(self._buckets) >= _MOST_ADDRESSES:
                self._forget(now)
            found = self._buckets[place] = Bucket(RATE, BURST), Bucket(UNBOUND_RATE, UNBOUND_BURST)
        return found

    def _forget(self, now: float) -> None:
        """Forget the addresses that have all their tokens back, or all addresses if none has."""
        self._buckets = {
            place: buckets
            for place, buckets in self._buckets.items()
            if not all(bucket.is_full(now) for bucket in buckets)
        }
        if len(self._buckets) >= _MOST_ADDRESSES:
            self._buckets.clear()
