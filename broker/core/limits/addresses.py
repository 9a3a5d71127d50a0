"""The addresses of peers: which of them share limits, and the networks of an address."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from messages.moderation import check_network

INPROC = "inproc"
"""The address of peers in the broker's own process."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=4_096)
def source(address: str, uid: int | None = None) -> str:
    """Return the source whose limits a peer shares: an IPv4 address, an IPv6 /64 or a local user id."""
    if uid is not None:
        return f"user {uid}"
    ip = _parse(address)
    return check_network(str(ip)).removesuffix("/32") if ip else address


def is_local(address: str, uid: int | None = None) -> bool:
    """Return whether an address is on the broker's machine."""
    ip = _parse(address)
    return uid is not None or address == INPROC or (ip is not None and ip.is_loopback)


@lru_cache(maxsize=256)
def networks(address: str) -> tuple[str, ...]:
    """Return all networks that contain an IP address, the largest first; none if it is not an IP address."""
    ip = _parse(address)
    if ip is None:
        return ()
    lengths = range(ip.max_prefixlen + 1)
    return tuple(str(ipaddress.ip_network((str(ip), length), strict=False)) for length in lengths)


def _parse(address: str) -> _Address | None:
    """Return an IP address without its zone; an IPv4-mapped IPv6 address becomes the IPv4 address."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip
