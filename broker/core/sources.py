"""Whom an address counts as, where requests, sessions and tries are counted."""

from __future__ import annotations

import ipaddress
import re

INPROC = "inproc"
"""The address of peers in the broker's own process."""

_LOCAL_USER = re.compile(r"this machine \(user \d+")
_IPV6_NETWORK = 64


def source_of(address: str) -> str:
    """Return what an address counts as: itself, its /64 if it is of IPv6, over ipc a user of this machine."""
    local = _LOCAL_USER.match(address)
    if local:
        return f"{local[0]})"
    ip = _parsed(address)
    if ip is None or ip.version == 4:
        return str(ip or address)
    return str(ipaddress.ip_network((ip, _IPV6_NETWORK), strict=False))


def is_local(address: str) -> bool:
    """Tell whether who has this address is on the broker's machine."""
    ip = _parsed(address)
    return address == INPROC or bool(_LOCAL_USER.match(address)) or (ip is not None and ip.is_loopback)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return None
