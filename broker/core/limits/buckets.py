"""Token buckets. Times are monotonic seconds."""

from __future__ import annotations

from enum import StrEnum


class Bucket:
    """Holds up to `burst` tokens, and is full at first; `rate` tokens a second flow in.

    Its state is the time `full_at` at which it will be full. A token takes `interval` seconds to flow in, a
    whole bucket `span`.
    """

    __slots__ = ("full_at", "interval", "span")

    def __init__(self, rate: float, burst: float) -> None:
        self.interval = 1 / rate
        self.span = burst / rate
        self.full_at = float("-inf")

    def wait(self, tokens: float, now: float) -> float:
        """Return in how many seconds the bucket has this many tokens; 0.0 if it has them now."""
        return max(0.0, max(self.full_at, now) + tokens * self.interval - now - self.span)

    def take(self, tokens: float, now: float) -> float:
        """Take tokens and return 0.0; or take none and return in how many seconds there are enough."""
        wait = self.wait(tokens, now)
        if not wait:
            self.full_at = max(self.full_at, now) + tokens * self.interval
        return wait

    def charge(self, tokens: float, now: float) -> None:
        """Take tokens even if there are too few. They are missing until as many have flowed in."""
        self.full_at = max(self.full_at, now) + tokens * self.interval

    def refund(self, tokens: float) -> None:
        """Put unused tokens back."""
        self.full_at -= tokens * self.interval

    def is_full(self, now: float) -> bool:
        """Return whether the bucket is full."""
        return self.full_at <= now


class RareAction(StrEnum):
    """Actions that are limited per minute, or in another time."""

    LOGIN = "logins"
    JOIN = "joins"
    OPEN = "openings"
    TOPIC = "topics"
    CHANGE = "changes"
    SIGN_UP = "sign-ups"


class UserBuckets:
    """The buckets of one user or source: `requests`, and one for each rare action, made on first use."""

    __slots__ = ("_rare", "barred_until", "requests")

    def __init__(self, requests: Bucket) -> None:
        self.requests = requests
        self.barred_until = float("-inf")
        self._rare: dict[RareAction, Bucket] = {}

    def take(self, what: RareAction, most: int, now: float, seconds: float = 60.0) -> float:
        """Take a token for a rare action and return 0.0, or return in how many seconds it is allowed.

        It is allowed `most` times in so many `seconds`.
        """
        bucket = self._rare.get(what)
        if bucket is None:
            bucket = self._rare[what] = Bucket(most / seconds, most)
        return bucket.take(1, now)

    def is_full(self, now: float) -> bool:
        """Return whether all buckets are full."""
        return self.requests.is_full(now) and all(bucket.is_full(now) for bucket in self._rare.values())


class AddressBuckets(UserBuckets):
    """The buckets of one source: `requests` of all its peers, `anonymous` for those that are not logged in.

    A token costs its peers `price`. Rare actions are limited only if the price is full.
    """

    __slots__ = ("anonymous", "price")

    def __init__(self, requests: Bucket, anonymous: Bucket, price: float = 1.0) -> None:
        super().__init__(requests)
        self.anonymous = anonymous
        self.price = price

    @property
    def cheap(self) -> bool:
        """Whether its peers pay less than others."""
        return self.price < 1.0

    def is_full(self, now: float) -> bool:
        """Return whether all buckets are full."""
        return super().is_full(now) and self.anonymous.is_full(now)
