"""Failed login attempts, and codes that link devices. Both are in memory only."""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

LINK_SECONDS = 600
"""How long a link code is valid."""

LINK_TRIES = 5
"""Wrong codes that an address may try in a minute."""

HASHES_A_SECOND = 5
"""Passwords that are hashed in a second for all logins; the limit for setting passwords is separate, so that
setting them again and again locks nobody out."""

TABLES = 5
"""Tables of connections that are printed in ten seconds for all users: each table lists all sessions."""

HASHES_OF_ONE = 10
"""Passwords that are hashed in a minute for one user, so that one user cannot use up the limit of all."""

HASHES_AT_ADDRESS = 60
"""Passwords that are hashed in a minute for logins at one address, which could have many users of its own."""

_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_CHARACTERS = 8
_MOST_REMEMBERED = 10_000
_LONGEST_PAUSE = 900.0
_FORGIVEN_AFTER = 3_600.0


class SlidingWindow:
    """Allows each key `most` attempts within `seconds`. `now` is monotonic seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: dict[str, deque[float]] = {}

    def wait(self, key: str, now: float) -> float:
        """Return for how many seconds this key has to wait; 0 if it does not."""
        times = self._times.get(key, ())
        recent = [at for at in times if now - at < self._seconds]
        return recent[0] + self._seconds - now if len(recent) >= self._most else 0.0

    def count(self, key: str, now: float) -> None:
        """Count an attempt."""
        times = self._times.pop(key, None) or deque(maxlen=self._most)
        times.append(now)
        self._times[key] = times  # the first key is the one counted longest ago
        if len(self._times) > _MOST_REMEMBERED:
            del self._times[next(iter(self._times))]


_Key = TypeVar("_Key", bound=Hashable)


class Backoff(Generic[_Key]):
    """Exponential backoff: each key waits a second after a failure, then twice as long, up to 15 minutes.

    At most `most` keys are remembered. If there are more, the half with the fewest failures is forgotten, so
    that keys that failed once push out none that failed often. Without `most` nothing is ever pushed out: the
    caller must bound the number of keys.
    """

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._failures: dict[_Key, tuple[int, float]] = {}

    def wait(self, key: _Key, now: float) -> float:
        """Return for how many seconds this key has to wait; 0 if it does not."""
        count, at = self._failures.get(key, (0, now))
        return max(0.0, at + min(2.0 ** (min(count, 20) - 1), _LONGEST_PAUSE) - now) if count else 0.0

    def failed(self, key: _Key, now: float) -> None:
        """Count a failure. After an hour without one the count starts again."""
        count, at = self._failures.pop(key, (0, now))
        count = 1 if now - at > _FORGIVEN_AFTER else count + 1
        self._failures[key] = count, now  # the latest is last
        if self._most is not None and len(self._failures) > self._most:
            least = sorted(self._failures, key=lambda one: self._failures[one])
            for one in least[: len(least) // 2]:
                del self._failures[one]

    def expire(self, now: float) -> None:
        """Forget the keys that had no failure for an hour."""
        while self._failures and now - next(iter(self._failures.values()))[1] > _FORGIVEN_AFTER:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, key: _Key) -> None:
        """Reset the count after a success."""
        self._failures.pop(key, None)


class LoginAttempts:
    """Codes by user, each with its deadline (monotonic seconds), and the attempts.

    `codes` bind a key; `browser_codes` let a gateway log in for the user.

    Wrong passwords count for the id of the user who has one, else for the name, and for the address. The
    first are at most as many as there are passwords, so a flood of other names or addresses pushes out none.
    """

    def __init__(self) -> None:
        self.codes: dict[int, tuple[str, float]] = {}
        self.browser_codes: dict[int, tuple[str, float]] = {}
        self.links = SlidingWindow(LINK_TRIES, 60.0)
        self.passwords = Backoff[int]()
        self.names = Backoff[str](_MOST_REMEMBERED)
        self.addresses = Backoff[str](_MOST_REMEMBERED)
        self.hashes = SlidingWindow(HASHES_A_SECOND, 1.0)
        self.tables = SlidingWindow(TABLES, 10.0)
        self.hashes_of_one = SlidingWindow(HASHES_OF_ONE, 60.0)
        self.hashes_at = SlidingWindow(HASHES_AT_ADDRESS, 60.0)

    def expire(self, now: float) -> None:
        """Forget the expired codes and the failures that are long ago."""
        for attempts in (self.passwords, self.names, self.addresses):
            attempts.expire(now)
        for codes in (self.codes, self.browser_codes):
            for user in [user for user, (_, deadline) in codes.items() if deadline <= now]:
                del codes[user]

    def user_of(self, code: str, now: float, *, browser: bool = False) -> int | None:
        """Return the id of the user with this code, in constant time."""
        typed = code.upper().replace("-", "").replace(" ", "").encode()
        found = None
        for user, (expected, deadline) in (self.browser_codes if browser else self.codes).items():
            if hmac.compare_digest(expected.encode(), typed) and deadline > now:
                found = user
        return found


def link_code(token: str) -> str:
    """Return a code of 8 characters that do not look alike, derived from a secret token."""
    number = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=16, person=b"chat-link").digest())
    code = ""
    for _ in range(_CODE_CHARACTERS):
        number, index = divmod(number, len(_CODE_ALPHABET))
        code += _CODE_ALPHABET[index]
    return code
