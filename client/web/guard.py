"""What is checked before anything else: where a request comes from, and how often."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Container, Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from messages.moderation import check_network

_MOST_ADDRESSES = 10_000


class Rate:
    """Allows `burst` at once for each key, and one more each `seconds`."""

    def __init__(self, burst: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._seconds, self._clock = burst, seconds, clock
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Spend one; return 0.0, or in how many seconds there is one again."""
        now = self._clock()
        spent, at = self._spent.pop(key, (0.0, now))
        spent = max(spent - (now - at) / self._seconds, 0.0)
        allowed = spent + 1 <= self._burst
        self._spent[key] = (spent + 1 if allowed else spent), now
        if len(self._spent) > _MOST_ADDRESSES:
            self._spent.popitem(last=False)
        return 0.0 if allowed else (spent + 1 - self._burst) * self._seconds


class Places:
    """Bounds what goes on at the same time: of each key, and in all."""

    def __init__(self, of_key: int, in_all: int) -> None:
        self._of_key, self._in_all = of_key, in_all
        self._taken: Counter[str] = Counter()

    def take(self, key: str) -> Callable[[], None] | None:
        """Take a place, and return what gives it back; None if there is none."""
        if self._taken[key] >= self._of_key or self._taken.total() >= self._in_all:
            return None
        self._taken[key] += 1
        return lambda: self._leave(key)

    def _leave(self, key: str) -> None:
        self._taken[key] -= 1
        if not self._taken[key]:
            del self._taken[key]


class Proxies:
    """Addresses and networks of proxies whose word counts. An address is `in` it if it is one of theirs."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        """Raise ValueError if one is neither an address nor a network."""
        self._named = frozenset(ip_network(one) for one in named)

    def __contains__(self, address: object) -> bool:
        found = _plain(str(address))
        return bool(found) and any(ip_address(found) in network for network in self._named)

    def __bool__(self) -> bool:
        return bool(self._named)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxies) and self._named == other._named

    def __hash__(self) -> int:
        return hash(self._named)


def address_of(connection: HTTPConnection, proxies: Container[str]) -> str:
    """Return the IP address of the person: the peer's, or what a named proxy says.

    Of `X-Forwarded-For` the last address counts that is not a named proxy's: what stands before it, anybody
    can have written.
    """
    peer = _plain(connection.client.host if connection.client else "") or "127.0.0.1"
    if peer not in proxies:
        return peer
    for told in reversed(",".join(connection.headers.getlist("x-forwarded-for")).split(",")):
        found = _plain(told.strip())
        if not found:
            return peer
        if found not in proxies:
            return found
    return peer


def key_of(address: str) -> str:
    """Return what is counted for an address: an address of IPv6 stands for its /64."""
    return check_network(address)


def peer_key(peer: str, proxies: Container[str]) -> str:
    """Return what is counted for the address of a peer. A named proxy is counted alone."""
    found = _plain(peer)
    return found if found in proxies or not found else key_of(found)


def is_same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that sends this is of this gateway: its `Origin` is the `Host` that was asked.

    A page that came without TLS does not count for a connection with TLS.
    """
    origin, host = (connection.headers.get(name, "").lower() for name in ("origin", "host"))
    told = connection.headers.get("x-forwarded-proto", "").rpartition(",")[2].strip()
    secure = (told or connection.url.scheme) in ("https", "wss")
    return bool(host) and (origin == f"https://{host}" or (origin == f"http://{host}" and not secure))


def is_plain_host(host: str) -> bool:
    """Whether a `Host` is localhost or an IP address, so that no foreign name was pointed here."""
    try:
        parts = urlsplit(f"//{host}")
        name = parts.hostname or ""
        _ = parts.port  # it may be none
    except ValueError:
        return False
    return name == "localhost" or bool(_plain(name))


def _plain(text: str) -> str:
    """Return an IP address in its usual form; empty if it is none."""
    try:
        found = ip_address(text.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)
