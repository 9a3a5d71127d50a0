"""Where peers are: what counts as one place, and which networks an address lies in."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from messages.moderation import check_network

INPROC = "inproc"
"""The address of peers in the broker's own process."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def source(address: str, uid: int | None = None) -> str:
    """Return what somebody's address counts as: itself, its /64 if it is of IPv6, or a user of the system."""
    if uid is not None:
        return f"user {uid}"
    ip = _parse(address)
    return check_network(str(ip)).removesuffix("/32") if ip else address


def is_local(address: str, uid: int | None = None) -> bool:
    """Tell whether who has this address is on the broker's machine."""
    ip = _parse(address)
    return uid is not None or address == INPROC or (ip is not None and ip.is_loopback)


@lru_cache(maxsize=256)
def networks(address: str) -> tuple[str, ...]:
    """Return all networks that an IP address lies in, the largest first; none of what is no IP address."""
    ip = _parse(address)
    if ip is None:
        return ()
    lengths = range(ip.max_prefixlen + 1)
    return tuple(str(ipaddress.ip_network((str(ip), length), strict=False)) for length in lengths)


def _parse(address: str) -> _Address | None:
    """Return an IP address without a zone, that of IPv4 as such also where it is written as one of IPv6."""
    try:
        ip = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip
