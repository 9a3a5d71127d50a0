"""Token buckets: how much somebody may still ask for now, and when again. Times are monotonic seconds."""

from __future__ import annotations

from enum import StrEnum


class Bucket:
    """Holds up to `burst` tokens and is full at first; `rate` tokens a second flow in.

    It is kept as the time `full_at` at which it will be full, a token being `interval` seconds of that and
    all of them `span`.
    """

    __slots__ = ("full_at", "interval", "span")

    def __init__(self, rate: float, burst: float) -> None:
        self.interval = 1 / rate
        self.span = burst / rate
        self.full_at = float("-inf")

    def wait(self, tokens: float, now: float) -> float:
        """Return in how many seconds there are so many tokens; 0.0 if there are now."""
        return max(0.0, max(self.full_at, now) + tokens * self.interval - now - self.span)

    def take(self, tokens: float, now: float) -> float:
        """Take tokens and return 0.0, or take none and return in how many seconds there are enough."""
        wait = self.wait(tokens, now)
        if not wait:
            self.full_at = max(self.full_at, now) + tokens * self.interval
        return wait

    def refund(self, tokens: float) -> None:
        """Put tokens back that were taken for nothing."""
        self.full_at -= tokens * self.interval

    def is_full(self, now: float) -> bool:
        """Whether it is as if nothing was ever taken."""
        return self.full_at <= now


class RareAction(StrEnum):
    """What may be done only so many times a minute."""

    LOGIN = "logins"
    JOIN = "joins"
    OPEN = "openings"
    TOPIC = "topics"
    CHANGE = "changes"


class UserBuckets:
    """The buckets of one user, or of one source: `requests`, and those of what is rare, made when needed."""

    __slots__ = ("_rare", "barred_until", "requests")

    def __init__(self, requests: Bucket) -> None:
        self.requests = requests
        self.barred_until = float("-inf")
        self._rare: dict[RareAction, Bucket] = {}

    def take(self, what: RareAction, a_minute: int, now: float) -> float:
        """Do something rare and return 0.0, or return in how many seconds it may be done."""
        bucket = self._rare.get(what)
        if bucket is None:
            bucket = self._rare[what] = Bucket(a_minute / 60, a_minute)
        return bucket.take(1, now)

    def is_full(self, now: float) -> bool:
        """Whether it is as good as a new one."""
        return self.requests.is_full(now) and all(bucket.is_full(now) for bucket in self._rare.values())


class AddressBuckets(UserBuckets):
    """The buckets of one source: of all who connect from there, and of those of them not logged in.

    At its `price` what costs a token is sold to them. What is rare is limited only for the full price.
    """

    __slots__ = ("anonymous", "price")

    def __init__(self, requests: Bucket, anonymous: Bucket, price: float = 1.0) -> None:
        super().__init__(requests)
        self.anonymous = anonymous
        self.price = price

    @property
    def cheap(self) -> bool:
        """Whether those who come from there pay less than others."""
        return self.price < 1.0

    def is_full(self, now: float) -> bool:
        """Whether it is as good as a new one."""
        return super().is_full(now) and self.anonymous.is_full(now)
