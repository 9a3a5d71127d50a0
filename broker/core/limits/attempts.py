"""Login attempts that failed, and codes that link devices. Both are kept in memory only."""

from __future__ import annotations

import hashlib
import hmac
from collections import deque

LINK_SECONDS = 600
"""How long the code of a link is good."""

LINK_TRIES = 5
"""Wrong codes that an address may try in a minute."""

HASHES_A_SECOND = 5
"""Passwords that are hashed in a second for anybody to log in, and as many to be set: who sets one again and
again keeps nobody out."""

TABLES = 5
"""Tables of connections that are printed in ten seconds, whoever asks for them: each looks at everyone."""
HASHES_OF_ONE = 10
"""Passwords that are hashed in a minute for one user, so that nobody can use up what there is for all."""

_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_CHARACTERS = 8
_MOST_REMEMBERED = 10_000
_LONGEST_PAUSE = 900.0
_FORGIVEN_AFTER = 3_600.0


class SlidingWindow:
    """Allows each key so many times within so many seconds. `now` is monotonic seconds."""

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
        """Take note that it has happened once more."""
        times = self._times.pop(key, None) or deque(maxlen=self._most)
        times.append(now)
        self._times[key] = times  # at the end: the first is the one that was counted longest ago
        if len(self._times) > _MOST_REMEMBERED:
            del self._times[next(iter(self._times))]


class Backoff:
    """Makes each key wait after a wrong try: a second, then twice as long each time, up to 15 minutes."""

    def __init__(self) -> None:
        self._failures: dict[str, tuple[int, float]] = {}

    def wait(self, key: str, now: float) -> float:
        """Return for how many seconds this key has to wait; 0 if it does not."""
        count, at = self._failures.get(key, (0, now))
        return max(0.0, at + min(2.0 ** (min(count, 20) - 1), _LONGEST_PAUSE) - now) if count else 0.0

    def failed(self, key: str, now: float) -> None:
        """Take note of a wrong try. After an hour without one it begins anew."""
        count, at = self._failures.pop(key, (0, now))
        self._failures[key] = (1 if now - at > _FORGIVEN_AFTER else count + 1, now)
        if len(self._failures) > _MOST_REMEMBERED:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, key: str) -> None:
        """Take note of a right try: what was wrong before is forgiven."""
        self._failures.pop(key, None)


class LoginAttempts:
    """Codes by user, each with its deadline (monotonic seconds), and what was tried in vain."""

    def __init__(self) -> None:
        self.codes: dict[int, tuple[str, float]] = {}
        self.links = SlidingWindow(LINK_TRIES, 60.0)
        self.passwords = Backoff()
        self.hashes = SlidingWindow(HASHES_A_SECOND, 1.0)
        self.tables = SlidingWindow(TABLES, 10.0)
        self.hashes_of_one = SlidingWindow(HASHES_OF_ONE, 60.0)

    def expire(self, now: float) -> None:
        """Forget the codes whose time is over."""
        for user in [user for user, (_, deadline) in self.codes.items() if deadline <= now]:
            del self.codes[user]

    def user_of(self, code: str, now: float) -> int | None:
        """Return the id of the user whose code this is. It takes as long for a wrong one."""
        typed = code.upper().replace("-", "").replace(" ", "").encode()
        found = None
        for user, (right, deadline) in self.codes.items():
            if hmac.compare_digest(right.encode(), typed) and deadline > now:
                found = user
        return found


def link_code(token: str) -> str:
    """Return a code of 8 characters, none of which looks like another, made of a secret nobody can guess."""
    number = int.from_bytes(hashlib.blake2b(token.encode(), digest_size=16, person=b"chat-link").digest())
    code = ""
    for _ in range(_CODE_CHARACTERS):
        number, index = divmod(number, len(_CODE_ALPHABET))
        code += _CODE_ALPHABET[index]
    return code
